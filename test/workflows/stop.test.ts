import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { StopAfterActivities } from '../../activities/contract.ts';
import type { Down, StopActivities } from '../../activities/contract/stop.ts';
import { QUEUES } from '../../domain/ids.ts';
import { workflowBundle } from '../../workers/workflow-bundle.ts';
import { STOP_WORKFLOW, type StopInput } from '../../workflows/messages/stop.ts';
import { timeSkippingEnvironment } from '../support/servers/timeSkipping.ts';

type Activities = StopActivities & StopAfterActivities;
const DOWN: Down = {
  ...{ outcome: 'down', id: 'order-1', kind: 'rollback', generation: 7, fencedAt: '2026-03-10T08:00:00.100Z' },
  ...{ flipped: [['hr-a', 20]], left: [] },
};
const LEFT = { ...DOWN, left: [{ subject: 'hr-b', outcome: 'unknown', code: 'platform_unreachable' }] } satisfies Down;
const INPUT: StopInput = {
  name: { customer: 'acme', deployment: 'q4' },
  envelope: '{}',
  handedInAt: '2026-03-10T08:00:00.000Z',
};

let env: TestWorkflowEnvironment;
let workers: Worker[];
let running: Promise<void>[];
let world: Partial<Activities>;
let called: string[];
const play = (name: keyof Activities) => async (input: never) => {
  called.push(name);
  return (world[name] as ((given: never) => unknown) | undefined)?.(input);
};
const failing = (): Promise<never> => Promise.reject(ApplicationFailure.nonRetryable('no'));

beforeAll(async () => {
  env = await timeSkippingEnvironment();
  const activities = (...names: (keyof Activities)[]) => Object.fromEntries(names.map((name) => [name, play(name)]));
  const build = join(fileURLToPath(new URL('../..', import.meta.url)), '.golive', 'build');
  workers = [
    await Worker.create({
      ...{ connection: env.nativeConnection, taskQueue: QUEUES.stop, workflowBundle: await workflowBundle(build, 'stop') },
      activities: activities('bringDown', 'bringDownRest', 'recordStop', 'recordFlips', 'noteOverdue'),
      maxCachedWorkflows: 0,
    }),
    await Worker.create({
      ...{ connection: env.nativeConnection, taskQueue: QUEUES.control },
      activities: activities('landStop', 'attestExit'),
    }),
  ];
  running = workers.map((worker) => worker.run());
}, 120_000);
afterAll(async () => {
  for (const worker of workers) worker.shutdown();
  await Promise.all(running);
  await env.teardown();
});
beforeEach(() => {
  called = [];
  world = { bringDown: async () => DOWN };
});

let runs = 0;
const carriedOut = () =>
  env.client.workflow.execute<(input: StopInput) => Promise<{ outcome: string }>>(STOP_WORKFLOW, {
    ...{ workflowId: `stop-${++runs}`, taskQueue: QUEUES.stop, args: [INPUT] },
  });

describe('a stop', { timeout: 120_000 }, () => {
  it('flips first, then records, then looks whether it has landed', async () => {
    expect(await carriedOut()).toEqual({ outcome: 'down' });
    expect(called).toEqual(['bringDown', 'recordStop', 'landStop']);
  });

  it('that is refused is recorded, and nothing else happens', async () => {
    world.bringDown = async () => ({ outcome: 'refused', id: 'order-1', code: 'role_not_allowed' });
    expect(await carriedOut()).toEqual({ outcome: 'refused: role_not_allowed' });
    expect(called).toEqual(['bringDown', 'recordStop']);
  });

  it('goes on with laggards while the log is away', async () => {
    let lastFlips = (): void => undefined;
    const flipped = new Promise<void>((resolve) => (lastFlips = resolve));
    world = {
      bringDown: async () => LEFT,
      recordStop: () => flipped,
      bringDownRest: async () => {
        lastFlips();
        return { flipped: [['hr-b', 900]], left: [] };
      },
    };
    await carriedOut();
    expect(called.indexOf('recordFlips')).toBeGreaterThan(called.indexOf('bringDownRest'));
    expect(called.filter((name) => name === 'noteOverdue')).toEqual([]);
  });

  it('that is not down within its minute is a task with names, until it is', async () => {
    const from = await env.currentTimeMs();
    const noted: { left: string[]; over: boolean; afterMs: number }[] = [];
    world = {
      bringDown: async () => LEFT,
      bringDownRest: async () => {
        if ((await env.currentTimeMs()) - from < 90_000) throw new Error('no answer');
        return { flipped: [['hr-b', 90_000]], left: [] };
      },
      noteOverdue: async ({ left, over }) => void noted.push({ left, over, afterMs: (await env.currentTimeMs()) - from }),
    };
    await carriedOut();
    expect(noted).toMatchObject([
      { left: ['hr-b'], over: false },
      { left: [], over: true },
    ]);
    expect(noted[0]?.afterMs).toBeGreaterThanOrEqual(60_000);
    expect(noted[0]?.afterMs).toBeLessThan(80_000);
  });

  it('is a stop, whatever becomes of what comes after it', async () => {
    world = { bringDown: async () => ({ ...DOWN, kind: 'terminate' }), landStop: failing, attestExit: failing };
    expect(await carriedOut()).toEqual({ outcome: 'down' });
    expect(called.toSorted()).toEqual(['attestExit', 'bringDown', 'landStop', 'recordStop']);
  });
});
