import { describe, expect, it } from 'vitest';
import type { Among, AuthorityContext } from '../../../domain/authority/context.ts';
import { actingFor, asOf, delegable, delegationFor, NEVER_DELEGATED } from '../../../domain/authority/delegation.ts';
import { missingSignatures } from '../../../domain/authority/quorum.ts';
import { COMMAND_KINDS, type Command, type Delegation } from '../../../domain/command.ts';
import type { FailureCode } from '../../../domain/failure.ts';
import type { DelegationView } from '../../../domain/view.ts';
import { cardsFor, FILE, GATEWAY, give, GROUPS, inSlack, inWindow, NOTHING, NOW, order, sign, signerOf } from './given.ts';

const state = inWindow('validate', 'shadow');
const LATER = '2026-03-02T18:00:00.000Z';

/** `finn`, the CFO, lets `otto` sign for them. */
const delegation = (change: Partial<DelegationView> = {}): DelegationView => ({
  ...{ id: 'delegation-1', principal: 'finn', to: 'otto', role: 'cfo', mode: 'act', kinds: ['sign', 'hold'], until: LATER },
  ...{ revoked: null, index: 40, at: NOW, ...change },
});
const among = (change: Partial<DelegationView> = {}): Among => ({
  ...NOTHING,
  delegations: { 'delegation-1': delegation(change) },
});
const lent = (command: Command): Command => ({ ...command, delegation: 'delegation-1' });
const signature = (person = 'otto', role: Command['role'] = 'cfo', groups: readonly string[] = GROUPS) =>
  lent(sign(person, role, groups));
const revoked = { by: 'finn', index: 50, at: NOW };

describe('an order under a delegation', () => {
  it.each<[string, Command, Partial<DelegationView>, 'applied' | FailureCode]>([
    ['that lets them sign', signature(), {}, 'applied'],
    ['without naming it', sign('otto', 'cfo', GROUPS), {}, 'role_not_held'],
    ['that nobody gave', { ...signature(), delegation: 'delegation-9' }, {}, 'unknown_delegation'],
    ['called like what objects inherit', { ...signature(), delegation: 'constructor' }, {}, 'unknown_delegation'],
    ['that was revoked', signature(), { revoked }, 'delegation_void'],
    ['that has run out', signature(), { until: NOW }, 'delegation_void'],
    ['that was given to somebody else', signature('ravi'), {}, 'delegation_void'],
    ['of another role', signature('otto', 'security-lead'), {}, 'delegation_void'],
    ['to watch', signature(), { mode: 'watch' }, 'delegation_void'],
    ['about other orders', signature(), { kinds: ['hold'] }, 'delegation_void'],
    ['about one of two groups', signature(), { groups: ['sales-ic'] }, 'delegation_void'],
    ['about just that group', signature('otto', 'cfo', ['sales-ic']), { groups: ['sales-ic'] }, 'applied'],
    ['of who does not hold the role themselves', signature(), { principal: 'lea' }, 'delegation_void'],
    ['of who left the deployment', signature(), { principal: 'gone' }, 'delegation_void'],
    ['to who started the deployment', signature('dan'), { to: 'dan' }, 'starter_may_not_sign'],
    [
      'of who started the deployment',
      lent(sign('otto', 'customer-lead', GROUPS)),
      { principal: 'dan-as-lead', role: 'customer-lead' },
      'starter_may_not_sign',
    ],
    [
      'to approve the set',
      lent(order('otto', 'cfo', 'approve', { scope: { level: 'set', names: [] } })),
      { kinds: ['approve'] },
      'delegation_void',
    ],
  ])('%s: %#', (_, command, change, outcome) => {
    // The starter once more, as somebody whose own role it is.
    const starter = { ...FILE.people.find((p) => p.id === 'dan')!, id: 'dan-as-lead', roles: ['customer-lead' as const] };
    const file = { ...FILE, people: [...FILE.people, starter] };
    expect(give(state, command, { among: among(change), file }).outcome).toBe(outcome);
  });

  it('through Slack is one like any other', () => {
    const both = { ...among(), cards: cardsFor(GROUPS).cards };
    const command = inSlack(signature(), { cards: GROUPS.map((g) => `card-${g}`) });
    expect(give(state, command, { signer: GATEWAY, among: both }).outcome).toBe('applied');
    const gone = { ...among({ revoked }), cards: both.cards };
    expect(give(state, command, { signer: GATEWAY, among: gone }).outcome).toBe('delegation_void');
  });

  it('never confirms that somebody else is available', () => {
    const confirm = lent(order('cora', 'operations-lead', 'confirm', { scope: { level: 'row', names: ['C4'] } }));
    const change = { principal: 'otto', to: 'cora', role: 'operations-lead' as const, kinds: ['confirm' as const] };
    const countdown = inWindow('countdown', 'registered', { milestones: {} });
    expect(give(countdown, confirm, { among: among(change) }).outcome).toBe('role_not_allowed');
  });

  it('is no second voice, neither for who signs nor for whom they sign', () => {
    const toSam = among({ to: 'sam' });
    const { state: first } = give(state, signature('sam'), { among: toSam });
    expect(missingSignatures(first, 'sales-ic')).toEqual(['customer-lead', 'security-lead']);
    expect(give(first, sign('sam', 'security-lead', GROUPS)).outcome).toBe('person_counted_twice');

    const ofWide = among({ principal: 'wide' });
    const { state: forWide } = give(state, signature(), { among: ofWide });
    expect(give(forWide, sign('wide', 'security-lead', GROUPS)).outcome).toBe('person_counted_twice');
    const { state: byWide } = give(state, sign('wide', 'security-lead', GROUPS));
    expect(give(byWide, signature(), { among: ofWide }).outcome).toBe('person_counted_twice');
    expect(give(byWide, signature(), { among: among() }).outcome).toBe('applied');
  });
});

