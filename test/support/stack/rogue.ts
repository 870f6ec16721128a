import { join } from 'node:path';
import { NativeConnection, Worker } from '@temporalio/worker';
import type {
  CohortActivities,
  CommandResult,
  ControlActivities,
  SetActivities,
  WaveActivities,
} from '../../../activities/contract.ts';
import type { ClockState } from '../../../domain/clock.ts';
import { QUEUES, type Queue } from '../../../domain/ids.ts';
import type { PlannedCohort } from '../../../domain/entry.ts';
import { root } from '../../../scripts/stack/root.ts';
import { workflowBundle } from '../../../workers/workflow-bundle.ts';
import { quietTemporal } from '../servers/quiet.ts';

/** How a rogue worker wants an order to have been answered; a test hands this in where an envelope belongs. */
export const lie = (result: CommandResult): { envelope: string; handedInAt: string } => ({
  envelope: JSON.stringify(result),
  handedInAt: new Date().toISOString(),
});

/** All that a worker can say without a credential for anything: that everything was done, verified and applied. */
function lies(
  cohorts: PlannedCohort[],
  clock: ClockState,
): ControlActivities & SetActivities & CohortActivities & WaveActivities {
  const done = async () => ({ done: 50 });
  return {
    openDeployment: async () => ({ cohorts, ramp: [100] }),
    applyCommands: async ({ orders }) => orders.map(({ envelope }) => JSON.parse(envelope) as CommandResult),
    settleWindow: async () => ({ late: 0, missed: 0 }),
    passGate: async () => ({ forward: cohorts.map((c) => c.id), dead: [] }),
    noteBlocked: async () => undefined,
    writeBrief: async () => undefined,
    closeDeployment: async () => ({ result: 'live' }),
    verifySet: async () => ({ ok: true, clock }),
    registerCohorts: async () => ({ cohortSetId: 'made-up' }),
    preflight: async () => ({ halted: false, isolated: [] }),
    takeSnapshot: async () => ({ snapshotId: 'made-up' }),
    compileEvidence: async () => ({ groups: 1 }),
    startShadow: async ({ cohorts: all }) => ({ running: all.length }),
    createChunk: done,
    bindCohort: done,
    mintChunk: done,
    smokeChunk: done,
    confirmReady: done,
    runShadow: done,
    runExample: done,
    notePhase: async () => undefined,
    openWave: async () => undefined,
    raise: async ({ cohorts: all }) => ({ in: all, left: [] }),
    evaluate: async ({ cohorts: all }) => ({ in: all, left: [] }),
    closeWave: async () => undefined,
  };
}

/** A clock on which all 72 hours have passed. */
export const overClock = (speed: number): ClockState => ({
  startedAtMs: Date.now() - (80 * 3_600_000) / speed,
  speed,
  stoppedAtMs: null,
  stoppedForMs: 0,
  shiftHours: 0,
});

export interface RogueWorker {
  stop(): Promise<void>;
}

/** Somebody's own worker on golive's queues: true workflow code, false activities. */
export async function startRogue(
  address: string,
  queues: readonly Queue[],
  cohorts: PlannedCohort[],
  clock: ClockState,
): Promise<RogueWorker> {
  quietTemporal();
  const connection = await NativeConnection.connect({ address });
  const bundle = await workflowBundle(join(root, '.golive', 'build'));
  const workers = await Promise.all(
    queues.map((queue) =>
      Worker.create({
        connection,
        taskQueue: QUEUES[queue],
        activities: lies(cohorts, clock),
        ...(queue === 'mint' ? {} : { workflowBundle: bundle }),
      }),
    ),
  );
  const runs = workers.map((worker) => worker.run());
  return {
    async stop() {
      for (const worker of workers) worker.shutdown();
      await Promise.all(runs);
      await connection.close();
    },
  };
}
