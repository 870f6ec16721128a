import { describe, expect, it } from 'vitest';
import { newStateView, subjects, type DeploymentStateView } from '../../../domain/authority/context.ts';
import {
  missingApprovals,
  missingConfirmations,
  missingSignatures,
  missingWaivers,
  waiversOf,
} from '../../../domain/authority/quorum.ts';
import type { Command } from '../../../domain/command.ts';
import { activeHolds, holdsOn } from '../../../domain/hold.ts';
import type { Role } from '../../../domain/roles.ts';
import { approveSet, give, inWindow, NOW, order, settled, sign } from './given.ts';

const confirm = (person: string, role: Role, name: string, args: Command['args'] = {}) =>
  order(person, role, 'confirm', { scope: { level: 'row', names: [name] }, args });
const waive = (person: string, role: Role, name: string, reason = 'agreed by phone') =>
  order(person, role, 'waive', { scope: { level: 'row', names: [name] }, reason });
const goAhead = () => order('chris', 'customer-lead', 'approve', { args: { decision: 'approve' } });

describe('approvals of the set (C3)', () => {
  it('are complete with four executives', () => {
    let state = newStateView();
    for (const [who, role] of [
      ['ella', 'ceo'],
      ['chris', 'customer-lead'],
      ['finn', 'cfo'],
    ] as const)
      state = give(state, approveSet(who, role)).state;
    expect(missingApprovals(state, NOW)).toEqual(['security-lead']);
    expect(missingApprovals(give(state, approveSet('sam', 'security-lead')).state, NOW)).toEqual([]);
  });

  it('count one person once, and one role once', () => {
    const { state } = give(newStateView(), approveSet('wide', 'cfo'));
    expect(give(state, approveSet('wide', 'security-lead')).outcome).toBe('person_counted_twice');
    expect(give(state, approveSet('finn', 'cfo')).outcome).toBe('already_done');
  });

  it('grow old: by the order itself, or after the days that the deployment file allows', () => {
    const longLived = { ...approveSet('ella', 'ceo'), expiresAt: '2027-01-01T00:00:00.000Z' };
    const { state } = give(newStateView(), longLived);
    expect(state.setApprovedUntil.ceo).toBe('2026-03-16T11:59:00.000Z');
    const later = '2026-03-17T00:00:00.000Z';
    expect(missingApprovals(state, later)).toContain('ceo');
    const again = { ...approveSet('ella', 'ceo'), issuedAt: '2026-03-16T23:59:00.000Z', expiresAt: '2026-03-18T00:00:00.000Z' };
    expect(give(state, again, { nowIso: later }).outcome).toBe('applied');
  });

  it('may be turned into a rejection and back', () => {
    const approved = give(newStateView(), approveSet('ella', 'ceo')).state;
    const rejected = give(approved, approveSet('ella', 'ceo', 'reject')).state;
    expect([rejected.decided[subjects.set], rejected.rejected[subjects.set]]).toEqual([{}, { ceo: 'ella' }]);
    const back = give(rejected, approveSet('ella', 'ceo')).state;
    expect([back.decided[subjects.set], back.rejected[subjects.set]]).toEqual([{ ceo: 'ella' }, {}]);
  });

  it('are about this set, and must say approve or reject', () => {
    const other = order('ella', 'ceo', 'approve', {
      scope: { level: 'set', names: ['sha256:other'] },
      args: { decision: 'approve' },
    });
    expect(give(newStateView(), other).outcome).toBe('stale_binding');
    const mute = order('ella', 'ceo', 'approve', { scope: { level: 'set', names: ['sha256:set'] } });
    expect(give(newStateView(), mute).outcome).toBe('malformed_command');
  });
});

describe('the go-ahead (W1.02)', () => {
  it('is given once, after T-0, on approvals that are valid at that moment', () => {
    const state = inWindow('provision', 'registered');
    const given = give(state, goAhead());
    expect(given.outcome).toBe('applied');
    expect(give(given.state, goAhead()).outcome).toBe('already_done');
    expect(give(given.state, approveSet('ella', 'ceo')).outcome).toBe('wrong_state');
    expect(give(inWindow('countdown', 'registered'), goAhead()).outcome).toBe('wrong_state');
    expect(give(inWindow('validate', 'ready'), goAhead()).outcome).toBe('wrong_state');
    const old = { ...state, setApprovedUntil: { ...state.setApprovedUntil, cfo: '2026-03-01T00:00:00.000Z' } };
    expect(give(old, goAhead())).toMatchObject({
      outcome: 'set_under_approved',
      sentence: expect.stringContaining('CFO') as string,
    });
  });
});

