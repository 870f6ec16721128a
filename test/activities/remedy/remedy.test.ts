import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { applyOrder } from '../../../activities/control/command.ts';
import type { Deployment } from '../../../activities/deployment.ts';
import { ending, ordered } from '../../../activities/remedy/allowed.ts';
import { reconcileCohorts } from '../../../activities/remedy/reconcile.ts';
import { mintNew, revokeOld, smokeNew } from '../../../activities/remedy/reissue.ts';
import { restoreModes } from '../../../activities/remedy/restore.ts';
import { envelopeText } from '../../../audit/envelope.ts';
import { sha256Hex } from '../../../audit/keys.ts';
import { httpPlatform } from '../../../clients/platform/http.ts';
import type { Command } from '../../../domain/command.ts';
import { holdAdded } from '../../../domain/authority/follow.ts';
import { liftOf } from '../../../domain/hold.ts';
import { holdOfStop } from '../../../domain/stop/hold.ts';
import type { StoppingKind } from '../../../domain/stop/stop.ts';
import { readJournal } from '../../../rehearsal/platform/journal-reader.ts';
import { RunningPlatform } from '../../rehearsal/running-platform.ts';
import { namesOf, Steps } from '../../rehearsal/steps.ts';
import { specOf } from '../../rehearsal/world.ts';
import { codeOf } from '../office/code.ts';
import { newOffice, type Office } from '../office/office.ts';
import { COHORT, EVIDENCE, promote, shown, signed } from '../office/signed.ts';

const SPEED = 1440;
const AGENTS = 10;
const { cohort, group } = COHORT;
const SCOPE = { level: 'cohort' as const, names: [cohort] };

let platform: RunningPlatform;
beforeAll(async () => {
  platform = await RunningPlatform.start({ guests: 12, speed: SPEED });
});
afterAll(() => platform.stop());

let o: Office;
let d: Deployment;
let promoted: number;

/** A cohort that is signed for, promoted, and live to a quarter: at the reference platform and in the log. */
beforeEach(async () => {
  platform.nextGuest();
  const steps = new Steps(platform);
  await steps.provision(specOf(cohort, { agents: AGENTS, shape: 'research', group }));
  await steps.flip(cohort, 'shadow', { run: true });
  await steps.flip(cohort, 'live', { livePercent: 20 });
  o = newOffice({
    name: { customer: platform.customer, deployment: 'q4' },
    platform: httpPlatform({ endpoint: platform.endpoint, key: `${platform.customer}-forward` }),
    file: { speed: SPEED },
  });
  o.setNow(Date.now());
  const bytes = Buffer.from(`manifest of ${platform.customer}`);
  const agents = namesOf(cohort, AGENTS).map((id) => ({ id, managerEmail: 'm1@acme.test' }));
  d = {
    ...o.d,
    index: [{ key: `manifests/${cohort}.yaml`, sha256: sha256Hex(bytes), size: bytes.length, agents: AGENTS }],
    source: {
      list: async () => [],
      get: async () => bytes,
      parse: () => ({ manifest: { name: cohort, group, shape: 'research', agents } as never }),
    },
    now: () => Date.now(),
  };
  await o.write('plan.recorded', 'plan', {
    ...{ cohorts: [{ id: cohort, group, shape: 'research', agents: AGENTS }], managers: 3, plan: EVIDENCE, forecastMintHours: 1 },
  });
  await o.write('clock.started', 'clock/start', { planHours: 0, speed: SPEED, wallAt: new Date().toISOString() });
  for (const gate of ['gate-1', 'gate-2'])
    await o.write('gate.passed', `gate/${gate}`, { gate, commandIndex: 0, planHours: 1, evidence: EVIDENCE });
  await o.write('milestone', 'milestone/W3.01', { row: 'W3.01', status: 'met', dueAt: '', duePlanHours: 48 });
  await shown(o);
  for (const [person, role] of [
    ['chris', 'customer-lead'],
    ['sam', 'security-lead'],
    ['finn', 'cfo'],
  ] as const)
    await signed(o, person, role);
  promoted = await o.applied(promote(o, 'wave', 'research'), { fence: 0 });
  const members = { cohorts: [cohort], ramp: [20, 100], authority: promoted };
  await o.write('wave.started', 'wave', { wave: 'research', shape: 'research', ...members });
  const about = { actor: 'golive', cohort };
  const raise = { operation: 'raise' as const, key: 'raise' };
  const [at] = await o.log.add([d.entry('intent', 'raise/intent', { ...raise, agents: [], authority: promoted }, about)]);
  await o.log.add([
    d.entry('cohort.phase', 'ramping', { phase: 'ramping' }, about),
    d.entry('outcome', 'raise', { ...raise, intent: at ?? 0, result: 'applied', mode: 'live', livePercent: 20 }, about),
  ]);
});

