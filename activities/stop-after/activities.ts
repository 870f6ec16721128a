import type { StopAfterActivities } from '../contract.ts';
import { openDeploymentContext } from '../deployment.ts';
import type { Ports } from '../ports.ts';
import { attest } from './attest.ts';
import { land } from './land.ts';

/** What comes after a stop: its incident, what nobody vouches for, whether it has landed, and who has left for good. */
export const stopAfterActivities = (ports: Ports): StopAfterActivities => ({
  landStop: async ({ name, stop }) => land(await openDeploymentContext(ports, name), stop),
  attestExit: async ({ name, stop }) => attest(await openDeploymentContext(ports, name), stop),
});
