import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineSearchAttributeKey } from '@temporalio/common';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deploymentId, deploymentWorkflowId, stopWorkflowId, type DeploymentName } from '../../../domain/ids.ts';
import { eventBudget } from '../../../domain/report/figures.ts';
import { exportHistories } from '../../../scripts/report/export-histories.ts';
import { readHistoryFigures } from '../../../scripts/report/figures.ts';
import { connectToSharedTemporal, uniqueName, type TemporalConnections } from '../../support/servers/shared.ts';
import type { chain, link } from './chain.workflow.ts';

const DEPLOYMENT = defineSearchAttributeKey('GoliveDeployment', 'KEYWORD');

let dir: string;
let temporal: TemporalConnections;
const name: DeploymentName = { customer: uniqueName('customer'), deployment: 'q4' };
const id = deploymentWorkflowId(name);
const stopId = stopWorkflowId({ customer: name.customer, id: 'order-1', mark: 'MARK' });

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'golive-histories-'));
  temporal = await connectToSharedTemporal();
  const taskQueue = uniqueName('chain');
  const worker = await Worker.create({
    connection: temporal.nativeConnection,
    taskQueue,
    workflowsPath: new URL('./chain.workflow.ts', import.meta.url).pathname,
    activities: { echo: async (text: string) => text },
  });
  await worker.runUntil(async () => {
    for (const workflowId of [id, `${id}2`]) {
      await temporal.client.workflow.execute<typeof chain>('chain', { taskQueue, workflowId, args: [1] });
      await temporal.client.workflow.getHandle(`${workflowId}/link`).result();
    }
    await temporal.client.workflow.execute<typeof link>('link', {
      taskQueue,
      workflowId: stopId,
      typedSearchAttributes: [{ key: DEPLOYMENT, value: deploymentId(name) }],
    });
  });
});
afterAll(async () => {
  await temporal.close();
  await rm(dir, { recursive: true, force: true });
});

const files = async (folder: string): Promise<string[]> => (await readdir(folder)).sort();
const file = (n: number): string => `${id.replaceAll('/', '.')}.${n}.json`;

/** What Temporal lists may be a moment behind. */
const stopsListed = async (): Promise<number> =>
  (await temporal.client.workflow.count(`GoliveDeployment = '${deploymentId(name)}'`)).count;

describe('exported histories', () => {
  it('are all runs of a deployment, of its children and of its stops, in order, and nobody else’s', async () => {
    const folder = join(dir, 'all');
    await expect.poll(stopsListed, { timeout: 10_000 }).toBe(1);
    expect(await exportHistories(temporal.client, { deployment: name }, folder)).toEqual({ executions: 3, runs: 5 });
    const link = `${id.replaceAll('/', '.')}.link.1.json`;
    expect(await files(folder)).toEqual([file(1), file(2), file(3), link, `${stopId.replaceAll('/', '.')}.1.json`].sort());
    const last = historyFromJSON(JSON.parse(await readFile(join(folder, file(3)), 'utf8')));
    expect(last.events?.at(-1)?.workflowExecutionCompletedEventAttributes).toBeTruthy();
  });

  it('can be asked for by id, with every run that continued as new', async () => {
    const folder = join(dir, 'by-id');
    expect(await exportHistories(temporal.client, { workflowIds: [id] }, folder)).toEqual({ executions: 1, runs: 3 });
    expect(await files(folder)).toEqual([file(1), file(2), file(3)]);
  });

  it('of what Temporal does not know are none', async () => {
    const folder = join(dir, 'none');
    expect(await exportHistories(temporal.client, { deployment: { ...name, deployment: 'q4-none' } }, folder)).toEqual({
      executions: 0,
      runs: 0,
    });
    expect(await readHistoryFigures(folder)).toBeNull();
    expect(await readHistoryFigures(join(dir, 'not-there'))).toBeNull();
  });

  it('are counted: runs, activities, payloads, and what they would cost at worst', async () => {
    const figures = await readHistoryFigures(join(dir, 'all'));
    if (figures === null) throw new Error('nothing counted');
    expect(figures).toMatchObject({ executions: 3, runs: 5, activities: 17, activitiesByName: { echo: 17 } });
    expect(figures.types.map((t) => [t.type, t.executions, t.runs, t.activities])).toEqual([
      ['chain', 1, 3, 15],
      ['link', 2, 2, 2],
    ]);
    // A JSON string of 300 letters and its quotes, as argument or as result.
    expect(figures.largestPayloadBytes).toBe(302);
    expect(figures.largestPayload?.workflowId).toBe(id);
    expect(figures.largestRun?.type).toBe('chain');
    expect(figures.types.reduce((sum, t) => sum + t.events, 0)).toBe(figures.events);
    expect(figures.worstCaseEvents).toBeGreaterThanOrEqual(figures.events);
  });
});

