import { describe, expect, it } from 'vitest';
import { activeHolds, addHold, holdsOn } from '../../../domain/hold.ts';
import { isLiveOrRamping, promotable } from '../../../domain/authority/promotable.ts';
import type { Command } from '../../../domain/command.ts';
import { holdOfStop } from '../../../domain/stop/hold.ts';
import type { StoppingKind } from '../../../domain/stop/stop.ts';
import type { DeploymentStateView, Signer } from '../../../domain/authority/context.ts';
import type { Role } from '../../../domain/roles.ts';
import { ALL_SIGNED, FILE, give, inWindow, order, settled } from './given.ts';

const BEFORE = '2026-03-02T11:00:00.000Z';
const live = inWindow('golive', 'held', { decided: ALL_SIGNED, milestones: { ...settled('countdown'), 'W3.01': 'met' } });

function stopped(
  state: DeploymentStateView,
  kind: StoppingKind,
  scope: Command['scope'],
  change: Partial<Command> = {},
): { state: DeploymentStateView; id: string } {
  const command = { ...order('sam', 'security-lead', kind, { scope, issuedAt: BEFORE, ...change }), kind };
  return { id: command.id, state: { ...state, holds: addHold(state.holds, holdOfStop(command)) } };
}
const COHORT = { level: 'cohort' as const, names: ['sales-ic-research'] };
const WAVE = { level: 'wave' as const, names: ['research'] };
const EVERYTHING = { level: 'deployment' as const, names: [] };
const lift = (person: string, role: Role, id: string, scope: Command['scope'] = COHORT) =>
  order(person, role, 'lift', { scope, args: { holdId: id } });
const promote = (scope: Command['scope'], change: Partial<Command> = {}) =>
  order('lea', 'deployment-lead', 'promote', { scope, ...change });

describe('agents that were stopped by name', () => {
  const [one, two] = ['sales-ic-research-1', 'sales-ic-research-2'] as const;
  const agents = (...names: string[]): Command['scope'] => ({ level: 'agent', names });

  it('come back by name, one by one, and a promotion of their cohort is not about them', () => {
    const { state, id } = stopped(live, 'rollback', agents(one, two));
    expect(give(state, promote(COHORT)).state.holds.exempt).toEqual({});
    const first = give(state, promote(agents(one)));
    expect(first.outcome).toBe('applied');
    expect(first.state.holds.exempt).toEqual({ [id]: [one] });
    expect(give(first.state, promote(agents(one))).outcome).toBe('wrong_state');
    const second = give(first.state, promote(agents(two)));
    expect(second.outcome).toBe('applied');
    expect(activeHolds(second.state.holds)).toEqual([]);
  });

  it('come back after a halt by a promotion too, once two have lifted it and not before', () => {
    const { state, id } = stopped(live, 'halt', agents(one));
    expect(give(state, promote(agents(one))).outcome).toBe('stopped');
    const lifted = ['security-lead', 'deployment-lead'].reduce(
      (s, role) => give(s, lift(role === 'security-lead' ? 'sam' : 'lea', role as Role, id, agents(one))).state,
      state,
    );
    expect(activeHolds(lifted.holds)).toEqual([]);
    expect(give(lifted, promote(agents(one))).outcome).toBe('applied');
  });

  it('are promoted by nobody but who promotes cohorts, not before gate 2, and not by an order older than their stop', () => {
    const { state } = stopped(live, 'rollback', agents(one), { issuedAt: '2026-03-02T11:59:30.000Z' });
    const by = (person: string, role: Role) => order(person, role, 'promote', { scope: agents(one) });
    expect(give(state, by('sam', 'security-lead')).outcome).toBe('role_not_allowed');
    expect(give({ ...state, gatesPassed: ['gate-1'] }, promote(agents(one))).outcome).toBe('wrong_state');
    expect(give(state, promote(agents(one))).outcome).toBe('stopped');
  });

  it('stay where they are when they were terminated, and nobody else is taken for one of them', () => {
    const { state } = stopped(live, 'terminate', agents(one));
    expect(give(state, promote(agents(one))).outcome).toBe('stopped');
    expect(give(state, promote(agents(two))).outcome).toBe('wrong_state');
  });
});

describe('a rollback', () => {
  it('ends for just the cohorts that a person promotes again, and as a whole with the last of them', () => {
    const { state, id } = stopped(live, 'rollback', WAVE);
    const first = give(state, promote(COHORT));
    expect(first.outcome).toBe('applied');
    expect(first.state.holds.exempt).toEqual({ [id]: ['sales-ic-research'] });
    const on = (group: string) => holdsOn(first.state.holds, { cohort: `${group}-research`, group, wave: 'research' });
    expect([on('sales-ic'), on('hr-lead').map((h) => h.id)]).toEqual([[], [id]]);
    const second = give(first.state, promote({ level: 'cohort', names: ['hr-lead-research'] }));
    expect(second.outcome).toBe('applied');
    expect(activeHolds(second.state.holds)).toEqual([]);
  });

  it('is not lifted by a promotion that was given before it, nor by a release', () => {
    const { state, id } = stopped(live, 'rollback', COHORT, { issuedAt: '2026-03-02T11:59:30.000Z' });
    expect(give(state, promote(COHORT)).outcome).toBe('stopped');
    expect(give(state, promote(COHORT, { issuedAt: '2026-03-02T11:59:45.000Z' })).outcome).toBe('applied');
    expect(give(state, order('lea', 'deployment-lead', 'release', { args: { holdId: id } })).outcome).toBe('stopped');
  });

  it('lets nobody live who is not signed for', () => {
    const { state } = stopped({ ...live, decided: {} }, 'rollback', COHORT);
    expect(give(state, promote(COHORT)).outcome).toBe('wrong_state');
  });

  it('lets go on in shadow what it set aside', () => {
    const aside = inWindow('provision', 'isolated');
    expect(
      give(stopped(aside, 'rollback', COHORT).state, order('lea', 'deployment-lead', 'retry', { scope: COHORT })).outcome,
    ).toBe('applied');
  });
});