describe('a delegation', () => {
  const delegate = (change: Partial<Delegation> = {}, person = 'finn', role: Command['role'] = 'cfo') =>
    order(person, role, 'delegate', {
      args: { delegation: { to: 'otto', role: 'cfo', mode: 'act', kinds: ['sign'], until: LATER, ...change } },
    });

  it.each<[string, Command, 'applied' | FailureCode]>([
    ['of a role of their own', delegate(), 'applied'],
    ['for one group', delegate({ groups: ['sales-ic'] }), 'applied'],
    ['without saying what', order('finn', 'cfo', 'delegate'), 'malformed_command'],
    ["of somebody else's role", delegate({}, 'lea', 'deployment-lead'), 'role_not_held'],
    ['of another role of theirs than the one they order in', delegate({ role: 'security-lead' }, 'wide'), 'role_not_held'],
    ['by a deputy', delegate({ role: 'customer-lead', kinds: ['sign'] }, 'dan', 'customer-lead'), 'role_not_held'],
    ['to nobody', delegate({ to: 'eve' }), 'unknown_person'],
    ['to themselves', delegate({ to: 'finn' }), 'malformed_command'],
    ['that has run out already', delegate({ until: NOW }), 'malformed_command'],
    ['of what their role may not order', delegate({ kinds: ['promote'] }), 'role_not_allowed'],
    ['of delegating itself', delegate({ kinds: ['delegate'] }), 'role_not_allowed'],
    ['for a group that is not there', delegate({ groups: ['nobody'] }), 'wrong_scope'],
    ['on an older deployment file', { ...delegate(), saw: { ...delegate().saw, policyVersion: 2 } }, 'stale_binding'],
  ])('%s: %s', (_, command, outcome) => {
    expect(give(state, command).outcome).toBe(outcome);
  });

  const revoke = (person: string, role: Command['role'], delegationId: string | undefined = 'delegation-1') =>
    order(person, role, 'revoke', { args: delegationId === undefined ? {} : { delegationId } });

  it.each<[string, Command, Partial<AuthorityContext>, 'applied' | FailureCode]>([
    ['by whoever gave it', revoke('finn', 'cfo'), {}, 'applied'],
    ['by the Deployment Lead', revoke('lea', 'deployment-lead'), {}, 'applied'],
    ['by the Security Lead', revoke('sam', 'security-lead'), {}, 'applied'],
    ['by whoever was given it', revoke('otto', 'operations-lead'), {}, 'role_not_allowed'],
    ['twice', revoke('finn', 'cfo'), { among: among({ revoked }) }, 'already_done'],
    ['that is not there', revoke('finn', 'cfo', 'delegation-9'), {}, 'unknown_delegation'],
    ['without naming it', order('finn', 'cfo', 'revoke'), {}, 'malformed_command'],
  ])('is revoked %s', (_, command, change, outcome) => {
    expect(give(state, command, { among: among(), ...change }).outcome).toBe(outcome);
  });

  it('covers what the role may ever order, but nothing that is given in person only', () => {
    expect(delegable('cfo')).toContain('sign');
    expect(delegable('operations-lead')).toContain('promote');
    expect(delegable('machine')).toEqual([]);
    const all = FILE.people.flatMap((p) => p.roles.flatMap(delegable));
    expect(COMMAND_KINDS.filter((kind) => NEVER_DELEGATED.includes(kind) && all.includes(kind))).toEqual([]);
  });

  it('that was revoked was in force before', () => {
    expect(asOf(delegation({ revoked }), 49)?.revoked).toBeNull();
    expect(asOf(delegation({ revoked }), 51)?.revoked).toEqual(revoked);
    expect(asOf(undefined, 3)).toBeUndefined();
  });

  it('is found for whoever acts under it, and is not needed by who holds the role', () => {
    const find = (person: string, change: Partial<DelegationView> = {}) =>
      delegationFor(among(change), FILE, { person, role: 'cfo', kind: 'sign' }, NOW);
    expect(find('finn')).toBeUndefined();
    expect(find('otto')?.id).toBe('delegation-1');
    expect(find('otto', { groups: ['sales-ic'] })?.groups).toEqual(['sales-ic']);
    expect([find('ravi'), find('otto', { revoked }), find('otto', { mode: 'watch' })]).toEqual([null, null, null]);
    expect(actingFor(among(), FILE, { role: 'cfo', kind: 'promote' }, NOW)).toEqual([]);
  });
});

