import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventBudget } from '../../../domain/report/figures.ts';
import { exportHistories } from '../../../scripts/report/export-histories.ts';
import { readHistoryFigures } from '../../../scripts/report/figures.ts';
import { connectToSharedTemporal, uniqueName, type TemporalConnections } from '../../support/servers/shared.ts';
import type { chain } from './chain.workflow.ts';

let dir: string;
let temporal: TemporalConnections;
const id = `golive/${uniqueName('customer')}/q4`;

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
  });
});
afterAll(async () => {
  await temporal.close();
  await rm(dir, { recursive: true, force: true });
});

const files = async (folder: string): Promise<string[]> => (await readdir(folder)).sort();
const name = (n: number): string => `${id.replaceAll('/', '.')}.${n}.json`;

describe('exported histories', () => {
  it('are all runs of a deployment and of its children, in order, and nobody else’s', async () => {
    const folder = join(dir, 'all');
    expect(await exportHistories(temporal.client, { deployment: id }, folder)).toEqual({ executions: 2, runs: 4 });
    expect(await files(folder)).toEqual([name(1), name(2), name(3), `${id.replaceAll('/', '.')}.link.1.json`].sort());
    const last = historyFromJSON(JSON.parse(await readFile(join(folder, name(3)), 'utf8')));
    expect(last.events?.at(-1)?.workflowExecutionCompletedEventAttributes).toBeTruthy();
  });

  it('can be asked for by id, with every run that continued as new', async () => {
    const folder = join(dir, 'by-id');
    expect(await exportHistories(temporal.client, { workflowIds: [id] }, folder)).toEqual({ executions: 1, runs: 3 });
    expect(await files(folder)).toEqual([name(1), name(2), name(3)]);
  });

  it('of what Temporal does not know are none', async () => {
    const folder = join(dir, 'none');
    expect(await exportHistories(temporal.client, { deployment: `${id}-none` }, folder)).toEqual({ executions: 0, runs: 0 });
    expect(await readHistoryFigures(folder)).toBeNull();
    expect(await readHistoryFigures(join(dir, 'not-there'))).toBeNull();
  });

  it('are counted: runs, activities, payloads, and what they would cost at worst', async () => {
    const figures = await readHistoryFigures(join(dir, 'all'));
    if (figures === null) throw new Error('nothing counted');
    expect(figures).toMatchObject({ executions: 2, runs: 4, activities: 16, activitiesByName: { echo: 16 } });
    expect(figures.types.map((t) => [t.type, t.executions, t.runs, t.activities])).toEqual([
      ['chain', 1, 3, 15],
      ['link', 1, 1, 1],
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
    expect(eventBudget([{ agents: 60 }], 3, figures)).toMatchObject({
      chunkCalls: 9,
      clicks: 3,
      allowed: 130 + 54 + 30,
      recorded: 23,
      worstCase: 35,
      within: true,
    });
    expect(eventBudget([], 0, figures)).toMatchObject({ allowed: 0, within: false });
  });

  it('say which file is no history', async () => {
    const folder = await mkdtemp(join(dir, 'broken-'));
    await writeFile(join(folder, 'c.1.json'), '{"events":{}}');
    await expect(readHistoryFigures(folder)).rejects.toThrow(/c\.1\.json is not a Temporal history/);
  });
});
