import { describe, expect, it } from 'vitest';
import type { OrderContext } from '../../../domain/authority/context.ts';
import { samePerson } from '../../../domain/authority/order.ts';
import { COMMAND_KINDS, type Command } from '../../../domain/command.ts';
import type { FailureCode } from '../../../domain/failure.ts';
import { COMMAND_CATALOGUE } from '../../../domain/runbook/commands.ts';
import { RULES } from '../../../domain/authority/judge.ts';
import { approveSet, FILE, give, inWindow, NOW, order, sign, signerOf } from './given.ts';

const state = inWindow('validate', 'shadow');
const hold = (change: Partial<Command> = {}) =>
  order('lea', 'deployment-lead', 'hold', { scope: { level: 'group', names: ['sales-ic'] }, ...change });
const retry = (change: Partial<Command> = {}) => order('lea', 'deployment-lead', 'retry', change);
const seen = (change: object) => ({ saw: { ...retry().saw, ...change } });

describe('any order', () => {
  it.each<[string, Command, Partial<OrderContext>, FailureCode]>([
    ['whose signature no key verifies', hold(), { signer: null }, 'signature_invalid'],
    ['signed by one person in the name of another', hold(), { signer: signerOf(FILE, 'chris') }, 'signature_invalid'],
    ['of somebody unknown', hold({ person: 'eve' }), {}, 'unknown_person'],
    ['for another customer', hold({ customer: 'other' }), {}, 'wrong_deployment'],
    ['for another deployment', hold({ deployment: 'q3' }), {}, 'wrong_deployment'],
    ['for another environment', hold({ environment: 'production' }), {}, 'wrong_deployment'],
    ['for another log', hold({ logOrigin: 'log.other.example' }), {}, 'wrong_deployment'],
    ['in a role that the person does not hold', hold({ role: 'cfo' }), {}, 'role_not_held'],
    ['in the name of the engine', hold({ role: 'machine' }), {}, 'role_not_held'],
    ['in a role that may not give it', order('chris', 'customer-lead', 'retry'), {}, 'role_not_allowed'],
    ['about a level that it cannot be about', hold({ scope: { level: 'gate', names: ['gate-1'] } }), {}, 'wrong_scope'],
    ['about something unknown', hold({ scope: { level: 'group', names: ['nobody'] } }), {}, 'wrong_scope'],
    ['about nothing', hold({ scope: { level: 'group', names: [] } }), {}, 'wrong_scope'],
    ['about a name that objects inherit', hold({ scope: { level: 'group', names: ['constructor'] } }), {}, 'wrong_scope'],
    ['about the same group twice', hold({ scope: { level: 'group', names: ['sales-ic', 'sales-ic'] } }), {}, 'wrong_scope'],
    ['that is too old', hold({ expiresAt: NOW }), {}, 'command_expired'],
    ['from the future', hold({ issuedAt: '2026-03-02T12:02:00.001Z' }), {}, 'command_not_yet_valid'],
    ['with times that are none', hold({ issuedAt: 'yesterday' }), {}, 'malformed_command'],
    ['that expires before it was issued', hold({ expiresAt: '2026-03-02T11:00:00.000Z' }), {}, 'malformed_command'],
    ['on another manifest set', retry(seen({ manifestSetDigest: 'sha256:old' })), {}, 'stale_binding'],
    ['on another runbook', retry(seen({ runbookDigest: 'sha256:old' })), {}, 'stale_binding'],
    ['on an older deployment file', retry(seen({ policyVersion: 2 })), {}, 'stale_binding'],
    ['to sign, by who started it, even as deputy', sign('dan', 'customer-lead', ['sales-ic']), {}, 'starter_may_not_sign'],
    ['to approve, by who started it', approveSet('dan', 'customer-lead'), {}, 'starter_may_not_sign'],
    ['of an unknown kind', { ...hold(), kind: 'toString' as Command['kind'] }, {}, 'malformed_command'],
  ])('%s is refused', (_, command, change, code) => {
    expect(give(state, command, change).outcome).toBe(code);
  });

  it('may be dated two minutes ahead, because clocks differ', () => {
    expect(give(state, hold({ issuedAt: '2026-03-02T12:02:00.000Z' })).outcome).toBe('applied');
  });

  it('that only protects is not refused because something changed meanwhile', () => {
    expect(give(state, hold(seen({ policyVersion: 1, manifestSetDigest: 'sha256:old' }))).outcome).toBe('applied');
    const stop = order('lea', 'deployment-lead', 'clock', { args: { clock: 'stop' }, ...seen({ policyVersion: 1 }) });
    expect(give(state, stop).outcome).toBe('applied');
  });

  it.each(COMMAND_KINDS.filter((kind) => !COMMAND_CATALOGUE[kind].built))('%s is refused in words, not ignored', (kind) => {
    const refused = give(state, order('lea', 'deployment-lead', kind));
    expect(refused).toMatchObject({ outcome: 'not_built', sentence: `golive ${kind} is not built yet.` });
  });

  it('of a kind that is built has a rule, and no other has', () => {
    expect(Object.keys(RULES).sort()).toEqual(COMMAND_KINDS.filter((kind) => COMMAND_CATALOGUE[kind].built).sort());
  });

  it('with the same id twice gets the first answer', () => {
    const command = hold();
    const first = give(state, command);
    const again = give(first.state, { ...command, scope: { level: 'group', names: ['nobody'] } });
    expect([first.outcome, again.outcome]).toEqual(['applied', 'applied']);
    expect(again.state).toBe(first.state);
    const refused = hold({ scope: { level: 'group', names: ['nobody'] } });
    const second = give(give(state, refused).state, { ...refused, scope: { level: 'group', names: ['sales-ic'] } });
    expect(second.outcome).toBe('wrong_scope');
  });

  it('that nobody signed does not use up its id', () => {
    const command = hold();
    const forged = give(state, command, { signer: null });
    expect(forged.state).toBe(state);
    expect(give(forged.state, command).outcome).toBe('applied');
  });

  it('comes back with a sentence of bearable length', () => {
    const names = Array.from({ length: 10_000 }, (_, i) => `cohort-${i}`);
    expect(give(state, hold({ scope: { level: 'group', names } })).sentence.length).toBeLessThan(700);
  });
});