describe('figures', () => {
  const event = (eventType: string, more: object = {}) => ({ eventId: '1', eventType: `EVENT_TYPE_${eventType}`, ...more });
  const task = ['SCHEDULED', 'STARTED', 'COMPLETED'].map((step) => event(`WORKFLOW_TASK_${step}`));
  const batch = [
    event('WORKFLOW_EXECUTION_STARTED', {
      workflowExecutionStartedEventAttributes: { workflowType: { name: 'cohort' }, workflowId: 'c' },
    }),
    ...task,
    ...Array.from({ length: 5 }, () =>
      event('ACTIVITY_TASK_SCHEDULED', { activityTaskScheduledEventAttributes: { activityType: { name: 'mintChunk' } } }),
    ),
    ...Array.from({ length: 5 }, () => [event('ACTIVITY_TASK_STARTED'), event('ACTIVITY_TASK_COMPLETED')]).flat(),
    ...task,
    event('WORKFLOW_EXECUTION_COMPLETED'),
  ];

  it('at worst give every completion a workflow task of its own', async () => {
    const folder = await mkdtemp(join(dir, 'batch-'));
    await writeFile(join(folder, 'c.1.json'), JSON.stringify({ events: batch }));
    const figures = await readHistoryFigures(folder);
    // One start, five schedules, ten of five activities, one end: 17; two tasks as recorded, six at worst.
    expect(figures).toMatchObject({
      events: 17 + 2 * 3,
      worstCaseEvents: 17 + 6 * 3,
      largestPayload: null,
      activitiesByName: { mintChunk: 5 },
    });
  });

  it('are held against the budget of all cohorts together', async () => {
    const folder = await mkdtemp(join(dir, 'budget-'));
    await writeFile(join(folder, 'c.1.json'), JSON.stringify({ events: batch }));
    const figures = await readHistoryFigures(folder);
    if (figures === null) throw new Error('nothing counted');
    const attestation = { channel: 'slack', team: 'T1', user: 'U1', cards: [] } as const;
    const signed = Array.from({ length: 3 }, () => ({ kind: 'sign', attestation }) as const);
    const promoted = Array.from({ length: 3 }, () => ({ kind: 'promote', attestation: null }) as const);
    expect(eventBudget([{ agents: 60 }], [...signed, ...promoted], figures)).toMatchObject({
      chunkCalls: 9,
      clicks: 3,
      interventions: 0,
      allowed: 130 + 54 + 30,
      recorded: 23,
      worstCase: 35,
      within: true,
    });
    expect(eventBudget([], [], figures)).toMatchObject({ allowed: 0, within: false });

    // A click that stops is a stop; and whoever was stopped is promoted again, beyond one order for each wave.
    const disturbed = [...promoted, { kind: 'rollback', attestation }, { kind: 'promote', attestation: null }] as const;
    expect(eventBudget([], disturbed, figures)).toMatchObject({ clicks: 0, interventions: 2, allowed: 60, within: true });
  });

  it('say which file is no history', async () => {
    const folder = await mkdtemp(join(dir, 'broken-'));
    await writeFile(join(folder, 'c.1.json'), '{"events":{}}');
    await expect(readHistoryFigures(folder)).rejects.toThrow(/c\.1\.json is not a Temporal history/);
  });
});
