import type { Client, WorkflowHandle } from '@temporalio/client';
import { deploymentId, deploymentWorkflowId, type DeploymentName } from '../../../domain/ids.ts';
import { until } from './until.ts';

type Events = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>;

/** One run as Temporal recorded it. */
export interface RunHistory {
  workflowId: string;
  runId: string;
  type: string;
  events: Events;
}

/** Every run of every workflow of a deployment that is closed, once its cohorts and waves have come to their end as well. */
export async function historiesOf(client: Client, name: DeploymentName): Promise<RunHistory[]> {
  const closed = `WorkflowId = '${deploymentWorkflowId(name)}' AND ExecutionStatus = 'Completed'`;
  await until('the closed deployment is visible', async () => (await client.workflow.count(closed)).count > 0);
  const below = `GoliveDeployment = '${deploymentId(name)}' AND WorkflowType IN ('cohort', 'wave') AND ExecutionStatus = 'Running'`;
  await until('its cohorts and waves have ended', async () => (await client.workflow.count(below)).count === 0);
  const runs: RunHistory[] = [];
  for await (const { workflowId, runId, type } of client.workflow.list({ query: `GoliveDeployment = '${deploymentId(name)}'` })) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    runs.push({ workflowId, runId, type, events: events ?? [] });
  }
  return runs;
}

/** Whatever stands in a history, as text: strings, and payloads as their bytes. */
export function textsOf(runs: readonly RunHistory[]): { text: string[]; largestPayloadBytes: number } {
  const text: string[] = [];
  let largestPayloadBytes = 0;
  const walk = (value: unknown): void => {
    if (typeof value === 'string') text.push(value);
    else if (value instanceof Uint8Array) {
      largestPayloadBytes = Math.max(largestPayloadBytes, value.length);
      text.push(Buffer.from(value).toString('utf8'));
    } else if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk);
  };
  for (const run of runs) walk(run.events);
  return { text, largestPayloadBytes };
}