const run = <A extends unknown[], T>(work: (...args: A) => Promise<T>, ...args: A): Promise<T> =>
  new MockActivityEnvironment({ attempt: 1 }).run(work, ...args);
const now = async () => (await d.tenant.platform.cohorts('q4', undefined, cohort))[0];

/** As the stop path leaves it, at the platform and in the log. */
async function stop(kind: StoppingKind): Promise<string> {
  const order = { ...o.draft('sam', 'security-lead', kind, { scope: SCOPE, reason: 'odd writes' }), kind };
  const hold = holdOfStop(order);
  const scopes = [{ level: 'cohort' as const, deployment: 'q4', name: cohort }];
  const generation = await d.tenant.platform.fence({ scopes, ceiling: hold.ceiling, commandId: order.id });
  const key = `${order.id}/${cohort}`;
  const at = { deployment: 'q4', cohort, ifMatch: '*' };
  await d.tenant.platform.setMode(at, { key, mode: hold.ceiling, livePercent: 0, generation: 0 });
  await o.applied(order, { fence: generation });
  const { ceiling, why, releasedBy } = hold;
  const added = { holdId: order.id, scope: SCOPE, ceiling, why, releasedBy, by: kind, liftedBy: liftOf(hold) };
  await o.log.add([
    { ...d.entry('hold.added', `hold/${order.id}`, added, { actor: 'sam' }), at: new Date(Date.now() - 120_000).toISOString() },
  ]);
  return order.id;
}

async function stopAgents(kind: 'pause' | 'rollback', ...names: string[]): Promise<string> {
  const scope = { level: 'agent' as const, names };
  const order = { ...o.draft('sam', 'security-lead', kind, { scope }), kind };
  const { ceiling } = holdOfStop(order);
  const scopes = names.map((name) => ({ level: 'agent' as const, deployment: 'q4', name }));
  await d.tenant.platform.fence({ scopes, ceiling, commandId: order.id });
  for (const agent of names)
    await d.tenant.platform.setAgentMode({ deployment: 'q4', agent }, { key: `${order.id}/${agent}`, mode: ceiling });
  await o.applied(order);
  const { data } = holdAdded(holdOfStop(order));
  const added = d.entry('hold.added', `hold/${order.id}`, data, { actor: 'sam' });
  await o.log.add([{ ...added, at: new Date(Date.now() - 120_000).toISOString() }]);
  return order.id;
}

async function give(command: Command): Promise<{ index: number; outcome: string }> {
  const envelope = envelopeText(await o.sign(command));
  const result = await run(applyOrder, d, { envelope, handedInAt: new Date().toISOString() });
  return result.outcome === 'applied'
    ? { index: result.index, outcome: 'applied' }
    : { index: -1, outcome: 'code' in result ? result.code : result.outcome };
}
const ends = (person: 'lea' | 'sam', kind: 'resume' | 'lift', holdId: string) =>
  give(o.draft(person, person === 'lea' ? 'deployment-lead' : 'security-lead', kind, { scope: SCOPE, args: { holdId } }));
const restored = async (index: number) => run(restoreModes, d, await ending(d, index));

