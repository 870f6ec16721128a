import { describe, expect, it } from 'vitest';
import { newStateView, subjects, type DeploymentStateView } from '../../../domain/authority/context.ts';
import { promotable } from '../../../domain/authority/promotable.ts';
import type { Command } from '../../../domain/command.ts';
import { activeHolds } from '../../../domain/hold.ts';
import { ALL_SIGNED, give, inWindow, order, settled } from './given.ts';

const go = (gate: string, change: Partial<Command> = {}) =>
  order('lea', 'deployment-lead', 'go', { scope: { level: 'gate', names: [gate] }, ...change });
const promote = (level: 'wave' | 'group' | 'cohort', ...names: string[]) =>
  order('lea', 'deployment-lead', 'promote', { scope: { level, names } });
const clock = (args: Command['args']) => order('lea', 'deployment-lead', 'clock', { args });

describe('go', () => {
  const ready = inWindow('provision', 'ready', { milestones: { ...settled('countdown'), ...settled('provision') } });

  it.each<[string, DeploymentStateView, Command, string]>([
    ['with all exits met', ready, go('gate-1'), 'applied'],
    ['with an exit open', { ...ready, milestones: { ...ready.milestones, 'W1.12': 'pending' } }, go('gate-1'), 'exit_not_met'],
    ['with an exit waived', { ...ready, milestones: { ...ready.milestones, 'W1.12': 'waived' } }, go('gate-1'), 'applied'],
    ['with a target missed', { ...ready, milestones: { ...ready.milestones, 'W1.10': 'missed' } }, go('gate-1'), 'applied'],
    ['twice', { ...ready, gatesPassed: ['gate-1'] }, go('gate-1'), 'already_done'],
    ['for a later gate', ready, go('gate-2'), 'wrong_state'],
    ['for no gate', ready, go('gate-9'), 'wrong_scope'],
    ['while the clock stands still', { ...ready, clockRunning: false }, go('gate-1'), 'wrong_state'],
    ['on old evidence', { ...ready, openEvidence: { 'gate-1': 'sha256:new' } }, go('gate-1'), 'stale_binding'],
  ])('%s', (_, state, command, outcome) => {
    expect(give(state, command).outcome).toBe(outcome);
  });

  it('names the rows that keep the gate shut', () => {
    const one = give({ ...ready, milestones: { ...ready.milestones, 'W1.05': 'pending' } }, go('gate-1'));
    expect(one.sentence).toBe(
      'Gate 1 (provisioned) stays shut: W1.05 is open (The platform registered the set: one cohort set, one job per cohort).',
    );
    const all = give({ ...ready, milestones: {} }, go('gate-1'));
    expect(all.sentence).toContain('W1.02, W1.03, W1.04, W1.05, W1.06, W1.08, W1.09, W1.11, W1.12, W1.13, W1.14, W1.15 are open');
  });
});

