import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandResult, HandedIn } from '../../activities/contract.ts';
import { cohortWorkflowId, QUEUES } from '../../domain/ids.ts';
import type { CohortReport } from '../../workflows/messages/deployment.ts';
import type { CohortInput } from '../../workflows/messages/cohort.ts';
import { until } from '../support/stack/until.ts';
import type { Activities } from './cast/cast.ts';
import { cohortHandle, runsOf, startDeployment, THREE, type Run } from './cast/deployment.ts';
import { decodedSignals, signalsTo } from './cast/parent.ts';
import { startWorkers, type OwnNamespace } from './cast/server.ts';

let temporal: OwnNamespace;
beforeAll(async () => {
  temporal = await startWorkers();
});
afterAll(() => temporal.close());

describe('a deployment in which all goes well', () => {
  let run: Run;
  beforeAll(async () => {
    run = await startDeployment(temporal);
    await run.allOrders(false);
    await run.until('the last wave is closed', (state) => state.waves['coordination'] === 'closed');
    await run.handOver();
    await run.handle.result();
  }, 90_000);

  it('takes a fresh run for each stage, and its cohorts outlive every one of them', async () => {
    const runs = await runsOf(temporal, run);
    expect(runs.length).toBe(4);
    expect(run.cast.callsOf('settleWindow').map((s) => s.window)).toEqual(['countdown', 'provision', 'validate', 'golive']);
    expect(run.cast.callsOf('passGate').map((g) => g.gate)).toEqual(['gate-1', 'gate-2', 'gate-3']);
    for (const { id } of THREE) {
      const { status } = await cohortHandle(temporal, run, id).describe();
      expect([id, status.name]).toEqual([id, 'COMPLETED']);
    }
    expect(run.cast.callsOf('notePhase').filter((n) => n.phase === 'handed-over').length).toBe(3);
  });

  it('carries its answers, its cohorts and its clock from run to run', async () => {
    const state = await run.state();
    expect(state.stage).toBe('closed');
    // Every order was given in the first run.
    expect(state.answered.length).toBe(11);
    expect(state.cohorts).toEqual(THREE);
    expect(state.clock.startedAtMs).not.toBeNull();
    expect(state.standing).toEqual({ 'hr-a': 'done', 'it-b': 'done', 'sales-c': 'done' });
  });

  it('tells each cohort four times and is told at most four times by it', async () => {
    const reports = (await runsOf(temporal, run)).flatMap((events) => decodedSignals<CohortReport>(events, 'report'));
    for (const { id } of THREE) {
      const words = await signalsTo(temporal, cohortWorkflowId(run.cast.name, id), 'advance');
      const told = reports.filter((r) => r.from === 'cohort' && r.cohort === id);
      expect([id, words.length]).toEqual([id, 4]);
      expect(told.length).toBeLessThanOrEqual(4);
    }
  });

  it('lets the waves go in their order, each when the one before is closed, whatever the order of the promotions', () => {
    const waves = run.cast.calls.flatMap(({ activity, input }) =>
      activity === 'openWave' || activity === 'closeWave' ? [`${activity} ${'wave' in input ? input.wave : ''}`] : [],
    );
    expect(waves).toEqual([
      ...['openWave research', 'closeWave research'],
      ...['openWave production', 'closeWave production'],
      ...['openWave coordination', 'closeWave coordination'],
    ]);
    // Each raise is under the promotion of its own wave.
    expect(new Set(run.cast.callsOf('raise').map((r) => r.authority.grant)).size).toBe(3);
  });

  it('starts minting under the go-ahead and shadow under the first gate', () => {
    const goAhead = run.cast.callsOf('registerCohorts')[0]?.authority.grant;
    expect(run.cast.callsOf('mintChunk').every((m) => m.authority.grant === goAhead)).toBe(true);
    const gate1 = run.cast.callsOf('passGate').find((g) => g.gate === 'gate-1')?.authority;
    expect(run.cast.callsOf('runShadow').map((s) => s.authority.grant)).toEqual([gate1, gate1, gate1]);
    // The managers' queues are tried under it too, once, with the lines of the snapshot under which agents were bound.
    expect(run.cast.callsOf('runDrill')).toEqual([
      { name: run.cast.name, authority: { grant: gate1 }, snapshotId: 'snapshot-1' },
    ]);
  });
});