describe('a pause that was taken back', () => {
  it('gives the cohort the share that its promotion had raised, and once only', async () => {
    const id = await stop('pause');
    expect(await now()).toMatchObject({ mode: 'paused', ceiling: 'paused' });
    const { index } = await ends('lea', 'resume', id);
    await restored(index);
    expect(await now()).toMatchObject({ mode: 'live', livePercent: 20, ceiling: 'live' });
    const { etag } = (await now()) ?? {};
    await restored(index);
    expect((await now())?.etag).toBe(etag);
    expect((await d.view()).cohorts[cohort]).toMatchObject({ mode: 'live', livePercent: 20, holds: [] });
  });

  it('gives nothing back under a halt that stands, nor what a later stop took', async () => {
    const id = await stop('pause');
    const halt = await stop('halt');
    const { index } = await ends('lea', 'resume', id);
    await restored(index);
    expect(await now()).toMatchObject({ mode: 'halted' });
    expect((await d.view()).cohorts[cohort]?.holds).toEqual([halt]);
  });

  it('gives nothing back after a stop that the log does not know yet, and leaves a task', async () => {
    const { index } = await ends('lea', 'resume', await stop('pause'));
    const scopes = [{ level: 'cohort' as const, deployment: 'q4', name: cohort }];
    await d.tenant.platform.fence({ scopes, ceiling: 'shadow', commandId: 'a-later-stop' });
    await restored(index);
    expect(await now()).toMatchObject({ mode: 'paused', ceiling: 'shadow' });
    expect((await d.view()).tasks[`${cohort}/remedy`]).toMatchObject({ code: 'fenced', closed: null });
  });
});

describe('an agent that was paused alone', () => {
  it('comes back by its own order, to what its cohort is', async () => {
    const [agent = ''] = namesOf(cohort, 1);
    const id = await stopAgents('pause', agent);
    const mode = async () => (await d.tenant.platform.agents('q4', { agent })).agents[0]?.mode;
    expect(await mode()).toBe('paused');
    const scope = { level: 'agent' as const, names: [agent] };
    const { index } = await give(o.draft('lea', 'deployment-lead', 'resume', { scope, args: { holdId: id } }));
    await restored(index);
    expect(['shadow', 'live']).toContain(await mode());
    expect((await d.view()).holds[id]?.released).not.toBeNull();
  });
});

describe('agents that were rolled back by name', () => {
  it('come back one by one: who is promoted by name goes with its cohort again, and nobody else', async () => {
    const live = (await d.tenant.platform.agents('q4', { cohort })).agents.filter((a) => a.mode === 'live').map((a) => a.agent);
    const [one = '', two = ''] = live;
    const id = await stopAgents('rollback', one, two);
    const modes = async () =>
      Promise.all([one, two].map(async (agent) => (await d.tenant.platform.agents('q4', { agent })).agents[0]?.mode));
    expect(await modes()).toEqual(['shadow', 'shadow']);
    const { index, outcome } = await give(promote(o, 'agent', one));
    expect(outcome).toBe('applied');
    await restored(index);
    expect(await modes()).toEqual(['live', 'shadow']);
    expect((await d.view()).holds[id]).toMatchObject({ released: null, releasedFor: [one] });
    await restored((await give(promote(o, 'agent', two))).index);
    expect(await modes()).toEqual(['live', 'live']);
    expect((await d.view()).holds[id]?.released).not.toBeNull();
  });
});

describe('a halt', () => {
  it('is lifted by two, back to shadow and no further; one voice alone moves nothing', async () => {
    const id = await stop('halt');
    const first = await ends('sam', 'lift', id);
    expect(first.outcome).toBe('applied');
    expect(await codeOf(ending(d, first.index))).toBe('authority_missing');
    expect(await now()).toMatchObject({ ceiling: 'halted' });
    const second = await ends('lea', 'lift', id);
    await restored(second.index);
    expect(await now()).toMatchObject({ mode: 'shadow', livePercent: 0, ceiling: 'live' });
  });
});

describe('a rollback', () => {
  it('ends by a promotion that was given after it, under a generation that the older one does not have', async () => {
    const id = await stop('rollback');
    expect((await d.view()).cohorts[cohort]).toMatchObject({ phase: 'held', code: 'stopped', raisedTo: 0 });
    const again = await give(promote(o, 'cohort', cohort));
    expect(again.outcome).toBe('applied');
    expect((await d.view()).holds[id]?.released).not.toBeNull();
    const state = await now();
    const entry = await o.log.entry(again.index);
    const generation = entry?.kind === 'command.applied' ? entry.data.fenceGeneration : -1;
    const raise = (key: string, under: number) =>
      d.tenant.platform.setMode(
        { deployment: 'q4', cohort, ifMatch: state?.etag ?? '' },
        { key, mode: 'live', livePercent: 20, generation: under },
      );
    await expect(raise('late', 0)).rejects.toMatchObject({ code: 'fenced' });
    expect(await raise('again', generation)).toMatchObject({ mode: 'live', livePercent: 20 });
  });
});