describe('promote', () => {
  const signed = inWindow('golive', 'signed-off', { decided: ALL_SIGNED });
  const oneSigned = { ...signed, decided: { [subjects.sign('sales-ic')]: ALL_SIGNED[subjects.sign('sales-ic')] ?? {} } };
  const firstWaveLive = { ...signed, milestones: { 'W3.01': 'met', 'W3.04': 'met' } } as const;

  it.each<[string, DeploymentStateView, Command, string]>([
    ['the first wave', signed, promote('wave', 'research'), 'applied'],
    ['before gate 2', { ...signed, gatesPassed: ['gate-1'] }, promote('wave', 'research'), 'wrong_state'],
    ['while the clock stands still', { ...signed, clockRunning: false }, promote('wave', 'research'), 'wrong_state'],
    ['the second wave before the first is stable', signed, promote('wave', 'production'), 'exit_not_met'],
    ['the second wave once the first is stable', firstWaveLive, promote('wave', 'production'), 'applied'],
    ['with one of two groups signed', oneSigned, promote('wave', 'research'), 'applied'],
    ['with nothing signed', { ...signed, decided: {} }, promote('wave', 'research'), 'wrong_state'],
    ['a wave that is none', signed, promote('wave', 'wave-1'), 'wrong_scope'],
    ['a shape that nobody has', { ...signed, milestones: { 'W3.08': 'met' } }, promote('wave', 'coordination'), 'wrong_state'],
    ['a cohort before its wave', signed, promote('cohort', 'sales-ic-research'), 'wrong_state'],
    ['a late cohort after its wave', firstWaveLive, promote('cohort', 'sales-ic-research'), 'applied'],
    ['what is live already', inWindow('golive', 'live', { decided: ALL_SIGNED }), promote('wave', 'research'), 'already_done'],
    ['what is isolated', inWindow('golive', 'isolated', { decided: ALL_SIGNED }), promote('wave', 'research'), 'wrong_state'],
  ])('%s', (_, state, command, outcome) => {
    expect(give(state, command).outcome).toBe(outcome);
  });

  it('leaves out what is unsigned or held, and says why', () => {
    const hold = order('sam', 'security-lead', 'hold', {
      scope: { level: 'cohort', names: ['sales-ic-research'] },
      reason: 'audit',
    });
    const { state } = give(oneSigned, hold);
    const scope = { level: 'wave' as const, names: ['research', 'production'] };
    expect(promotable(state, scope)).toEqual({
      cohorts: ['sales-ic-production'],
      leftOut: {
        'hr-lead-production': 'group hr-lead lacks the signature of Customer Lead (CHRO), Security Lead (CISO), CFO',
        'hr-lead-research': 'group hr-lead lacks the signature of Customer Lead (CHRO), Security Lead (CISO), CFO',
        'sales-ic-research': `hold ${hold.id}: audit`,
      },
      liveAlready: [],
      stopped: [],
      lifts: [],
    });
  });

  it("is the Operations Lead's from T+66", () => {
    const byOperations = order('otto', 'operations-lead', 'promote', { scope: { level: 'wave', names: ['research'] } });
    expect(give(signed, byOperations, { planHours: 65.9 }).outcome).toBe('role_not_allowed');
    expect(give(signed, byOperations, { planHours: 66 }).outcome).toBe('applied');
    expect(give(signed, promote('wave', 'research'), { planHours: 66 }).outcome).toBe('role_not_allowed');
  });
});

describe('hold and release', () => {
  const state = inWindow('validate', 'shadow');
  const hold = order('sam', 'security-lead', 'hold', {
    scope: { level: 'group', names: ['sales-ic'] },
    args: { ceiling: 'paused', releasedBy: 'security-lead' },
  });
  const release = (person: string, role: 'security-lead' | 'deployment-lead', change: Partial<Command> = {}) =>
    order(person, role, 'release', { args: { holdId: hold.id }, ...change });

  it('make and lift a hold, by the role that it names', () => {
    const held = give(state, hold).state;
    expect(activeHolds(held.holds)).toMatchObject([{ id: hold.id, ceiling: 'paused', by: 'sam', releasedBy: 'security-lead' }]);
    expect(give(held, release('lea', 'deployment-lead')).outcome).toBe('release_not_allowed');
    const lifted = give(held, release('sam', 'security-lead'));
    expect(lifted.outcome).toBe('applied');
    expect(activeHolds(lifted.state.holds)).toEqual([]);
    expect(give(lifted.state, release('sam', 'security-lead')).outcome).toBe('already_done');
  });

  it('say what they are about rightly', () => {
    const held = give(state, hold).state;
    expect(give(held, release('sam', 'security-lead', { scope: { level: 'group', names: ['sales-ic'] } })).outcome).toBe(
      'applied',
    );
    expect(give(held, release('sam', 'security-lead', { scope: { level: 'group', names: ['hr-lead'] } })).outcome).toBe(
      'wrong_scope',
    );
    expect(give(held, release('sam', 'security-lead', { args: { holdId: 'constructor' } })).outcome).toBe('unknown_hold');
    expect(give(held, release('sam', 'security-lead', { args: {} })).outcome).toBe('malformed_command');
  });

  it('cannot name the engine for the release, for then nobody could', () => {
    const stuck = { ...hold, id: 'stuck', args: { releasedBy: 'machine' as const } };
    expect(give(state, stuck).outcome).toBe('malformed_command');
    const live = { ...hold, id: 'live', args: { ceiling: 'live' as 'shadow' } };
    expect(give(state, live).outcome).toBe('malformed_command');
  });
});

