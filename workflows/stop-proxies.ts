import { proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import type { StopAfterActivities } from '../activities/contract.ts';
import type { StopActivities } from '../activities/contract/stop.ts';
import { QUEUES } from '../domain/ids.ts';

/** As long as it takes: a stop is given up by nobody. After this long a person has had the task for weeks. */
const FOR_LONG = '30 days';

const CLASSES = {
  /**
   * Lowers, and may be repeated at any time. Again at once, and often: agents act meanwhile. A worker that died shows within
   * two seconds, and another goes on.
   */
  lower: {
    startToCloseTimeout: '30 s',
    scheduleToCloseTimeout: FOR_LONG,
    heartbeatTimeout: '2 s',
    retry: { initialInterval: '200 ms', backoffCoefficient: 1.5, maximumInterval: '2 s' },
  },
  /** The same for who did not answer: they may be away for hours. */
  lowerRest: {
    startToCloseTimeout: '30 s',
    scheduleToCloseTimeout: FOR_LONG,
    heartbeatTimeout: '2 s',
    retry: { initialInterval: '500 ms', backoffCoefficient: 1.5, maximumInterval: '15 s' },
  },
  /** Into the log, whenever that is there again; ids make repetition harmless. */
  record: {
    startToCloseTimeout: '2 minutes',
    scheduleToCloseTimeout: FOR_LONG,
    heartbeatTimeout: '10 s',
    retry: { initialInterval: '250 ms', backoffCoefficient: 2, maximumInterval: '10 s' },
  },
  /** Looks for a while whether a stop has landed, and attests to what was ended; with the engine's credential, where that is. */
  after: {
    startToCloseTimeout: '30 minutes',
    scheduleToCloseTimeout: FOR_LONG,
    heartbeatTimeout: '10 s',
    retry: { initialInterval: '500 ms', backoffCoefficient: 2, maximumInterval: '30 s' },
  },
} as const satisfies Record<string, ActivityOptions>;

const stop = { taskQueue: QUEUES.stop };
const control = { taskQueue: QUEUES.control };

export const { bringDown } = proxyActivities<StopActivities>({ ...CLASSES.lower, ...stop });
export const { bringDownRest } = proxyActivities<StopActivities>({ ...CLASSES.lowerRest, ...stop });
export const { recordStop, recordFlips, noteOverdue } = proxyActivities<StopActivities>({ ...CLASSES.record, ...stop });
export const { landStop, attestExit } = proxyActivities<StopAfterActivities>({ ...CLASSES.after, ...control });
