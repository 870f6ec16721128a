import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newClock, startClock } from '../../domain/clock.ts';
import type { FailureCode } from '../../domain/failure.ts';
import { until } from '../support/stack/until.ts';
import { refusedFirst, type ActivityName, type Activities } from './cast/cast.ts';
import { FAST, planned, startDeployment, THREE } from './cast/deployment.ts';
import { startWorkers, type OwnNamespace } from './cast/server.ts';

let temporal: OwnNamespace;
beforeAll(async () => {
  temporal = await startWorkers();
});
afterAll(() => temporal.close());

const ONE = [planned('hr-a', 'research')];

describe.concurrent('a deployment never fails for a refusal', () => {
  const answers: [ActivityName, unknown][] = [
    ['settleWindow', { late: 0, missed: 0 }],
    ['registerCohorts', { cohortSetId: 'set-1' }],
    ['preflight', { halted: false, isolated: [] }],
    ['takeSnapshot', { snapshotId: 'snapshot-1' }],
    ['passGate', { forward: ['hr-a'], dead: [] }],
    ['compileEvidence', { groups: 1 }],
    ['writeBrief', undefined],
    ['closeDeployment', { result: 'live' }],
  ];
  it.each(answers)(
    '%s refused: a task with a name, and on it goes after a retry',
    async (activity, answer) => {
      const play = refusedFirst(['platform_refused'], async () => answer);
      const run = await startDeployment(temporal, { cohorts: ONE, plays: { [activity]: play } });
      await run.allOrders();
      await until('the task is opened', async () => run.cast.callsOf('noteBlocked').length === 1, 30_000);
      expect(run.cast.callsOf('noteBlocked')[0]).toMatchObject({ code: 'platform_refused' });
      const { status, searchAttributes } = await run.handle.describe();
      expect(status.name).toBe('RUNNING');
      await until('its pace says so', async () => {
        const { searchAttributes: now } = await run.handle.describe();
        return now['GolivePace']?.[0] === 'blocked';
      });
      expect(searchAttributes['GoliveDeployment']).toEqual([`${run.cast.name.customer}/q4`]);

      await run.order({ kind: 'retry' });
      await run.handle.result();
      const [opened, closed] = run.cast.callsOf('noteBlocked');
      expect(closed).toEqual({ ...opened, code: null });
      expect((await run.state()).stage).toBe('closed');
    },
    60_000,
  );

  it('not even when the task cannot be written down', async () => {
    const takeSnapshot = refusedFirst(['hris_stale'], async () => ({ snapshotId: 'snapshot-1' }));
    const noteBlocked = refusedFirst<unknown, void>(['wrong_state', 'wrong_state'], async () => undefined);
    const run = await startDeployment(temporal, { cohorts: ONE, plays: { takeSnapshot, noteBlocked } });
    await run.allOrders();
    await until('it was refused', async () => run.cast.callsOf('noteBlocked').length === 1, 30_000);
    await run.order({ kind: 'retry' });
    await run.handle.result();
    expect(run.cast.callsOf('noteBlocked').length).toBe(2);
  }, 60_000);
});

