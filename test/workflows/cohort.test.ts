import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StepResult } from '../../activities/contract.ts';
import { abortSignal, refused } from '../../activities/boundary.ts';
import { cohortWorkflowId, deploymentWorkflowId, QUEUES } from '../../domain/ids.ts';
import type { Advance, CohortInput, CohortProgress } from '../../workflows/messages/cohort.ts';
import { until } from '../support/stack/until.ts';
import { newCast, refusedFirst, type Activities, type Cast } from './cast/cast.ts';
import { reportsTo, signalsTo, startParent } from './cast/parent.ts';
import { startWorkers, type OwnNamespace } from './cast/server.ts';

const COHORT = 'sales-ic-research';
const SHADOW: Advance = { to: 'shadow', authority: { grant: 20 } };
const WAY: Advance[] = [SHADOW, { to: 'signed-off' }, { to: 'live' }, { to: 'handover' }];

let temporal: OwnNamespace;
beforeAll(async () => {
  temporal = await startWorkers();
});
afterAll(() => temporal.close());

async function startCohort(plays: Partial<Activities> = {}, parent = true) {
  const cast = newCast([], plays);
  const { name } = cast;
  if (parent) await startParent(temporal, name);
  const input: CohortInput = {
    ...{ name, cohort: COHORT, group: 'sales-ic', shape: 'research' },
    ...{ chunks: 2, snapshotId: 'snapshot-1', goAhead: { grant: 10 } },
  };
  const workflowId = cohortWorkflowId(name, COHORT);
  const handle = await temporal.client.workflow.start('cohort', { workflowId, taskQueue: QUEUES.engine, args: [input] });
  const progress = () => handle.query<CohortProgress>('state');
  return {
    ...{ cast, workflowId, handle, progress },
    tell: (word: Advance) => handle.signal<[Advance]>('advance', word),
    reports: () => reportsTo(temporal, name) as Promise<{ kind: string; code?: string }[]>,
    phase: (phase: string) => until(`the cohort is ${phase}`, async () => (await progress()).state.phase === phase, 20_000),
  };
}

const toldAll = async (c: Awaited<ReturnType<typeof startCohort>>) => {
  for (const word of WAY) await c.tell(word);
  await c.handle.result();
};
const steps = (cast: Cast): string[] =>
  cast.calls.map(({ activity, input }) => `${activity}${'chunk' in input ? ` ${input.chunk}` : ''}`);