describe('retry', () => {
  const retry = (...names: string[]) =>
    order('lea', 'deployment-lead', 'retry', { scope: { level: names.length > 0 ? 'cohort' : 'deployment', names } });

  it.each<[string, DeploymentStateView, Command, string]>([
    ['an isolated cohort', inWindow('provision', 'isolated'), retry('sales-ic-research'), 'applied'],
    ['a parked one', inWindow('provision', 'parked'), retry('sales-ic-research'), 'applied'],
    ['one that is on its way', inWindow('provision', 'minting'), retry('sales-ic-research'), 'wrong_state'],
    ['an unknown one', inWindow('provision', 'isolated'), retry('nobody'), 'wrong_scope'],
    ['everything that waits', inWindow('provision', 'isolated'), retry(), 'applied'],
    ['a halted preflight', inWindow('provision', 'registered', { haltedBy: 'preflight_halted' }), retry(), 'applied'],
    ['when nothing waits', inWindow('provision', 'minting'), retry(), 'wrong_state'],
  ])('%s', (_, state, command, outcome) => {
    expect(give(state, command).outcome).toBe(outcome);
  });
});

describe('clock', () => {
  const ready = inWindow('countdown', 'registered');
  const without = (...rows: string[]) => ({
    ...ready,
    milestones: { ...ready.milestones, ...Object.fromEntries(rows.map((r) => [r, 'pending' as const])) },
  });

  it.each<[string, DeploymentStateView, Command['args'], string]>([
    ['start with everything there', ready, { clock: 'start' }, 'applied'],
    ['start without a role', without('C4'), { clock: 'start' }, 'role_unavailable'],
    ['start without a prerequisite', without('P6', 'C4'), { clock: 'start' }, 'prerequisite_missing'],
    ['start without approvals', without('C3', 'P4'), { clock: 'start' }, 'set_under_approved'],
    ['start without a signed set', without('P3', 'C3'), { clock: 'start' }, 'set_not_verified'],
    ['start what runs', inWindow('provision', 'minting'), { clock: 'start' }, 'already_done'],
    [
      'start what was stopped',
      inWindow('provision', 'minting', { clockRunning: false, milestones: {} }),
      { clock: 'start' },
      'applied',
    ],
    ['stop', inWindow('provision', 'minting'), { clock: 'stop' }, 'applied'],
    ['stop what does not run', ready, { clock: 'stop' }, 'wrong_state'],
    ['rebaseline', inWindow('provision', 'minting'), { clock: 'rebaseline', shiftHours: 2 }, 'applied'],
    ['rebaseline before T-0', ready, { clock: 'rebaseline', shiftHours: 2 }, 'wrong_state'],
    ['rebaseline to earlier', inWindow('provision', 'minting'), { clock: 'rebaseline', shiftHours: -2 }, 'malformed_command'],
    [
      'rebaseline by no number',
      inWindow('provision', 'minting'),
      { clock: 'rebaseline', shiftHours: Number.NaN },
      'malformed_command',
    ],
    ['rebaseline without hours', inWindow('provision', 'minting'), { clock: 'rebaseline' }, 'malformed_command'],
    ['nothing', ready, {}, 'malformed_command'],
  ])('%s', (_, state, args, outcome) => {
    expect(give(state, clock(args)).outcome).toBe(outcome);
  });

  it('opens window 1 when it is started, and stands still when it is stopped', () => {
    const started = give(ready, clock({ clock: 'start' })).state;
    expect(started).toMatchObject({ started: true, clockRunning: true, window: 'provision' });
    expect(give(started, clock({ clock: 'stop' })).state).toMatchObject({ started: true, clockRunning: false });
    expect(give(newStateView(), clock({ clock: 'start' })).outcome).toBe('set_not_verified');
  });
});