describe('orders', () => {
  it('are applied one after the other, in the order in which they came, also when one is bad', async () => {
    let applying = 0;
    let most = 0;
    const seen: string[] = [];
    const one = ({ envelope }: HandedIn): CommandResult => {
      const id = /"id":"([^"]+)"/.exec(envelope)?.[1] ?? 'unreadable';
      seen.push(id);
      if (id === 'unreadable' || id.startsWith('bad')) return { outcome: 'refused', id, code: 'malformed_command' };
      return { outcome: 'applied', id, kind: 'confirm', scope: { level: 'row', names: [id] }, index: seen.length };
    };
    const applyCommands: Activities['applyCommands'] = async ({ orders }) => {
      most = Math.max(most, ++applying);
      await new Promise((resolve) => setTimeout(resolve, 30));
      applying--;
      // One alone, or as many as lie there.
      return orders.slice(0, seen.length === 0 ? 1 : orders.length).map(one);
    };
    const run = await startDeployment(temporal, { plays: { applyCommands } });
    await run.order({ id: 'first', kind: 'confirm' });
    await run.order({ id: 'bad-one', kind: 'confirm' });
    // Whoever may write to the namespace may signal anything at all.
    for (const garbage of [[], [null], ['text'], [{ envelope: 7 }], [{ envelope: '{', handedInAt: null }]] as unknown[][])
      await run.handle.signal('command', ...garbage);
    await run.order({ id: 'second', kind: 'confirm' });
    await run.order({ id: 'third', kind: 'confirm' });
    await run.until('all are applied', (state) => state.confirmed.includes('third'));
    expect(seen).toEqual(['first', 'bad-one', ...Array<string>(5).fill('unreadable'), 'second', 'third']);
    expect(most).toBe(1);
    expect((await run.state()).answered).toEqual(['first', 'second', 'third']);
    await run.handle.terminate();
  });

  it('handed in twice are acted on once', async () => {
    const run = await startDeployment(temporal);
    for (let i = 0; i < 3; i++) await run.order({ id: 'same', kind: 'retry' });
    await run.order({ id: 'other', kind: 'confirm', scope: { level: 'row', names: ['W2.08'] } });
    await run.until('all are applied', (state) => state.confirmed.length === 1);
    expect((await run.state()).retries).toBe(1);
    await run.handle.terminate();
  });

  it('that come while the run is ending are still answered in it', async () => {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const run = await startDeployment(temporal);
    run.cast.plays.writeBrief = async () => {
      // A cohort comes late while the deployment closes; the evidence for it takes its time.
      await run.handle.signal<[CohortReport]>('report', { from: 'cohort', cohort: 'hr-late', kind: 'shadow' });
    };
    run.cast.plays.compileEvidence = async () => {
      if (run.cast.callsOf('writeBrief').length > 0) await released;
      return { groups: 1 };
    };
    await run.allOrders();
    await until('it closes', async () => run.cast.callsOf('closeDeployment').length === 1, 30_000);
    const late = await run.order({ kind: 'confirm', scope: { level: 'row', names: ['late'] } });
    release();
    await run.handle.result();
    expect((await run.state()).answered).toContain(late);
  });
});

describe('a cohort', () => {
  it('that says late that it runs stays in its wave: its signatures were there before its word', async () => {
    const run = await startDeployment(temporal, { cohorts: THREE.slice(0, 2) });
    run.cast.plays.evaluate = async ({ shape, cohorts }) => {
      if (shape === 'research') {
        // What the log knew long ago is told after the gate, by a worker that was away meanwhile.
        await run.handle.signal<[CohortReport]>('report', { from: 'cohort', cohort: 'it-b', kind: 'shadow' });
        await run.order({ kind: 'confirm', scope: { level: 'row', names: ['seen'] } });
        await run.until('it was heard', (state) => state.confirmed.includes('seen'));
      }
      return { in: cohorts, left: [] };
    };
    await run.allOrders();
    await run.handle.result();
    expect(run.cast.callsOf('raise').map((r) => r.cohorts)).toEqual([['hr-a'], ['it-b']]);
  });

  it('that left its wave gets one of its own, under a promotion of its own', async () => {
    const run = await startDeployment(temporal, { cohorts: THREE.slice(0, 1) });
    run.cast.plays.evaluate = async ({ shape, cohorts }) =>
      shape === 'catch-up'
        ? { in: cohorts, left: [] }
        : { in: [], left: cohorts.map((cohort) => ({ cohort, code: 'not_stable' as const })) };
    await run.allOrders(false);
    await run.until('its wave went on without it', (state) => state.waves['research'] === 'closed');
    await run.order({ kind: 'promote', scope: { level: 'cohort', names: ['hr-a'] } });
    await run.until('it is live', (state) => state.standing['hr-a'] === 'live');
    await run.handOver();
    await run.handle.result();
    expect(run.cast.callsOf('openWave')).toMatchObject([
      { wave: 'research', shape: 'research', cohorts: ['hr-a'] },
      { shape: 'catch-up', cohorts: ['hr-a'] },
    ]);
    const [first, second] = run.cast.callsOf('raise').map((r) => r.authority.grant);
    expect(second).toBeGreaterThan(first ?? Infinity);
    // Its last report may come after the deployment has closed; it is live either way.
    expect(['live', 'done']).toContain((await run.state()).standing['hr-a']);
  });
});

describe('a cohort that runs already', () => {
  it('is adopted: a deployment that was reset finds its children', async () => {
    const run = await startDeployment(temporal, { cohorts: THREE.slice(0, 1) });
    const { name } = run.cast;
    const input: CohortInput = {
      ...{ name, cohort: 'hr-a', group: 'hr', shape: 'research' },
      ...{ chunks: 1, snapshotId: 'snapshot-0', goAhead: { grant: 1 } },
    };
    await temporal.client.workflow.start('cohort', {
      workflowId: cohortWorkflowId(name, 'hr-a'),
      taskQueue: QUEUES.engine,
      args: [input],
    });
    await run.allOrders();
    await run.handle.result();
    expect(run.cast.callsOf('bindCohort').map((b) => b.snapshotId)).toEqual(['snapshot-0']);
    expect((await run.state()).standing).toEqual({ 'hr-a': 'done' });
  });
});