describe('a cohort', () => {
  it('goes its way in order: every part of a step before the first of the next, the sample before the rest is minted', async () => {
    const cohort = await startCohort();
    await toldAll(cohort);
    const went = steps(cohort.cast);
    // Parts of one step may come in any order among themselves.
    const stretches = [3, 1, 1, 1, 2, 2, 1, 1, 1, 1].map((length, i, all) => {
      const from = all.slice(0, i).reduce((sum, n) => sum + n, 0);
      return went.slice(from, from + length).sort();
    });
    expect(stretches).toEqual([
      ['createChunk 0', 'createChunk 1', 'createChunk sample'],
      ['bindCohort'],
      ['mintChunk sample'],
      ['smokeChunk sample'],
      ['mintChunk 0', 'mintChunk 1'],
      ['smokeChunk 0', 'smokeChunk 1'],
      ['confirmReady'],
      ['runShadow'],
      ['runExample'],
      ['notePhase'],
    ]);
    expect(cohort.cast.callsOf('notePhase').map((n) => n.phase)).toEqual(['handed-over']);
  });

  it('is told four times and tells three times when nothing goes wrong', async () => {
    const cohort = await startCohort();
    await toldAll(cohort);
    expect((await signalsTo(temporal, cohort.workflowId, 'advance')).length).toBe(4);
    expect((await cohort.reports()).map((r) => r.kind)).toEqual(['ready', 'shadow', 'done']);
  });

  it('works under the go-ahead until it is told to run, and from then on under what it was told', async () => {
    const cohort = await startCohort();
    await toldAll(cohort);
    const { cast } = cohort;
    for (const activity of ['createChunk', 'bindCohort', 'mintChunk', 'smokeChunk', 'confirmReady'] as const) {
      expect(cast.callsOf(activity).every((input) => input.authority.grant === 10)).toBe(true);
    }
    expect([...cast.callsOf('runShadow'), ...cast.callsOf('runExample')].map((input) => input.authority)).toEqual([
      { grant: 20 },
      { grant: 20 },
    ]);
  });

  it('remembers a word that comes early, and does not run before it has come', async () => {
    const cohort = await startCohort();
    await cohort.tell({ to: 'signed-off' });
    await cohort.phase('ready');
    await until('ready is told', async () => (await cohort.reports()).length === 1);
    expect(cohort.cast.callsOf('runShadow')).toEqual([]);
    await cohort.tell(SHADOW);
    // `signed-off` was said long ago and is not needed twice.
    await cohort.phase('signed-off');
    await cohort.tell({ to: 'live' });
    await cohort.phase('live');
    await cohort.tell({ to: 'handover' });
    await cohort.handle.result();
  });

  it.each([
    ['binding', 'bindCohort', 'manager_unresolved'],
    ['its smoke', 'smokeChunk', 'smoke_failed'],
    ['its example', 'runExample', 'example_mismatch'],
  ] as const)('that is refused at %s is isolated, tells it once, and goes on at a retry', async (_what, activity, code) => {
    let refusals = 1;
    const once = async (): Promise<StepResult> => (refusals-- > 0 ? { done: 0, code, detail: '1 of 1' } : { done: 1 });
    const cohort = await startCohort({ [activity]: once });
    await cohort.tell(SHADOW);
    await cohort.phase('isolated');
    const tried = cohort.cast.callsOf(activity).length;
    expect(await cohort.progress()).toMatchObject({ state: { code }, attempt: 1 });

    await cohort.tell({ to: 'retry', index: 33 });
    await until('it went on', async () => cohort.cast.callsOf(activity).length > tried);
    await toldAll(cohort);
    expect((await cohort.reports()).filter((r) => r.kind === 'isolated')).toEqual([
      { from: 'cohort', cohort: COHORT, kind: 'isolated', code },
    ]);
    expect((await cohort.reports()).at(-1)?.kind).toBe('done');
    expect(cohort.cast.callsOf('notePhase')[0]).toMatchObject({ phase: 'isolated', attempt: 1, code, detail: '1 of 1' });
    // What was fenced meanwhile may go on only under the newer order.
    expect(cohort.cast.callsOf(activity).at(-1)?.authority.renewed).toBe(33);
  });

  it('counts its attempts: each retry really asks again, and each refusal is told with its number', async () => {
    let refusals = 2;
    const smokeChunk: Activities['smokeChunk'] = async () => (refusals-- > 0 ? { done: 0, code: 'smoke_failed' } : { done: 1 });
    const cohort = await startCohort({ smokeChunk });
    for (const attempt of [1, 2]) {
      await until('it is isolated', async () => cohort.cast.callsOf('notePhase').length === attempt);
      await cohort.tell({ to: 'retry', index: 30 + attempt });
    }
    await toldAll(cohort);
    const sample = cohort.cast.callsOf('smokeChunk').filter((s) => s.chunk === 'sample');
    expect(sample.map((s) => s.attempt)).toEqual([1, 2, 3]);
    expect(cohort.cast.callsOf('notePhase').map(({ phase, attempt }) => [phase, attempt])).toEqual([
      ['isolated', 1],
      ['isolated', 2],
      ['handed-over', 3],
    ]);
  });

  it('whose activity refuses for good is isolated with the code of the refusal, and the other parts of the step are done', async () => {
    const createChunk = refusedFirst<{ chunk: 'sample' | number }, StepResult>(['authority_missing'], async () => ({ done: 1 }));
    const cohort = await startCohort({ createChunk });
    await cohort.phase('isolated');
    expect(await cohort.progress()).toMatchObject({ state: { code: 'authority_missing', from: { phase: 'creating' } } });
    expect(cohort.cast.callsOf('createChunk').length).toBe(3);
    expect(cohort.cast.callsOf('bindCohort')).toEqual([]);
  });

  it('is parked, not isolated, when nobody knows what took place', async () => {
    const cohort = await startCohort({
      confirmReady: async () => ({ done: 0, code: 'side_effect_unknown', detail: '59 of 60' }),
    });
    await cohort.phase('parked');
    await until('it is told', async () => (await cohort.reports()).length === 1);
    expect(await cohort.reports()).toMatchObject([{ kind: 'parked', code: 'side_effect_unknown' }]);
    expect(cohort.cast.callsOf('notePhase')).toMatchObject([
      { phase: 'parked', code: 'side_effect_unknown', detail: '59 of 60' },
    ]);
  });

  it('that is still isolated when the deployment ends, ends with it and stays where it is', async () => {
    const cohort = await startCohort({ bindCohort: async () => ({ done: 0, code: 'manager_unresolved' }) });
    await cohort.phase('isolated');
    await cohort.tell({ to: 'handover' });
    await cohort.handle.result();
    expect(cohort.cast.callsOf('mintChunk')).toEqual([]);
    expect(cohort.cast.callsOf('notePhase').map((n) => n.phase)).toEqual(['isolated']);
    expect((await cohort.reports()).map((r) => r.kind)).toEqual(['isolated', 'done']);
  });

  it('that nobody signed for ends in shadow: it is not noted as handed over', async () => {
    const cohort = await startCohort();
    await cohort.tell(SHADOW);
    await until('it runs', async () => (await cohort.reports()).length === 2);
    await cohort.tell({ to: 'handover' });
    await cohort.handle.result();
    expect(cohort.cast.callsOf('notePhase')).toEqual([]);
  });

  it('goes on when its phase cannot be written down', async () => {
    const cohort = await startCohort({ notePhase: async () => Promise.reject(refused('wrong_state', 'no such deployment')) });
    await toldAll(cohort);
    expect((await cohort.reports()).map((r) => r.kind)).toEqual(['ready', 'shadow', 'done']);
  });

  it.each(['was never there', 'is closed'])('goes its way when its deployment %s', async (what) => {
    const cohort = await startCohort({}, what === 'is closed');
    if (what === 'is closed') {
      const parent = temporal.client.workflow.getHandle(deploymentWorkflowId(cohort.cast.name));
      await parent.terminate('the test wants it gone');
    }
    await toldAll(cohort);
    expect((await cohort.handle.describe()).status.name).toBe('COMPLETED');
    expect(cohort.cast.callsOf('notePhase').at(-1)?.phase).toBe('handed-over');
  });

  it('that is cancelled lets go of the platform: the activity that waits there hears of it by its heartbeat', async () => {
    let heard: unknown;
    const mintChunk: Activities['mintChunk'] = () =>
      new Promise((_resolve, reject) => {
        const signal = abortSignal();
        signal.addEventListener('abort', () => {
          heard = signal.reason;
          reject(signal.reason as Error);
        });
      });
    const cohort = await startCohort({ mintChunk });
    await until('it mints', async () => cohort.cast.callsOf('mintChunk').length === 1);
    await cohort.handle.cancel();
    await until('the activity heard', async () => heard !== undefined, 20_000);
    await expect(cohort.handle.result()).rejects.toThrow();
    expect((await cohort.handle.describe()).status.name).toBe('CANCELLED');
    expect(cohort.cast.callsOf('notePhase')).toEqual([]);
  });

  it('with a fault in its own code stalls and can be mended; it does not fail', async () => {
    const { name } = newCast();
    const workflowId = cohortWorkflowId(name, 'faulty');
    // An input that no product code gives: the workflow trips over it with a TypeError.
    const handle = await temporal.client.workflow.start('cohort', { workflowId, taskQueue: QUEUES.engine, args: [] });
    await until('a workflow task failed', async () =>
      (await temporal.events(workflowId)).some((event) => event.workflowTaskFailedEventAttributes != null),
    );
    expect((await handle.describe()).status.name).toBe('RUNNING');
    await handle.terminate();
  });
});