describe('sign-offs (W2.11)', () => {
  const state = inWindow('validate', 'shadow');

  it('of one order count for many groups', () => {
    const given = give(state, sign('chris', 'customer-lead', ['sales-ic', 'hr-lead']));
    expect(given.outcome).toBe('applied');
    expect(missingSignatures(given.state, 'hr-lead')).toEqual(['security-lead', 'cfo']);
  });

  it('are bound to the evidence, for each group', () => {
    const renewed = { ...state, openEvidence: { ...state.openEvidence, 'hr-lead': 'sha256:new' } };
    const given = give(renewed, sign('chris', 'customer-lead', ['sales-ic', 'hr-lead']));
    expect(given.outcome).toBe('stale_binding');
    expect(missingSignatures(given.state, 'sales-ic')).toHaveLength(3);
    expect(give({ ...state, openEvidence: {} }, sign('chris', 'customer-lead', ['sales-ic'])).outcome).toBe('wrong_state');
  });

  it('need three persons', () => {
    const given = give(state, sign('wide', 'cfo', ['sales-ic'])).state;
    expect(give(given, sign('wide', 'security-lead', ['sales-ic'])).outcome).toBe('person_counted_twice');
    const rejected = give(state, sign('wide', 'cfo', ['sales-ic'], 'reject')).state;
    expect(give(rejected, sign('wide', 'security-lead', ['sales-ic'])).outcome).toBe('person_counted_twice');
  });
});

describe('confirmations', () => {
  const state = inWindow('validate', 'shadow');

  it.each<[string, Command, string]>([
    ['by the owner', confirm('chris', 'customer-lead', 'W2.08'), 'applied'],
    ['by another role', confirm('finn', 'cfo', 'W2.08'), 'role_not_allowed'],
    ['of a row that facts meet', confirm('chris', 'customer-lead', 'W2.01'), 'wrong_scope'],
    ['of a row that is signed, not confirmed', confirm('chris', 'customer-lead', 'W2.11'), 'wrong_scope'],
    ['of a row that is not built', confirm('finn', 'cfo', 'W2.10'), 'not_built'],
    ['of a row of a later window', confirm('otto', 'operations-lead', 'W3.13'), 'wrong_state'],
    ['with a no-go for an unknown cohort', confirm('chris', 'customer-lead', 'W2.08', { noGo: { nobody: '-' } }), 'wrong_scope'],
  ])('%s: %s', (_, command, outcome) => {
    expect(give(state, command).outcome).toBe(outcome);
  });

  const report = { evidence: `sha256:${'a'.repeat(64)}` };
  const early = inWindow('provision', 'ready');
  const signed = { ...early, milestones: { ...early.milestones, 'W1.13': 'met' as const } };
  const gaps = { ...early, openEvidence: { 'W1.15': 'sha256:gaps' } };
  const explain = (saw: string, reason = 'the rack was moved') => {
    const command = confirm('sam', 'security-lead', 'W1.15');
    return { ...command, reason, saw: { ...command.saw, evidence: { 'W1.15': saw } } };
  };
  it.each<[string, DeploymentStateView, Command, string]>([
    ['with the digest of the report', signed, confirm('sam', 'security-lead', 'W1.14', report), 'applied'],
    ['without the digest of the report', signed, confirm('sam', 'security-lead', 'W1.14'), 'report_missing'],
    ['of a verification before provisioning is signed', early, confirm('sam', 'security-lead', 'W1.14', report), 'wrong_state'],
    ['of a sample with its digest', state, confirm('sam', 'security-lead', 'W2.09', report), 'applied'],
    ['of a sample without its digest', state, confirm('sam', 'security-lead', 'W2.09'), 'report_missing'],
    ['explaining gaps that lie there', gaps, explain('sha256:gaps'), 'applied'],
    ['explaining other gaps than lie there', gaps, explain('sha256:others'), 'stale_binding'],
    ['explaining gaps without a word', gaps, explain('sha256:gaps', ' '), 'malformed_command'],
    ['explaining gaps that nobody found', early, explain('sha256:gaps'), 'wrong_state'],
  ])('%s', (_, before, command, outcome) => {
    expect(give(before, command).outcome).toBe(outcome);
  });

  it('are given once', () => {
    const { state: after } = give(state, confirm('chris', 'customer-lead', 'W2.08'));
    expect(missingConfirmations(after, 'W2.08')).toEqual([]);
    expect(give(after, confirm('chris', 'customer-lead', 'W2.08')).outcome).toBe('already_done');
    expect(give({ ...state, milestones: { 'W2.08': 'late' } }, confirm('chris', 'customer-lead', 'W2.08')).outcome).toBe(
      'already_done',
    );
  });

  it('are bound to the evidence of their row, where there is some', () => {
    const open = { ...state, openEvidence: { ...state.openEvidence, 'W2.08': 'sha256:review' } };
    expect(give(open, confirm('chris', 'customer-lead', 'W2.08')).outcome).toBe('stale_binding');
  });

  it('say no-go by a hold on that cohort, which the Customer Lead takes back', () => {
    const { state: after } = give(state, confirm('chris', 'customer-lead', 'W2.08', { noGo: { 'sales-ic-research': 'tone' } }));
    const [hold] = holdsOn(after.holds, { cohort: 'sales-ic-research', group: 'sales-ic' });
    expect(hold).toMatchObject({ ceiling: 'shadow', why: 'tone', releasedBy: 'customer-lead', by: 'chris' });
    expect(activeHolds(after.holds)).toHaveLength(1);
    const release = order('chris', 'customer-lead', 'release', { args: { holdId: hold?.id ?? '' } });
    expect(activeHolds(give(after, release).state.holds)).toEqual([]);
  });

  it('of availability (C4) come from each role for itself, also from one person with two roles', () => {
    let s = inWindow('countdown', 'registered', { milestones: {} });
    expect(give(s, confirm('sam', 'security-lead', 'C4', { role: 'customer-lead' })).outcome).toBe('role_not_allowed');
    expect(give(s, confirm('finn', 'cfo', 'C4')).outcome).toBe('role_not_allowed');
    s = give(s, confirm('wide', 'security-lead', 'C4', { role: 'security-lead' })).state;
    expect(give(s, confirm('sam', 'security-lead', 'C4')).outcome).toBe('already_done');
    s = give(s, confirm('wide', 'operations-lead', 'C4')).state;
    expect(missingConfirmations(s, 'C4')).toEqual([
      'deployment-lead',
      'customer-lead',
      'atlas-operator',
      'arx-standby',
      'connector-standby',
    ]);
  });
});

