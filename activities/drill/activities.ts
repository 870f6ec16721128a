import { gate1, type Grant } from '../authority.ts';
import type { DrillActivities, DrillRef } from '../contract.ts';
import { openDeploymentContext, type Deployment } from '../deployment.ts';
import type { Ports } from '../ports.ts';
import { runDrill } from './run-drill.ts';
import { orTask } from './task.ts';
import { watchQueues } from './watch-queues.ts';

/** The managers' queues, tried before anything is live and watched when it is. Gate 1's go allows both. */
export function drillActivities(ports: Ports): DrillActivities {
  const allowed = async <T>({ name, authority }: DrillRef, work: (d: Deployment, grant: Grant) => Promise<T>): Promise<T> => {
    const d = await openDeploymentContext(ports, name);
    return orTask(d, async () => work(d, await gate1(d, authority)));
  };
  return {
    runDrill: (ref) => allowed(ref, (d, grant) => runDrill(d, grant, ref.snapshotId)),
    watchQueues: (ref) => allowed(ref, (d, grant) => watchQueues(d, grant, ref.snapshotId)),
  };
}
