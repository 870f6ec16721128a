import { ApplicationFailure, type Client } from '@temporalio/client';

const EVERY_MS = 200;
/** Of Temporal's PendingActivityState. */
const STARTED = 2;

/**
 * Brings forward what Temporal would do by itself later: an attempt of a process that is dead is over now, not at its
 * heartbeat's time-out. Nothing else is different, so a sweep of hundreds of deaths takes minutes.
 */
export function hurry(client: Client, namespace: string, isDead: (pid: number) => boolean): { stop(): void } {
  let stopped = false;
  const look = async (): Promise<void> => {
    for await (const { workflowId, runId } of client.workflow.list({ query: 'ExecutionStatus = "Running"' })) {
      const execution = { workflowId, runId };
      const found = await client.workflowService.describeWorkflowExecution({ namespace, execution });
      for (const { activityId, state, lastWorkerIdentity } of found.pendingActivities ?? []) {
        const pid = Number(lastWorkerIdentity?.split('@')[0]);
        if (Number(state) === STARTED && isDead(pid)) {
          const failure = ApplicationFailure.create({ message: 'its worker died', nextRetryDelay: '50 ms' });
          await client.activity.fail({ workflowId, runId, activityId: activityId ?? '' }, failure).catch(() => undefined);
        }
      }
    }
  };
  void (async () => {
    while (!stopped) {
      await look().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  })();
  return { stop: () => void (stopped = true) };
}
