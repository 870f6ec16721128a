import { copyFile, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { temporalClient } from '../../../clients/commands/temporal.ts';
import type { LogReader } from '../../../clients/recorder/reader.ts';
import { plural } from '../../../domain/describe/words.ts';
import { deploymentWorkflowId } from '../../../domain/ids.ts';
import type { DeploymentView } from '../../../domain/view.ts';
import { startTemporal } from '../../processes/temporal.ts';
import type { DrillStep, GoesOn } from './drill-result.ts';
import { judge, type DeploymentState } from './goes-on-judge.ts';
import { startDrillWorkers, type DrillWorkers } from './goes-on-workers.ts';
import type { Folded } from './folded.ts';
import type { Manifest } from './manifest.ts';
import type { RestoredPlace } from './place.ts';

const ANSWERS_WITHIN_MS = 120_000;
const ONE_QUESTION_MS = 20_000;
const WATCHED_MS = 6_000;
const AT_ONCE = 8;
const STEP = 'an open deployment goes on';
const SAFE =
  'The workers had keys that open nothing, and an address at which nothing listens, for platform and cluster: nothing could reach the real ones.';

interface Given {
  /** The store of Temporal in the opened backup. */
  store: string;
  manifest: Manifest;
  folded: Folded;
  place: RestoredPlace;
  reader: LogReader;
  temporal: string;
}

/**
 * Starts the product's own workers beside the restored Temporal and the restored log, and asks each open deployment's workflow
 * how far it is: it answers only once a worker has replayed its whole history.
 */
export async function goesOn(given: Given): Promise<{ steps: DrillStep[]; goesOn: GoesOn[] }> {
  const { store, manifest, folded, place } = given;
  const closed: GoesOn[] = [];
  const open: string[] = [];
  for (const [deployment, view] of folded.views) {
    if (view.header.closedAt === null) open.push(deployment);
    else closed.push({ deployment, goesOn: null, reason: 'closed, nothing to go on with' });
  }
  const waived = (reason: string): Awaited<ReturnType<typeof goesOn>> => {
    const untried = open.map((deployment): GoesOn => ({ deployment, goesOn: null, reason }));
    return { steps: [...closed, ...untried].map(stepOf), goesOn: [...closed, ...untried] };
  };
  if (open.length === 0) return waived('');
  if ((await stat(store).catch(() => undefined)) === undefined) {
    const why = manifest.leftOut.find((l) => l.what.startsWith('Temporal'))?.why ?? 'it is not in the backup';
    return waived(`waived, not tried: there is no Temporal store in the backup (${why})`);
  }
  if (place.rootKeys.length === 0) return waived('waived, not tried: the policy in the backup names no root key');
  const tried = await withServer(given, async (client, workers) => {
    const answers: GoesOn[] = [];
    for (const deployment of open) answers.push(await tryOne(given, client, workers, deployment));
    return answers;
  });
  const all = [...closed, ...tried];
  return { steps: all.map(stepOf), goesOn: all };
}

const stepOf = (one: GoesOn): DrillStep => {
  if (one.goesOn === null) return { step: `${STEP}: ${one.deployment}`, ok: null, detail: one.reason };
  const said = `goes on: ${one.goesOn ? 'yes' : 'no'}. ${one.reason}.`;
  const standing =
    one.stage === undefined
      ? ''
      : ` Stage ${one.stage}, ${plural(one.answered ?? 0, 'order')} answered, ${one.runningChildren ?? 0} running children.`;
  return { step: `${STEP}: ${one.deployment}`, ok: one.goesOn, detail: `${said}${standing} ${SAFE}` };
};

async function withServer<T>(given: Given, use: (client: Client, workers: DrillWorkers) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'golive-drill-workers-'));
  const running: { stop(): Promise<unknown> }[] = [];
  try {
    await copyFile(given.store, join(dir, 'temporal.db'));
    const server = await startTemporal({ dir, executable: given.temporal });
    running.push(server);
    const client = temporalClient({ address: server.address, namespace: server.namespace });
    running.push({ stop: () => client.connection.close() });
    const workers = await startDrillWorkers({ dir, place: given.place, customer: given.manifest.customer, server });
    running.push(workers);
    return await use(client, workers);
  } finally {
    for (const part of running.reverse()) await part.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

async function tryOne(given: Given, client: Client, workers: DrillWorkers, deployment: string): Promise<GoesOn> {
  const { manifest, reader } = given;
  const name = { customer: manifest.customer, deployment };
  const id = deploymentWorkflowId(name);
  const no = (reason: string): GoesOn => ({ deployment, goesOn: false, reason });
  try {
    const children = await runningChildren(client, id);
    const state = await answered<DeploymentState>(client, workers, id, 'state');
    const unasked = [...children];
    const ask = async (): Promise<void> => {
      // A wave has no question of its own; this one every workflow answers, and only after a replay.
      for (let child = unasked.shift(); child !== undefined; child = unasked.shift())
        if (await isRunning(client, child)) await answered(client, workers, child, '__stack_trace');
    };
    await Promise.all(Array.from({ length: AT_ONCE }, ask));
    await sleep(WATCHED_MS);
    // The log is asked after the workflow: it may know more, never less.
    const view: DeploymentView | undefined = await reader.state(name);
    if (!view) return no('the restored log does not know it');
    const problems = judge(state, view);
    for (const workflowId of [id, ...children]) problems.push(...(await failuresOf(client, workflowId, workers.sinceMs)));
    if (!workers.running()) problems.push('a worker ended');
    const { stage, answered: orders } = state;
    const reason = `${plural(children.length + 1, 'workflow')} replayed, no workflow task failed within ${WATCHED_MS / 1000} s, and the log agrees`;
    return {
      ...{ deployment, goesOn: problems.length === 0, reason: problems.slice(0, 3).join('; ') || reason },
      ...{ stage, answered: orders.length, runningChildren: children.length },
    };
  } catch (error) {
    return no(error instanceof Error ? error.message : String(error));
  }
}

async function runningChildren(client: Client, id: string): Promise<string[]> {
  const found = new Set<string>();
  const query = `WorkflowId STARTS_WITH '${id}/' AND ExecutionStatus = 'Running'`;
  for await (const { workflowId } of client.workflow.list({ query })) found.add(workflowId);
  return [...found];
}

const isRunning = async (client: Client, id: string): Promise<boolean> =>
  (await client.workflow.getHandle(id).describe()).status.name === 'RUNNING';

/** Asked again while workers come up, and while tasks wait for a worker that is gone with the old machine. */
async function answered<T>(client: Client, workers: DrillWorkers, id: string, question: string): Promise<T> {
  const until = Date.now() + ANSWERS_WITHIN_MS;
  for (;;) {
    try {
      return await client.withDeadline(Date.now() + ONE_QUESTION_MS, () => client.workflow.getHandle(id).query<T>(question));
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      if (!workers.running()) throw new Error(`a worker ended: ${workers.lastWords()}`, { cause });
      if (Date.now() > until) throw new Error(`${id} does not answer: ${why}`, { cause });
      await sleep(1_000);
    }
  }
}

/** UNHANDLED_COMMAND: a signal arrived while a task ended, and the server gives it out again. */
const ORDINARY = 1;

async function failuresOf(client: Client, id: string, sinceMs: number): Promise<string[]> {
  const handle = client.workflow.getHandle(id);
  const { status } = await handle.describe();
  const problems = ['RUNNING', 'COMPLETED', 'CONTINUED_AS_NEW'].includes(status.name) ? [] : [`${id} is ${status.name}`];
  for (const event of (await handle.fetchHistory()).events ?? []) {
    if (Number(event.eventTime?.seconds ?? 0) < Math.floor(sinceMs / 1000)) continue;
    const failed = event.workflowTaskFailedEventAttributes;
    if (!failed || Number(failed.cause ?? 0) === ORDINARY) continue;
    problems.push(`a workflow task of ${id} failed: ${failed.failure?.message ?? 'without a reason'}`);
  }
  return problems;
}
