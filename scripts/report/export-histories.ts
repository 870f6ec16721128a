import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isGrpcServiceError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { historyToJSON, type History } from '@temporalio/common/lib/proto-utils.js';
import { deploymentId, deploymentWorkflowId, type DeploymentName } from '../../domain/ids.ts';

/** Whose histories: everything of a deployment and the stops that were for it, the answers to a query of Temporal's, or ids. */
export type WhichWorkflows = { deployment: DeploymentName } | { query: string } | { workflowIds: readonly string[] };

export interface ExportedHistories {
  executions: number;
  runs: number;
}

/** Histories fetched at once; each is in memory for as long as it takes to write it. */
const AT_ONCE = 8;

/**
 * Writes every run's history as Temporal's own tools do, one file a run: `golive.acme.q4.1.json`, `.2.json` after it continued
 * as new. What Temporal lists may be seconds behind, so children are also looked up where their parents say they started them,
 * and earlier runs where a later one says that it continues them.
 */
export async function exportHistories(client: Client, which: WhichWorkflows, dir: string): Promise<ExportedHistories> {
  await mkdir(dir, { recursive: true });
  const seen = new Set<string>();
  const waiting: { id: string; runs: string[] }[] = [];
  const add = (id: string, runs: string[] = []): void => {
    if (seen.has(id)) return;
    seen.add(id);
    waiting.push({ id, runs });
  };
  for (const [id, runs] of await listed(client, which)) add(id, runs);

  const found = { executions: 0, runs: 0 };
  const drain = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { runs, children } = await exportExecution(client, next.id, next.runs, dir);
      for (const child of 'deployment' in which ? children : []) add(child);
      found.executions += runs > 0 ? 1 : 0;
      found.runs += runs;
    }
  };
  // The first alone: a deployment knows its children, and only then is there something for the others to do.
  const [first] = waiting.splice(0, 1);
  if (first !== undefined) {
    const rest = waiting.splice(0);
    waiting.push(first);
    await drain();
    waiting.push(...rest);
  }
  await Promise.all(Array.from({ length: AT_ONCE }, drain));
  return found;
}

async function listed(client: Client, which: WhichWorkflows): Promise<Map<string, string[]>> {
  if ('workflowIds' in which) return new Map(which.workflowIds.map((id) => [id, []]));
  const runs = new Map<string, string[]>();
  // The deployment first, as its history names its children, and whether or not it is listed by now.
  if ('deployment' in which) runs.set(deploymentWorkflowId(which.deployment), []);
  const query = 'query' in which ? which.query : ofDeployment(which.deployment);
  for await (const { workflowId, runId } of client.workflow.list({ query })) {
    runs.set(workflowId, [...(runs.get(workflowId) ?? []), runId]);
  }
  return runs;
}

/** A stop belongs to the customer and is no child of the deployment that it is for. */
function ofDeployment(d: DeploymentName): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const id = deploymentWorkflowId(d);
  return `WorkflowId = ${quoted(id)} OR WorkflowId STARTS_WITH ${quoted(`${id}/`)} OR GoliveDeployment = ${quoted(deploymentId(d))}`;
}

interface Run {
  runId: string;
  history: History;
}

async function exportExecution(
  client: Client,
  id: string,
  known: readonly string[],
  dir: string,
): Promise<{ runs: number; children: string[] }> {
  const runs = new Map<string, Run>();
  for (const start of [undefined, ...known]) {
    let runId: string | undefined = start;
    do {
      if (runId !== undefined && runs.has(runId)) break;
      const run = await fetchRun(client, id, runId);
      if (run === undefined || runs.has(run.runId)) break;
      runs.set(run.runId, run);
      runId = started(run.history)?.continuedExecutionRunId || undefined;
    } while (runId !== undefined);
  }
  const inOrder = [...runs.values()].sort((a, b) => startedAt(a.history) - startedAt(b.history) || (a.runId < b.runId ? -1 : 1));
  for (const [i, { history }] of inOrder.entries()) {
    await writeFile(join(dir, `${fileName(id)}.${i + 1}.json`), `${historyToJSON(history)}\n`);
  }
  return { runs: inOrder.length, children: [...new Set(inOrder.flatMap(({ history }) => childrenIn(history)))] };
}

/** One run, or the latest; undefined when there is none, as when retention has taken it. */
async function fetchRun(client: Client, id: string, asked: string | undefined): Promise<Run | undefined> {
  try {
    const runId = asked ?? (await client.workflow.getHandle(id).describe()).runId;
    return { runId, history: await client.workflow.getHandle(id, runId).fetchHistory() };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

const GRPC_NOT_FOUND = 5;
/** Asking for a history fails with gRPC's own error, everything else of the client with its translation. */
const isNotFound = (error: unknown): boolean =>
  error instanceof WorkflowNotFoundError || (isGrpcServiceError(error) && Number(error.code) === GRPC_NOT_FOUND);

const started = (history: History) => history.events?.[0]?.workflowExecutionStartedEventAttributes;

function startedAt({ events }: History): number {
  const time = events?.[0]?.eventTime;
  return Number(time?.seconds ?? 0) * 1000 + (time?.nanos ?? 0) / 1_000_000;
}

const childrenIn = ({ events }: History): string[] =>
  (events ?? []).flatMap((event) => event.startChildWorkflowExecutionInitiatedEventAttributes?.workflowId ?? []);

/** Ids hold slashes. */
const fileName = (id: string): string => id.replaceAll('/', '.').replace(/[^\w.@-]/g, '_');