describe('an escalation', () => {
  const raised = (change: Partial<Among['escalations'][string]> = {}): Partial<AuthorityContext> => ({
    among: {
      ...NOTHING,
      escalations: {
        'sign-cfo': {
          ...{ escalation: 'sign-cfo', about: 'sign/cfo', what: 'sign 2 cohort groups', owner: 'cfo', since: NOW },
          ...{ raised: [{ level: 'on-call', told: ['ravi'], index: 60, at: NOW }], acknowledged: null, closed: null, ...change },
        },
      },
    },
  });
  const ack = (person: string, role: Command['role'], args: Command['args'] = { escalation: 'sign-cfo' }) =>
    order(person, role, 'ack', { args });
  const by = (person: string, change: { handedTo?: string; index?: number } = {}) => ({
    acknowledged: { by: person, handedTo: null, index: 61, at: NOW, ...change },
  });

  it.each<[string, Command, Partial<AuthorityContext>, 'applied' | FailureCode]>([
    ['is taken on by anybody with a role', ack('ella', 'ceo'), raised(), 'applied'],
    ['is handed over', ack('ravi', 'arx-standby', { escalation: 'sign-cfo', handTo: 'lea' }), raised(), 'applied'],
    [
      'is not handed to nobody',
      ack('ravi', 'arx-standby', { escalation: 'sign-cfo', handTo: 'eve' }),
      raised(),
      'unknown_person',
    ],
    ['is not taken on twice by one person', ack('ravi', 'arx-standby'), raised(by('ravi')), 'already_done'],
    ['is taken over by another', ack('lea', 'deployment-lead'), raised(by('ravi')), 'applied'],
    ['is taken on again by who let it climb', ack('ravi', 'arx-standby'), raised(by('ravi', { index: 59 })), 'applied'],
    ['is accepted by whom it was handed to', ack('lea', 'deployment-lead'), raised(by('ravi', { handedTo: 'lea' })), 'applied'],
    [
      'needs nobody once it is closed',
      ack('ravi', 'arx-standby'),
      raised({ closed: { how: 'signed', index: 62, at: NOW } }),
      'already_done',
    ],
    ['that is not there', ack('ravi', 'arx-standby', { escalation: 'other' }), raised(), 'unknown_escalation'],
    ['that is not named', ack('ravi', 'arx-standby', {}), raised(), 'malformed_command'],
  ])('%s', (_, command, change, outcome) => {
    expect(give(state, command, change).outcome).toBe(outcome);
    const clicked = { ...change, signer: GATEWAY };
    expect(give(state, inSlack(command), clicked).outcome).toBe(outcome);
    expect(give(state, command, { ...change, signer: signerOf(FILE, 'cora') }).outcome).toBe('signature_invalid');
  });
});
