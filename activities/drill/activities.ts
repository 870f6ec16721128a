import { gate1 } from '../authority.ts';
import type { DrillActivities } from '../contract.ts';
import { openDeploymentContext } from '../deployment.ts';
import type { Ports } from '../ports.ts';
import { runDrill } from './run-drill.ts';
import { watchQueues } from './watch-queues.ts';

/** The managers' queues, tried before anything is live and watched when it is. Gate 1's go allows both. */
export function drillActivities(ports: Ports): DrillActivities {
  return {
    async runDrill({ name, authority, snapshotId }) {
      const d = await openDeploymentContext(ports, name);
      return runDrill(d, await gate1(d, authority), snapshotId);
    },
    async watchQueues({ name, authority, snapshotId }) {
      const d = await openDeploymentContext(ports, name);
      await watchQueues(d, await gate1(d, authority), snapshotId);
    },
  };
}
