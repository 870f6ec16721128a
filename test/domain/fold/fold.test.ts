import { describe, expect, it } from 'vitest';
import type { EntryData, NewEntry } from '../../../domain/entry.ts';
import { emptyView } from '../../../domain/fold/empty.ts';
import { fold, withoutLedger } from '../../../domain/fold/fold.ts';
import type { DeploymentView } from '../../../domain/view.ts';
import { applied, digest, evidence, newEntry, numbered, SAMPLES, wallAt } from './samples.ts';

function viewOf(...entries: NewEntry[]): DeploymentView {
  const view = emptyView('acme', 'q4');
  for (const entry of numbered(entries)) fold(view, entry);
  return view;
}

const plan = newEntry('plan.recorded');
const opened = newEntry('deployment.opened');
const outcome = (
  agent: string | undefined,
  data: Partial<EntryData['outcome']>,
  cohort = 'sales-ic-research',
  at = wallAt(1),
): NewEntry =>
  newEntry(
    'outcome',
    { ...SAMPLES.outcome, key: `k/${cohort}/${agent ?? '*'}/${data.operation ?? 'mint'}`, ...data },
    { cohort, at, ...(agent === undefined ? {} : { agent }) },
  );

describe('what a cohort has behind it', () => {
  it('counts each agent once, however often something was done to it', () => {
    const view = viewOf(plan, outcome('a', {}), outcome('a', {}), outcome('b', {}));
    expect(view.cohorts['sales-ic-research']?.counts.minted).toBe(2);
    expect(view.progress.minted).toBe(2);
    expect(view.figures.operations.mint).toMatchObject({ applied: 3 });
  });

  it('counts a no-op only when it was answered with ALLOW, and takes it back when a repetition was not', () => {
    const smoke = (verdict: string, result: 'applied' | 'not-applied' = 'applied') =>
      outcome('a', { operation: 'smoke', verdict, result });
    expect(viewOf(plan, smoke('DENY')).progress.smoked).toBe(0);
    expect(viewOf(plan, smoke('ALLOW')).progress.smoked).toBe(1);
    expect(viewOf(plan, smoke('ALLOW'), smoke('DENY')).progress.smoked).toBe(0);
    expect(viewOf(plan, smoke('ALLOW'), smoke('ALLOW', 'not-applied')).progress.smoked).toBe(0);
  });

  it('keeps an unknown outcome until it is known', () => {
    const unknown = outcome('a', { result: 'unknown' });
    expect(Object.keys(viewOf(plan, unknown).cohorts['sales-ic-research']?.unknown ?? {})).toHaveLength(1);
    expect(viewOf(plan, unknown, outcome('a', {})).cohorts['sales-ic-research']?.unknown).toEqual({});
  });

  it('states always add up: not running, shadow, live', () => {
    const run = outcome(undefined, { operation: 'run', mode: 'shadow', livePercent: 0 });
    const raise = outcome(undefined, { operation: 'raise', mode: 'live', livePercent: 25 });
    expect(viewOf(plan).agents).toMatchObject({ total: 20, provisioning: 20, shadow: 0, live: 0 });
    expect(viewOf(plan, run).agents).toMatchObject({ provisioning: 16, shadow: 4 });
    expect(viewOf(plan, run, raise).agents).toMatchObject({ provisioning: 16, shadow: 3, live: 1 });
    const halted = viewOf(plan, run, raise, outcome(undefined, { operation: 'raise', mode: 'halted' }));
    expect(halted.agents).toMatchObject({ provisioning: 16, shadow: 0, live: 0, halted: 4 });
    expect(halted.cohorts['sales-ic-research']).toMatchObject({ mode: 'halted', livePercent: 0 });
  });

  it('works the same from outcomes of single agents', () => {
    const of = (operation: 'run' | 'raise', mode: 'shadow' | 'live') =>
      ['a', 'b', 'c', 'd'].map((agent) => outcome(agent, { operation, mode }));
    const view = viewOf(plan, ...of('run', 'shadow'), ...of('raise', 'live').slice(0, 2));
    expect(view.cohorts['sales-ic-research']).toMatchObject({ mode: 'live', livePercent: 50, counts: { running: 4, live: 2 } });
    expect(view.agents).toMatchObject({ shadow: 2, live: 2 });
  });

  it('keeps how far it came while it is set aside', () => {
    const phase = (data: EntryData['cohort.phase']) => newEntry('cohort.phase', data, { cohort: 'sales-ic-research' });
    const view = viewOf(plan, phase({ phase: 'minting' }), phase(SAMPLES['cohort.phase']));
    expect(view.cohorts['sales-ic-research']).toMatchObject({
      phase: 'isolated',
      reached: 'minting',
      code: 'smoke_failed',
      liftedBy: 'golive retry',
    });
    expect(viewOf(plan, phase(SAMPLES['cohort.phase']), phase({ phase: 'minting' })).cohorts['sales-ic-research']).toMatchObject({
      phase: 'minting',
      code: null,
      liftedBy: null,
    });
  });

  it('survives a corrected plan', () => {
    const [first] = SAMPLES['plan.recorded'].cohorts;
    const smaller = newEntry('plan.recorded', { ...SAMPLES['plan.recorded'], cohorts: first ? [{ ...first, agents: 3 }] : [] });
    const view = viewOf(plan, outcome('a', {}), smaller);
    expect(Object.keys(view.cohorts)).toEqual(['sales-ic-research']);
    expect(view.agents.total).toBe(3);
    expect(view.progress.minted).toBe(1);
  });

  it('a name that JavaScript knows better is a name like any other', () => {
    const view = viewOf(
      plan,
      outcome('constructor', {}, 'toString'),
      newEntry('watch-item', { ...SAMPLES['watch-item'], id: '__proto__' }),
    );
    expect(view.cohorts['toString']?.counts.minted).toBe(1);
    expect(({} as Record<string, unknown>)['text']).toBeUndefined();
  });
});