const credentials = async () =>
  (await d.tenant.platform.agents('q4', { cohort })).agents.map((a) => [a.credential?.version, a.credential?.revoked, a.smoke]);
const reissue = async () => {
  const { index } = await give(o.draft('lea', 'deployment-lead', 'reissue', { scope: SCOPE }));
  return ordered(d, index, 'reissue');
};

describe('a reissue', () => {
  it('ends every old credential, mints the next generation once, and tries each; also while the cohort is halted', async () => {
    await stop('halt');
    const grant = await reissue();
    for (let time = 0; time < 2; time++)
      for (const step of [revokeOld, mintNew, smokeNew]) expect(await run(step, d, grant, 1)).toEqual({ done: AGENTS });
    expect(await credentials()).toEqual(Array(AGENTS).fill([2, false, 'ALLOW']));
    const mints = [...readJournal(platform.journal)].flatMap((e) =>
      e.op === 'mint' && e.customer === platform.customer ? e.items : [],
    );
    expect(mints).toHaveLength(2 * AGENTS);
    expect(await now()).toMatchObject({ mode: 'halted' });
  });

  it("leaves to a later order what is left of it, but not what became of its calls, and is nobody's task", async () => {
    const platform = { ...d.tenant.platform, revoke: () => Promise.reject(new Error('killed')) };
    const first = await reissue();
    await expect(run(revokeOld, { ...d, tenant: { ...d.tenant, platform } }, first, 1)).rejects.toThrow('killed');
    for (const grant of [await reissue(), first])
      for (const step of [revokeOld, mintNew, smokeNew])
        expect(await run(step, d, grant, grant === first && step === revokeOld ? 2 : 1)).not.toHaveProperty('code');
    expect((await d.view()).figures.operations.revoke).toMatchObject({ applied: 2 * AGENTS, unknown: 0 });
    expect(await credentials()).toEqual(Array(AGENTS).fill([3, false, 'ALLOW']));
    expect((await d.view()).tasks).toEqual({});
  });
});

describe('reconciling', () => {
  it('adopts what the platform did, says what it did not do, and names agents that no manifest has; two at once say it once', async () => {
    const [first = '', second = ''] = namesOf(cohort, 2);
    const mint = (agent: string) => ({
      operation: 'mint' as const,
      key: agent === first ? `q4/${cohort}/${first}/mint/1` : 'never-sent',
    });
    expect((await d.tenant.platform.agents('q4', { cohort, limit: 1 })).agents).toHaveLength(1);
    for (const agent of [first, second]) {
      const [intent] = await o.log.add([
        d.entry('intent', `${agent}/intent`, { ...mint(agent), agents: [agent], authority: promoted }, { cohort }),
      ]);
      const unknown = { ...mint(agent), intent: intent ?? 0, result: 'unknown' as const };
      await o.log.add([d.entry('outcome', `${agent}/unknown`, unknown, { cohort, agent })]);
    }
    expect(Object.keys((await d.view()).cohorts[cohort]?.unknown ?? {})).toHaveLength(2);
    const parse = () => ({ manifest: { name: cohort, group, shape: 'research', agents: [{ id: first }] } as never });
    const sha256 = sha256Hex(Buffer.from('smaller'));
    const index = [{ ...d.index[0], key: `manifests/${cohort}.yaml`, sha256, size: 7, agents: 1 }];
    const smaller = { ...d, index, source: { ...d.source, parse, get: async () => Buffer.from('smaller') } };
    const order = async (id: string) =>
      ordered(d, (await give(o.draft('lea', 'deployment-lead', 'reconcile', { id, scope: SCOPE }))).index, 'reconcile');
    await Promise.all([await order('reconcile-1'), await order('reconcile-2')].map((at) => run(reconcileCohorts, smaller, at)));
    expect(o.log.all.filter((e) => e.kind === 'outcome' && e.id.includes('/reconciled/'))).toHaveLength(2);
    const view = await d.view();
    expect(view.cohorts[cohort]?.unknown).toEqual({});
    expect(view.tasks[`${cohort}/orphans`]?.sentence).toContain(`${AGENTS - 1} agents`);
  });
});
