import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { WorkflowContinuedAsNewError } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atBoundary } from '../../activities/index.ts';
import { rebaseline, startClock, stopClock, type ClockState } from '../../domain/clock.ts';
import { queueDrillWorkflowId, QUEUES, waveWorkflowId } from '../../domain/ids.ts';
import { newState, type DeploymentState } from '../../workflows/deployment-state.ts';
import { timeSkippingEnvironment } from '../support/servers/timeSkipping.ts';
import { dispatched, newCast, refusedFirst, type Activities } from './cast/cast.ts';
import { runningClock, startDeployment, THREE, type Run } from './cast/deployment.ts';
import { bundle } from './cast/server.ts';

const HOUR_MS = 3_600_000;

/** A server of its own, whose clock jumps: an hour here is an hour of the plan. Each test is one run of one workflow. */
let env: TestWorkflowEnvironment;
let workers: Worker[];
let running: Promise<void>[];
beforeAll(async () => {
  env = await timeSkippingEnvironment();
  const common = { connection: env.nativeConnection, activities: atBoundary(dispatched()) };
  const workflows = { workflowBundle: await bundle() };
  workers = await Promise.all([
    Worker.create({ ...common, ...workflows, taskQueue: QUEUES.control }),
    Worker.create({ ...common, ...workflows, taskQueue: QUEUES.engine }),
  ]);
  running = workers.map((worker) => worker.run());
});
afterAll(async () => {
  for (const worker of workers) worker.shutdown();
  await Promise.all(running);
  await env.teardown();
});

interface At {
  run: Run;
  /** T-0, by the clock that jumps. */
  start: number;
}

/** A deployment in one of its stages with everything ordered that it may wait for but the hour; T-0 is now, less `hours`. */
async function inStage(
  stage: DeploymentState['stage'],
  hours: number,
  change: Partial<DeploymentState> = {},
  plays: Partial<Activities> = {},
): Promise<At> {
  const now = await env.currentTimeMs();
  const clock = runningClock(hours, 1, now);
  const state: DeploymentState = {
    ...newState(clock),
    ...{ stage, cohorts: THREE, goAhead: 5, cohortSetId: 'set-1', snapshotId: 'snapshot-1' },
    gates: { 'gate-1': 10, 'gate-2': 20, 'gate-3': 30 },
    confirmed: ['W2.08', 'W3.13', 'W3.15'],
    ...change,
  };
  // No cohort gets as far as a workflow of its own: this server does not keep time well for children.
  const preflight: Activities['preflight'] = async () => ({
    halted: false,
    isolated: THREE.map(({ id }) => ({ cohort: id, code: 'hris_stale' })),
  });
  const settleWindow: Activities['settleWindow'] = async () => ({ late: 0, missed: 0 });
  const run = await startDeployment(env, { speed: 1, state, plays: { preflight, settleWindow, ...plays } });
  return { run, start: now - hours * HOUR_MS };
}

/** To the end of this run, at whatever hour that is. */
async function toItsEnd({ run, start }: At): Promise<Record<string, number[]>> {
  const { client } = env;
  const description = await run.handle.describe();
  const only = client.workflow.getHandle(run.workflowId, description.runId, { followRuns: false });
  await only.result().catch((error: unknown) => {
    if (!(error instanceof WorkflowContinuedAsNewError)) throw error;
  });
  const events = (await only.fetchHistory()).events ?? [];
  const hours: Record<string, number[]> = {};
  for (const event of events) {
    const what = event.workflowExecutionContinuedAsNewEventAttributes
      ? 'end'
      : event.workflowExecutionCompletedEventAttributes
        ? 'end'
        : (event.activityTaskScheduledEventAttributes?.activityType?.name ??
          (event.startChildWorkflowExecutionInitiatedEventAttributes
            ? `child ${event.startChildWorkflowExecutionInitiatedEventAttributes.workflowId?.split('/').at(-1) ?? ''}`
            : undefined));
    const ms = Number(event.eventTime?.seconds ?? 0) * 1000 + Number(event.eventTime?.nanos ?? 0) / 1e6;
    // Quarters of an hour: the rest is what the machine took.
    if (what != null) (hours[what] ??= []).push(Math.floor(((ms - start) / HOUR_MS) * 4) / 4);
  }
  return hours;
}

const setClock =
  (change: (clock: ClockState, now: number) => ClockState) =>
  async ({ run }: At) => {
    const state = await run.state();
    await run.order({ kind: 'clock', clock: change(state.clock, await env.currentTimeMs()) });
    const before = JSON.stringify(state.clock);
    await run.until('the clock is changed', (now) => JSON.stringify(now.clock) !== before);
  };
const stop = setClock(stopClock);
const goOn = setClock(startClock);
const back = (hours: number) => setClock((clock) => rebaseline(clock, hours));
const later = (hours: number) => env.sleep(hours * HOUR_MS);
const stageOf = async ({ run }: At) => (await run.state()).stage;