describe('waivers', () => {
  const state = inWindow('provision', 'minting');

  it('need the owner and the Deployment Lead', () => {
    const first = give(state, waive('cora', 'connector-standby', 'W1.12'));
    expect(first.outcome).toBe('applied');
    expect(missingWaivers(first.state, 'W1.12')).toEqual(['deployment-lead']);
    const second = give(first.state, waive('lea', 'deployment-lead', 'W1.12'));
    expect(missingWaivers(second.state, 'W1.12')).toEqual([]);
  });

  it.each<[string, Command, string]>([
    ['of the signed set', waive('ada', 'atlas-operator', 'P3'), 'cannot_be_waived'],
    ['of its digests', waive('lea', 'deployment-lead', 'W1.03'), 'cannot_be_waived'],
    ['of its validity', waive('lea', 'deployment-lead', 'W1.04'), 'cannot_be_waived'],
    ['by a third role', waive('finn', 'cfo', 'W1.12'), 'role_not_allowed'],
    ['without a reason', waive('lea', 'deployment-lead', 'W1.12', ' '), 'malformed_command'],
    ['of what is met', waive('lea', 'deployment-lead', 'P5'), 'already_done'],
    ['of what is not built', waive('lea', 'deployment-lead', 'W2.10'), 'already_done'],
    ['of an unknown row', waive('lea', 'deployment-lead', 'W9.01'), 'wrong_scope'],
  ])('%s: %s', (_, command, outcome) => {
    expect(give(state, command).outcome).toBe(outcome);
  });

  it("of the Deployment Lead's own rows need the Customer Lead as well", () => {
    expect(waiversOf('W3.01')).toEqual(['deployment-lead', 'customer-lead']);
    expect(waiversOf('W1.12')).toEqual(['deployment-lead', 'connector-standby']);
    expect(waiversOf('W9.99')).toEqual(['deployment-lead', 'customer-lead']);
  });

  it('need two persons, whatever roles they hold', () => {
    const { state: first } = give(
      inWindow('golive', 'live', { milestones: settled('validate') }),
      waive('dan', 'deployment-lead', 'W3.01'),
    );
    expect(give(first, waive('dan', 'customer-lead', 'W3.01')).outcome).toBe('person_counted_twice');
  });
});