describe('a person', () => {
  it('who started the deployment does not sign under a second name either', () => {
    const again = { ...FILE.people[1]!, id: 'daniel', email: 'Dan@acme.example', keys: ['ed25519:daniel'] };
    const file = { ...FILE, people: [...FILE.people, again] };
    expect(give(state, sign('daniel', 'customer-lead', ['sales-ic']), { file, signer: { person: again } }).outcome).toBe(
      'starter_may_not_sign',
    );
  });

  it('never acts as the engine, whatever a file says', () => {
    const robot = { ...FILE.people[0]!, roles: ['machine' as const] };
    const file = { ...FILE, people: [robot] };
    expect(give(state, hold({ role: 'machine' }), { file, signer: { person: robot } }).outcome).toBe('role_not_held');
  });

  it('is one voice, also when listed twice with the same address or a key in common', () => {
    const twin = { ...FILE.people[0]!, id: 'lea-2', email: 'LEA@acme.example', keys: ['ed25519:other'] };
    const keyed = { ...FILE.people[1]!, id: 'keyed', email: 'k@acme.example', keys: ['ed25519:x', 'ed25519:sam'] };
    const file = { ...FILE, people: [...FILE.people, twin, keyed] };
    expect(samePerson(file, 'lea', 'lea-2')).toBe(true);
    expect(samePerson(file, 'sam', 'keyed')).toBe(true);
    expect(samePerson(file, 'lea', 'sam')).toBe(false);
    expect(samePerson(file, 'gone', 'gone')).toBe(true);
    expect(samePerson(file, 'gone', 'lea')).toBe(false);
  });
});
