import { proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import type {
  ChannelActivities,
  CohortActivities,
  ControlActivities,
  DrillActivities,
  PeopleActivities,
  SetActivities,
  WaveActivities,
} from '../activities/contract.ts';
import type { RemedyActivities } from '../activities/contract/remedy.ts';
import type { WatchActivities } from '../activities/contract/watch.ts';
import { QUEUES } from '../domain/ids.ts';

/**
 * The retry classes. Every one has both bounds: one attempt, and all attempts together.
 * Business refusals are non-retryable failures raised by the activities themselves.
 */
const CLASSES = {
  /** Looks only. Repeating costs nothing, so it is repeated soon and for long: people wait for the answer. */
  read: {
    startToCloseTimeout: '1 minute',
    scheduleToCloseTimeout: '1 day',
    retry: { initialInterval: '500 ms', backoffCoefficient: 2, maximumInterval: '10 s' },
  },
  /** Watches until facts are there. Lives for days; a dead worker shows by its heartbeat and another goes on. */
  watch: {
    startToCloseTimeout: '40 days',
    scheduleToCloseTimeout: '45 days',
    heartbeatTimeout: '10 s',
    retry: { initialInterval: '500 ms', backoffCoefficient: 1.5, maximumInterval: '5 s' },
  },
  /** Writes that carry a key per item: sending again is harmless. After the total bound the cohort parks for a person. */
  idempotentWrite: {
    startToCloseTimeout: '2 minutes',
    scheduleToCloseTimeout: '30 minutes',
    heartbeatTimeout: '10 s',
    retry: { initialInterval: '500 ms', backoffCoefficient: 2, maximumInterval: '10 s' },
  },
  /** Raises above shadow. Few tries in little time: an authorisation grows stale, and a late raise is worse than none. */
  raise: {
    startToCloseTimeout: '2 minutes',
    scheduleToCloseTimeout: '10 minutes',
    heartbeatTimeout: '10 s',
    retry: { initialInterval: '250 ms', backoffCoefficient: 2, maximumInterval: '5 s' },
  },
  /** Waits its turn at the platform's own limit, so one attempt may take hours; keys make repetition harmless. */
  mint: {
    startToCloseTimeout: '24 hours',
    scheduleToCloseTimeout: '48 hours',
    heartbeatTimeout: '10 s',
    retry: { initialInterval: '500 ms', backoffCoefficient: 2, maximumInterval: '10 s' },
  },
} as const satisfies Record<string, ActivityOptions>;

const control = { taskQueue: QUEUES.control };
const engine = { taskQueue: QUEUES.engine };

export const { openDeployment, applyCommands, passGate, noteBlocked, writeBrief, closeDeployment } =
  proxyActivities<ControlActivities>({ ...CLASSES.read, ...control });
export const { settleWindow } = proxyActivities<ControlActivities>({ ...CLASSES.watch, ...control });
export const { keepChannel } = proxyActivities<ChannelActivities>({ ...CLASSES.watch, ...control });
export const { watchDeployment } = proxyActivities<WatchActivities>({ ...CLASSES.watch, ...control });
export const { watchPeople } = proxyActivities<PeopleActivities>({ ...CLASSES.watch, ...control });
export const { verifySet, preflight, compileEvidence } = proxyActivities<SetActivities>({ ...CLASSES.read, ...engine });
export const { registerCohorts, takeSnapshot, startShadow } = proxyActivities<SetActivities>({
  ...CLASSES.idempotentWrite,
  ...engine,
});
export const { createChunk, bindCohort, smokeChunk, confirmReady, runShadow, runExample, notePhase } =
  proxyActivities<CohortActivities>({
    ...CLASSES.idempotentWrite,
    ...engine,
  });
export const { mintChunk } = proxyActivities<CohortActivities>({ ...CLASSES.mint, taskQueue: QUEUES.mint });
export const { raise } = proxyActivities<WaveActivities>({ ...CLASSES.raise, ...engine });
export const { evaluate } = proxyActivities<WaveActivities>({ ...CLASSES.watch, ...engine });
export const { runDrill, watchQueues } = proxyActivities<DrillActivities>({ ...CLASSES.watch, ...engine });
export const { openWave, closeWave } = proxyActivities<WaveActivities>({ ...CLASSES.idempotentWrite, ...engine });
export const { restore } = proxyActivities<RemedyActivities>({ ...CLASSES.raise, ...engine });
export const { revokeOld, smokeNew, reconcile } = proxyActivities<RemedyActivities>({ ...CLASSES.idempotentWrite, ...engine });
export const { mintNew } = proxyActivities<RemedyActivities>({ ...CLASSES.mint, taskQueue: QUEUES.mint });