describe('the T-clock', () => {
  it('stands still and goes on', () => {
    const view = viewOf(
      opened,
      newEntry('clock.started', SAMPLES['clock.started'], { at: wallAt(0) }),
      newEntry('clock.stopped', SAMPLES['clock.stopped'], { at: wallAt(3.5) }),
      newEntry('clock.started', { planHours: 3.5, speed: 360, wallAt: wallAt(5) }, { at: wallAt(5) }),
      newEntry('clock.rebaselined'),
    );
    expect(view.clock).toEqual({
      startedAtMs: Date.parse(wallAt(0)),
      speed: 360,
      stoppedAtMs: null,
      stoppedForMs: 15_000,
      shiftHours: 2,
    });
    expect(view.header).toMatchObject({ startedAt: wallAt(0), environment: 'rehearsal', speed: 360 });
  });
});

describe('orders', () => {
  it('a person approves a digest once, with what was said last', () => {
    const approve = (id: string, decision: 'approve' | 'reject') =>
      newEntry('command.applied', applied({ id, args: { decision } }), { id });
    const view = viewOf(approve('o-1', 'approve'), approve('o-2', 'reject'));
    expect(view.approvals).toEqual([
      expect.objectContaining({ person: 'dana', decision: 'reject', commandId: 'o-2', manifestSetDigest: digest(7), index: 1 }),
    ]);
  });

  it('the first answer to an id stays', () => {
    const refused = newEntry('command.refused', { ...SAMPLES['command.refused'], commandId: 'order-1' });
    const view = viewOf(newEntry('command.applied'), refused);
    expect(view.commands['order-1']).toMatchObject({ outcome: 'applied', index: 0, latencyMs: 120, expiresAt: wallAt(24) });
  });

  it('a signature is void as soon as its group is shown something else', () => {
    const sign = newEntry('sign-off', { ...SAMPLES['sign-off'], group: 'sales-ic', commandIndex: 0 });
    const order = newEntry('command.applied', applied({ kind: 'sign', person: 'kim' }));
    const shown = (n: number) => newEntry('group.evidence', { ...SAMPLES['group.evidence'], evidence: evidence(n) });
    expect(viewOf(order, shown(5), sign).signOffs).toEqual([expect.objectContaining({ person: 'kim', current: true, index: 2 })]);
    expect(viewOf(order, shown(5), sign, shown(6)).signOffs[0]?.current).toBe(false);
    expect(viewOf(order, shown(6), sign).signOffs[0]?.current).toBe(false);
  });

  it('a signature under a delegation is void as soon as it is revoked, in whatever order they come', () => {
    const order = newEntry('command.applied', applied({ id: 'o-1', kind: 'sign', delegation: 'lent' }), { id: 'o-1' });
    const shown = (n: number, id: string) =>
      newEntry('group.evidence', { ...SAMPLES['group.evidence'], evidence: evidence(n) }, { id });
    const sign = newEntry('sign-off', { ...SAMPLES['sign-off'], group: 'sales-ic', commandIndex: 2 });
    const lent = { to: 'dana', role: 'cfo' as const, mode: 'act' as const, kinds: ['sign' as const], until: wallAt(9) };
    const among = (id: string, kind: 'delegate' | 'revoke', args: EntryData['command.applied']['command']['args']) =>
      newEntry('command.applied', applied({ id, kind, person: 'kim', args }), { id });
    const delegate = among('lent', 'delegate', { delegation: lent });
    const revoke = among('taken', 'revoke', { delegationId: 'lent' });

    const standing = viewOf(delegate, shown(5, 'a'), order, sign);
    expect(standing.signOffs).toEqual([expect.objectContaining({ delegation: 'lent', current: true })]);
    expect(standing.delegations['lent']).toMatchObject({ principal: 'kim', to: 'dana', revoked: null });
    for (const entries of [
      [delegate, shown(5, 'a'), order, sign, revoke],
      [delegate, shown(5, 'a'), order, revoke, sign],
      // Evidence that is compiled again as it was brings back nothing that is void.
      [delegate, shown(5, 'a'), order, sign, revoke, shown(5, 'b')],
    ]) {
      const view = viewOf(...entries);
      expect(view.signOffs).toEqual([expect.objectContaining({ current: false })]);
      expect(view.delegations['lent']?.revoked).toMatchObject({ by: 'kim' });
    }
  });

  it('a gate says who let it pass', () => {
    const go = newEntry('command.applied', applied({ kind: 'go', person: 'lee' }));
    expect(
      viewOf(go, newEntry('gate.passed', { gate: 'gate-1', commandIndex: 0, planHours: 24, evidence: evidence() })).gates[
        'gate-1'
      ],
    ).toMatchObject({ by: 'lee', planHours: 24 });
  });

  it('holds cover cohorts by group, name, wave and everything, until they are released', () => {
    const hold = (holdId: string, scope: EntryData['hold.added']['scope']) =>
      newEntry('hold.added', { ...SAMPLES['hold.added'], holdId, scope });
    const view = viewOf(
      plan,
      newEntry('wave.started'),
      hold('h-group', { level: 'group', names: ['sales-ic'] }),
      hold('h-cohort', { level: 'cohort', names: ['hr-lead-coordination'] }),
      hold('h-wave', { level: 'wave', names: ['research'] }),
      hold('h-all', { level: 'deployment', names: [] }),
      newEntry('hold.released', { holdId: 'h-all', by: 'kim' }),
      hold('h-all', { level: 'deployment', names: [] }),
    );
    expect(view.cohorts['sales-ic-research']?.holds).toEqual(['h-group', 'h-wave']);
    expect(view.cohorts['sales-ic-production']?.holds).toEqual(['h-group']);
    expect(view.cohorts['hr-lead-coordination']?.holds).toEqual(['h-cohort']);
    expect(view.holds['h-all']?.released).toMatchObject({ by: 'kim', index: 6 });
  });
});