describe('a halt', () => {
  const { state, id } = stopped(live, 'halt', COHORT);

  it('is lifted by the Security Lead and the Deployment Lead together, whoever is first', () => {
    for (const [one, other] of [
      [lift('sam', 'security-lead', id), lift('lea', 'deployment-lead', id)],
      [lift('lea', 'deployment-lead', id), lift('sam', 'security-lead', id)],
    ] as const) {
      const first = give(state, one);
      expect([first.outcome, activeHolds(first.state.holds).map((h) => h.id)]).toEqual(['applied', [id]]);
      const second = give(first.state, other);
      expect([second.outcome, activeHolds(second.state.holds)]).toEqual(['applied', []]);
    }
  });

  it.each([
    ['one person twice', lift('sam', 'security-lead', id), lift('sam', 'security-lead', id), 'already_done'],
    ['another role', lift('sam', 'security-lead', id), lift('otto', 'operations-lead', id), 'release_not_allowed'],
    [
      'two who mean different cohorts',
      lift('sam', 'security-lead', id),
      lift('lea', 'deployment-lead', id, EVERYTHING),
      'applied',
    ],
  ])('is not lifted by %s', (_, one, other, outcome) => {
    const second = give(give(state, one).state, other);
    expect(second.outcome).toBe(outcome);
    expect(activeHolds(second.state.holds)).toHaveLength(1);
  });

  it('by a row of the stopping table is lifted by the role that the row tells', () => {
    const byRow = stopped(live, 'halt', COHORT, { args: { trigger: 'manifest-drift' } });
    expect(give(byRow.state, lift('sam', 'security-lead', byRow.id)).outcome).toBe('release_not_allowed');
    const both = give(give(byRow.state, lift('ada', 'atlas-operator', byRow.id)).state, lift('lea', 'deployment-lead', byRow.id));
    expect(activeHolds(both.state.holds)).toEqual([]);
  });

  it.each([
    ['promote', promote(COHORT)],
    ['retry', order('lea', 'deployment-lead', 'retry', { scope: COHORT })],
  ])('is passed by no %s', (_, command) => {
    expect(give(state, command).outcome).toBe('stopped');
  });

  it('of everything keeps the gate shut', () => {
    const all = stopped(inWindow('provision', 'ready', { milestones: settled('provision') }), 'halt', EVERYTHING);
    const go = order('lea', 'deployment-lead', 'go', { scope: { level: 'gate', names: ['gate-1'] } });
    expect(give(all.state, go).outcome).toBe('stopped');
  });
});

describe('a pause', () => {
  const { state, id } = stopped(live, 'pause', WAVE);
  const resume = (scope: Command['scope'], holdId = id) => order('lea', 'deployment-lead', 'resume', { scope, args: { holdId } });

  it('is taken back as a whole, or for some of its cohorts', () => {
    expect(activeHolds(give(state, resume(WAVE)).state.holds)).toEqual([]);
    const part = give(state, resume(COHORT));
    expect(part.state.holds.exempt).toEqual({ [id]: ['sales-ic-research'] });
    expect(activeHolds(part.state.holds)).toHaveLength(1);
  });

  it('is the only one that a resume takes back', () => {
    const both = stopped(state, 'halt', COHORT);
    expect(give(both.state, resume(COHORT, both.id)).outcome).toBe('release_not_allowed');
    expect(activeHolds(give(both.state, resume(WAVE)).state.holds).map((h) => h.id)).toEqual([both.id]);
  });

  it('of a person is not taken back by the engine; its own is', () => {
    const machine: Signer = { machine: 'ed25519:engine' };
    const file = { ...FILE, machine: ['ed25519:engine'] };
    const back = (holdId: string) => order('golive', 'machine', 'resume', { scope: WAVE, args: { holdId } });
    expect(give(state, back(id), { file, signer: machine }).outcome).toBe('release_not_allowed');
    const own = stopped(live, 'pause', WAVE, { person: 'golive', role: 'machine', args: { trigger: 'connector-outage' } });
    expect(give(own.state, back(own.id), { file, signer: machine }).outcome).toBe('applied');
  });
});

describe('what was terminated', () => {
  it('is brought back by nothing', () => {
    const { state, id } = stopped(live, 'terminate', COHORT);
    const resume = order('lea', 'deployment-lead', 'resume', { scope: COHORT, args: { holdId: id } });
    const reissue = order('lea', 'deployment-lead', 'reissue', { scope: COHORT });
    for (const command of [resume, lift('sam', 'security-lead', id), promote(COHORT), reissue])
      expect(give(state, command).outcome).toBe('stopped');
    expect(promotable(state, COHORT)).toMatchObject({ cohorts: [], stopped: COHORT.names, lifts: [] });
    expect(isLiveOrRamping({ phase: 'held' })).toBe(false);
  });
});