describe.concurrent('before anything is created', () => {
  it('a set that is not what was signed stops the countdown until it is mended and a retry is ordered', async () => {
    const codes: FailureCode[] = ['set_not_verified'];
    const openDeployment = refusedFirst(codes, async () => ({ cohorts: ONE, ramp: [100] }));
    const run = await startDeployment(temporal, { cohorts: ONE, plays: { openDeployment } });
    await until('it was refused', async () => run.cast.callsOf('openDeployment').length === 1);
    await run.allOrders();
    await run.until('all orders are applied', (state) => state.promotions.length === 3);
    expect((await run.state()).stage).toBe('countdown');
    await run.order({ kind: 'retry' });
    await run.handle.result();
    expect(run.cast.callsOf('openDeployment').length).toBe(2);
  }, 60_000);

  it('a go-ahead that says no is no go-ahead: nothing is registered until the Customer Lead says yes', async () => {
    const run = await startDeployment(temporal, { cohorts: ONE });
    await run.order({ kind: 'clock', clock: startClock(newClock(FAST), Date.now()) });
    await run.order({ kind: 'approve', rejected: true });
    await run.order({ kind: 'confirm', scope: { level: 'row', names: ['seen'] } });
    await run.until('both are answered', (state) => state.stage === 'provision' && state.confirmed.includes('seen'));
    expect(await run.state()).toMatchObject({ goAhead: null });
    expect(run.cast.callsOf('verifySet')).toEqual([]);
    await run.allOrders();
    await run.handle.result();
    expect(run.cast.callsOf('registerCohorts').length).toBe(1);
  }, 60_000);

  it('a set found changed after the go-ahead is not registered until a retry finds it whole', async () => {
    const answers = [false, false];
    const run = await startDeployment(temporal, { cohorts: ONE });
    run.cast.plays.verifySet = async () => ({ ok: answers.shift() ?? true, clock: run.cast.clock });
    await run.allOrders();
    for (const times of [1, 2]) {
      await until('it looked', async () => run.cast.callsOf('verifySet').length === times);
      await run.until('it stands still', (state) => state.stage === 'provision');
      expect(run.cast.callsOf('registerCohorts')).toEqual([]);
      await run.order({ kind: 'retry' });
    }
    await run.handle.result();
    expect(run.cast.callsOf('registerCohorts').length).toBe(1);
  }, 60_000);

  it('a preflight that fails too many manifests halts everything: no snapshot and no agent before a retry', async () => {
    const answers = [{ halted: true, isolated: THREE.map(({ id }) => ({ cohort: id, code: 'hris_stale' as const })) }];
    const preflight: Activities['preflight'] = async () => answers.shift() ?? { halted: false, isolated: [] };
    const run = await startDeployment(temporal, { plays: { preflight } });
    await run.allOrders();
    await until('it looked', async () => run.cast.callsOf('preflight').length === 1);
    await run.until('all orders are applied', (state) => state.promotions.length === 3);
    expect([...run.cast.callsOf('takeSnapshot'), ...run.cast.callsOf('createChunk')]).toEqual([]);
    await run.order({ kind: 'retry' });
    await run.handle.result();
    expect(run.cast.callsOf('preflight').map((p) => p.attempt)).toEqual([1, 2]);
    expect(run.cast.callsOf('runShadow').length).toBe(3);
  }, 60_000);

  it('a retry that comes while the preflight still runs is not lost', async () => {
    let release: () => void = () => undefined;
    const ordered = new Promise<void>((resolve) => (release = resolve));
    const answers = [{ halted: true, isolated: [] }];
    const preflight: Activities['preflight'] = async () => {
      // The log has the failure by now, and somebody who reads it acts at once.
      if (answers.length > 0) await ordered;
      return answers.shift() ?? { halted: false, isolated: [] };
    };
    const run = await startDeployment(temporal, { plays: { preflight } });
    await run.allOrders(false);
    await until('it looks', async () => run.cast.callsOf('preflight').length === 1);
    await run.order({ id: 'retry-early', kind: 'retry', scope: { level: 'deployment', names: [] } });
    await run.until('the order is applied', (state) => state.retries === 1);
    release();
    await until('it looked again', async () => run.cast.callsOf('preflight').length === 2);
    await run.handle.terminate();
  });

  it('a manifest that fails its preflight has no agent made, the others go on; a retry for it asks for it alone', async () => {
    const failing = new Set(['it-b']);
    const preflight: Activities['preflight'] = async ({ only }) => ({
      halted: false,
      isolated: THREE.filter((c) => failing.has(c.id) && (only?.includes(c.id) ?? true)).map((c) => ({
        cohort: c.id,
        code: 'connector_not_deployed',
      })),
    });
    let go: () => void = () => undefined;
    const allReady = new Promise<void>((resolve) => (go = resolve));
    const settleWindow: Activities['settleWindow'] = async ({ window }) => {
      if (window === 'provision') await allReady;
      return { late: 0, missed: 0 };
    };
    const run = await startDeployment(temporal, { plays: { preflight, settleWindow } });
    await run.allOrders();
    await run.until('the others are ready', (s) => s.standing['hr-a'] === 'ready' && s.standing['sales-c'] === 'ready');
    expect(run.cast.callsOf('createChunk').some((c) => c.cohort === 'it-b')).toBe(false);

    const retry = () => run.order({ kind: 'retry', scope: { level: 'cohort', names: ['it-b'] } });
    await retry();
    await until('it was asked again', async () => run.cast.callsOf('preflight').length === 2);
    expect(run.cast.callsOf('preflight')[1]).toMatchObject({ only: ['it-b'] });
    failing.clear();
    await retry();
    await run.until('it is ready too', (s) => s.standing['it-b'] === 'ready');
    const renewed = run.cast.callsOf('createChunk').find((c) => c.cohort === 'it-b')?.authority.renewed;
    expect(renewed).toBe(run.cast.callsOf('preflight')[2]?.authority.renewed);
    expect(renewed).toBeGreaterThan(0);
    go();
    await run.handle.result();
    expect((await run.state()).standing).toEqual({ 'hr-a': 'done', 'it-b': 'done', 'sales-c': 'done' });
  }, 60_000);
});
