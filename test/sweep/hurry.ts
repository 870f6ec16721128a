import { ApplicationFailure, type Client } from '@temporalio/client';
import type { Died } from './faults.ts';

/** What was on its way to a process when that was killed is found by looking everywhere. */
const EVERYWHERE_EVERY_MS = 2000;
/** Of Temporal's PendingActivityState. */
const STARTED = 2;

export interface Hurry {
  died: Died;
  stop(): void;
}

/**
 * Brings forward what Temporal would do by itself later: an attempt of a process that is dead is over now, not at its
 * heartbeat's time-out. Nothing else is different, so a sweep of hundreds of deaths takes minutes.
 */
export function hurry(client: Client, namespace: string, isDead: (pid: number) => boolean): Hurry {
  let stopped = false;
  const over = async (workflowId: string, isOf: (pid: number) => boolean): Promise<void> => {
    const found = await client.workflowService.describeWorkflowExecution({ namespace, execution: { workflowId } });
    for (const { activityId, state, lastWorkerIdentity } of found.pendingActivities ?? []) {
      if (Number(state) !== STARTED || !isOf(Number(lastWorkerIdentity?.split('@')[0]))) continue;
      const failure = ApplicationFailure.create({ message: 'its worker died', nextRetryDelay: '50 ms' });
      await client.activity.fail({ workflowId, activityId: activityId ?? '' }, failure).catch(() => undefined);
    }
  };
  const everywhere = async (): Promise<void> => {
    for await (const { workflowId } of client.workflow.list({ query: 'ExecutionStatus = "Running"' }))
      await over(workflowId, isDead);
  };
  void (async () => {
    while (!stopped) {
      await everywhere().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, EVERYWHERE_EVERY_MS));
    }
  })();
  return {
    died: (pid, workflowIds) => {
      for (const workflowId of workflowIds) void over(workflowId, (of) => of === pid).catch(() => undefined);
    },
    stop: () => void (stopped = true),
  };
}
