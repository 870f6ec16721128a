import { describe, expect, it } from 'vitest';
import type { Signer } from '../../../domain/authority/context.ts';
import type { Command } from '../../../domain/command.ts';
import { judgeStop } from '../../../domain/stop/judge.ts';
import { FILE, GATEWAY, inSlack, order, signerOf } from '../authority/given.ts';

const MACHINE: Signer = { machine: 'ed25519:machine' };
const file = { ...FILE, machine: ['ed25519:machine'] };
const answer = (command: Command, signer: Signer | null = signerOf(FILE, command.person)) => {
  const judged = judgeStop(command, { file, signer });
  return judged.verdict === 'applied' ? 'applied' : judged.code;
};
const halt = (change: Partial<Command> = {}) => order('ravi', 'arx-standby', 'halt', change);
const names = (level: Command['scope']['level'], ...all: string[]) => ({ scope: { level, names: all } });
const byMachine = (kind: Command['kind'], change: Partial<Command> = {}) =>
  order('golive', 'machine', kind, { args: { trigger: 'write-rate' }, ...change });

describe('a stop', () => {
  it.each<[string, Partial<Command>]>([
    ['that is ten years old', { issuedAt: '2016-01-01T00:00:00.000Z', expiresAt: '2016-01-01T01:00:00.000Z' }],
    ['from the future', { issuedAt: '2036-01-01T00:00:00.000Z', expiresAt: '2036-01-01T01:00:00.000Z' }],
    ['with times that are none', { issuedAt: 'yesterday', expiresAt: 'tomorrow' }],
    [
      'on another set, runbook and deployment file',
      { saw: { manifestSetDigest: 'x', runbookDigest: 'x', policyVersion: 1, evidence: {} } },
    ],
    ['about what does not exist yet', names('cohort', 'not-there-yet')],
    ['about a wave', names('wave', 'production', 'coordination')],
    ['about agents', names('agent', 'a-1', 'a-2')],
  ])('%s is carried out', (_, change) => {
    expect(answer(halt(change))).toBe('applied');
  });

  it.each<[string, Command, Signer | null | undefined, string]>([
    ['that no key verifies', halt(), null, 'signature_invalid'],
    ["under somebody else's key", halt(), signerOf(FILE, 'lea'), 'signature_invalid'],
    ['of somebody unknown', halt({ person: 'eve' }), null, 'unknown_person'],
    ['for another customer', halt({ customer: 'globex' }), undefined, 'wrong_deployment'],
    ['for another environment', halt({ environment: 'production' }), undefined, 'wrong_deployment'],
    ['of an executive who is not on duty', order('finn', 'cfo', 'halt'), undefined, 'role_not_allowed'],
    ['in a role that the person does not hold', halt({ role: 'security-lead' }), undefined, 'role_not_held'],
    ['under a delegation alone', order('chris', 'arx-standby', 'halt', { delegation: 'd-1' }), undefined, 'role_not_held'],
    ['about nothing', halt(names('cohort')), undefined, 'wrong_scope'],
    ['about a row', halt(names('row', 'W1.01')), undefined, 'wrong_scope'],
    ['about a wave that is none', halt(names('wave', 'first')), undefined, 'wrong_scope'],
    ['with a name that the platform takes from nobody', halt(names('cohort', 'a', 'B/../c')), undefined, 'wrong_scope'],
    ['that lifts', order('ravi', 'arx-standby', 'lift'), undefined, 'malformed_command'],
    ['as a drill, but of a halt', halt({ args: { drill: true } }), undefined, 'wrong_state'],
    ['of a person in the name of a trigger', halt({ args: { trigger: 'write-rate' } }), undefined, 'malformed_command'],
  ])('%s is refused', (_, command, signer, code) => {
    expect(answer(command, signer)).toBe(code);
  });

  it('is given by any role to pause, by those on duty for the rest; by deputies in the role that they stand in for', () => {
    expect(answer(order('finn', 'cfo', 'pause'))).toBe('applied');
    expect(answer(order('dan', 'customer-lead', 'terminate'))).toBe('applied');
    expect(answer(order('sam', 'security-lead', 'shutdown', names('customer')))).toBe('applied');
    expect(answer(order('sam', 'security-lead', 'shutdown'))).toBe('wrong_scope');
  });

  it('comes from Slack when the gateway attests to it', () => {
    expect(answer(inSlack(halt()), GATEWAY)).toBe('applied');
    expect(answer(halt(), GATEWAY)).toBe('signature_invalid');
  });

  it('of the engine is a pause, rollback or halt by a row of the stopping table, under its own key', () => {
    for (const kind of ['pause', 'rollback', 'halt'] as const) expect(answer(byMachine(kind), MACHINE)).toBe('applied');
    for (const kind of ['terminate', 'shutdown'] as const) expect(answer(byMachine(kind), MACHINE)).toBe('role_not_allowed');
    for (const args of [{}, { trigger: 'person' }, { trigger: 'mood' }])
      expect(answer(byMachine('halt', { args }), MACHINE)).toBe('role_not_allowed');
    expect(answer(byMachine('halt'), { machine: 'ed25519:other' })).toBe('signature_invalid');
    expect(answer(byMachine('halt'), signerOf(FILE, 'ravi'))).toBe('signature_invalid');
    expect(answer(halt(), MACHINE)).toBe('signature_invalid');
  });
});