describe('waves, tasks and the rest', () => {
  it('a verdict stands at the step at which its cohort is', () => {
    const step = (percent: number) => newEntry('wave.step', { ...SAMPLES['wave.step'], percent });
    const verdict = (value: 'pass' | 'fail') =>
      newEntry('verdict', { ...SAMPLES.verdict, verdict: value }, { cohort: 'sales-ic-research' });
    const view = viewOf(
      plan,
      newEntry('wave.started'),
      step(25),
      verdict('fail'),
      verdict('pass'),
      step(100),
      newEntry('wave.closed'),
      verdict('fail'),
    );
    const [first, second] = view.waves['research']?.steps ?? [];
    expect(first).toMatchObject({ percent: 25, verdicts: { 'sales-ic-research': { verdict: 'pass' } } });
    expect(second).toMatchObject({ percent: 100, verdicts: {} });
    expect(view.waves['research']?.closed).toMatchObject({ live: 1 });
    expect(view.verdicts['sales-ic-research']?.verdict).toBe('fail');
  });

  it('a task may be opened again', () => {
    const [open, close] = [newEntry('task.opened', SAMPLES['task.opened'], { cohort: 'a' }), newEntry('task.closed')];
    expect(Object.values(viewOf(open, close).tasks)[0]).toMatchObject({
      cohort: 'a',
      closed: { how: 'it went on after a retry', index: 1 },
    });
    expect(Object.values(viewOf(open, close, open).tasks)[0]?.closed).toBeNull();
  });

  it('names the first hundred writes and counts the rest', () => {
    const writes = Array.from({ length: 60 }, (_, i) => ({ id: `w-${i}`, agent: 'a', manager: 'm', at: wallAt(55) }));
    const view = viewOf(
      ...[1, 2].map((n) =>
        newEntry('writes.approved', { first: 60 * (n - 1), count: 60, writes, evidence: evidence(n) }, { id: `w/${n}` }),
      ),
    );
    expect(view.writes).toMatchObject({ count: 120, firstAt: wallAt(55) });
    expect(view.writes.firstHundred).toHaveLength(100);
  });

  it('adds up what the intercept said, in all and by cohort', () => {
    const said = (cohort: string, hours: number) =>
      newEntry(
        'intercept.verdicts',
        { ...SAMPLES['intercept.verdicts'], to: wallAt(hours) },
        { cohort, id: `${cohort}/${hours}` },
      );
    const { intercepts } = viewOf(said('a', 30), said('b', 30), said('a', 36));
    expect(intercepts.upTo).toBe(wallAt(36));
    expect(intercepts.total).toEqual({ allow: 3600, warn: 15, deny: 6, failed: 3 });
    expect(intercepts.byCohort['a']).toEqual({ allow: 2400, warn: 10, deny: 4, failed: 2 });
  });

  it('knows the last outcome of provisioning, and no other outcome for one', () => {
    const view = viewOf(plan, outcome('a', {}), newEntry('outcome', { ...SAMPLES.outcome, operation: 'run' }, { id: 'run' }));
    expect(view.lastProvisioned?.index).toBe(1);
  });

  it('is served without its ledger', () => {
    const view = viewOf(plan, outcome('a', {}));
    expect(withoutLedger(view)).toEqual({ ...view, ledger: {} });
    expect(view.ledger).not.toEqual({});
  });
});