describe('window 1', () => {
  it('opens the next at T+24:00 and not before, however early its gate was passed', async () => {
    const at = await inStage('provision', 2);
    const hours = await toItsEnd(at);
    expect(hours['passGate']).toEqual([2]);
    expect(hours['end']).toEqual([24]);
  });

  it('opens the next at once when its gate is passed late', async () => {
    const hours = await toItsEnd(await inStage('provision', 31));
    expect(hours['end']).toEqual([31]);
  });

  it('lasts as much longer as the clock stood still', async () => {
    const at = await inStage('provision', 0);
    await later(10);
    await stop(at);
    await later(30);
    // By the wall it is T+40; the clock shows T+10.
    expect(await stageOf(at)).toBe('provision');
    await goOn(at);
    await later(13);
    expect(await stageOf(at)).toBe('provision');
    expect((await toItsEnd(at))['end']).toEqual([24 + 30]);
  });

  it('lasts as much longer as the clock was set back', async () => {
    const at = await inStage('provision', 0);
    await later(20);
    await back(6)(at);
    await later(9);
    expect(await stageOf(at)).toBe('provision');
    expect((await toItsEnd(at))['end']).toEqual([24 + 6]);
  });

  it('that is stopped and set back adds both', async () => {
    const at = await inStage('provision', 0);
    await later(5);
    await stop(at);
    await later(7);
    await back(2)(at);
    await later(1);
    await goOn(at);
    expect((await toItsEnd(at))['end']).toEqual([24 + 8 + 2]);
  });
});

describe('window 2', () => {
  it('tries the queues at T+30:00, compiles the evidence at T+38:00, again after the review, and ends at T+48:00', async () => {
    const at = await inStage('validate', 24);
    const hours = await toItsEnd(at);
    expect(hours['startShadow']).toEqual([24]);
    expect(hours['child queue-drill']).toEqual([30]);
    expect(hours['compileEvidence']).toEqual([38, 38]);
    expect(hours['end']).toEqual([48]);
  });

  it('set back by six hours after the evidence is there moves its end, and nothing that is done', async () => {
    const at = await inStage('validate', 24, { confirmed: [] });
    await later(16);
    await back(6)(at);
    await at.run.order({ kind: 'confirm', scope: { level: 'row', names: ['W2.08'] } });
    const hours = await toItsEnd(at);
    expect(hours['compileEvidence']).toEqual([38, 40]);
    expect(hours['end']).toEqual([54]);
  });
});

const promoted = THREE.map(({ shape }, i) => ({ scope: { level: 'wave' as const, names: [shape] }, index: 40 + i }));
const standing = { 'hr-a': 'signed-off', 'it-b': 'signed-off', 'sales-c': 'signed-off' } as const;

describe('window 3', () => {
  it('opens each wave at its hour, though all were promoted before, and closes at T+72:00', async () => {
    const hours = await toItsEnd(await inStage('golive', 47, { promotions: promoted, standing: { ...standing } }));
    expect(hours['child research']).toEqual([48]);
    expect(hours['child production']).toEqual([54]);
    expect(hours['child coordination']).toEqual([60]);
    expect(hours['writeBrief']).toEqual([72]);
    expect(hours['end']).toEqual([72]);
  });

  it('opens no wave while the clock stands still', async () => {
    const at = await inStage('golive', 48.5, { promotions: promoted, standing: { ...standing } });
    await at.run.until('the first wave is closed', (state) => state.waves['research'] === 'closed');
    await stop(at);
    await later(20);
    expect(Object.keys((await at.run.state()).waves)).toEqual(['research']);
    await goOn(at);
    const hours = await toItsEnd(at);
    expect(hours['child production']).toEqual([54 + 20]);
    expect(hours['end']).toEqual([72 + 20]);
  });

  it('waits for a promotion beyond its hour, for as long as it takes', async () => {
    const at = await inStage('golive', 48, { standing: { 'hr-a': 'signed-off' }, cohorts: THREE.slice(0, 1) });
    await later(100);
    expect((await at.run.state()).waves).toEqual({});
    await at.run.order({ kind: 'promote', scope: { level: 'wave', names: ['research'] } });
    const hours = await toItsEnd(at);
    expect(hours['child research']).toEqual([148]);
  });
});

describe('what was refused', () => {
  it('is tried again by itself after a minute: causes outside mend without anybody telling us', async () => {
    const writeBrief = refusedFirst<unknown, void>(['platform_refused', 'platform_refused'], async () => undefined);
    const at = await inStage('golive', 72, { cohorts: [] }, { writeBrief });
    await toItsEnd(at);
    expect(at.run.cast.callsOf('writeBrief').length).toBe(3);
    expect(at.run.cast.callsOf('noteBlocked').map((n) => n.code)).toEqual(['platform_refused', null]);
  });

  it('of trying the queues is tried again, and the live queues are watched after it', async () => {
    const runDrill = refusedFirst<unknown, { asked: number }>(['fenced', 'platform_refused'], async () => ({ asked: 7 }));
    const { name, calls } = newCast([], { runDrill });
    await env.client.workflow.execute('queueDrill', {
      workflowId: queueDrillWorkflowId(name),
      taskQueue: QUEUES.engine,
      args: [{ name, authority: { grant: 7 }, snapshotId: 'snapshot-1' }],
    });
    expect(calls.map(({ activity }) => activity)).toEqual(['runDrill', 'runDrill', 'runDrill', 'watchQueues']);
  });

  it('of closing a wave is tried again until it is closed: its deployment waits for it', async () => {
    const closeWave = refusedFirst<unknown, void>(['wrong_state', 'wrong_state'], async () => undefined);
    const { name, callsOf } = newCast([], { closeWave });
    await env.client.workflow.execute('wave', {
      workflowId: waveWorkflowId(name, 'research'),
      taskQueue: QUEUES.engine,
      args: [
        {
          name,
          wave: 'research',
          shape: 'research',
          cohorts: ['a'],
          authority: { grant: 7 },
          ramp: [100],
          holdHours: 4,
          speed: 1,
        },
      ],
    });
    expect(callsOf('closeWave').length).toBe(3);
  });
});
