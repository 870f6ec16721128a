import { describe, expect, it } from 'vitest';
import { isSignedOff, lacksPersonal, missingSignatures } from '../../domain/authority/quorum.ts';
import { subjects } from '../../domain/authority/context.ts';
import { stateViewOf } from '../../domain/state-view.ts';
import { System } from '../model/system.ts';
import { FILE } from '../model/world.ts';
import { GROUPS, sign } from './authority/given.ts';

const signed = (): System => {
  const system = new System();
  for (const [person, role] of [
    ['chris', 'customer-lead'],
    ['sam', 'security-lead'],
    ['finn', 'cfo'],
  ] as const)
    expect(system.give(sign(person, role, GROUPS))).toBe('applied');
  return system;
};

describe('sign-offs, as orders after them are judged by', () => {
  it('are void once the evidence changes, for that group only, and count again when what was signed lies there again', () => {
    const system = signed();
    expect(GROUPS.flatMap((group) => missingSignatures(system.state, group))).toEqual([]);
    system.showEvidence('hr-lead', 'sha256:new');
    expect(missingSignatures(system.state, 'hr-lead')).toHaveLength(3);
    expect(missingSignatures(system.state, 'sales-ic')).toEqual([]);
    system.showEvidence('hr-lead', 'sha256:hr-lead');
    expect(missingSignatures(system.state, 'hr-lead')).toEqual([]);
  });

  it('that say no are void with their evidence as well', () => {
    const system = new System();
    system.give(sign('finn', 'cfo', ['hr-lead'], 'reject'));
    expect(system.state.rejected[subjects.sign('hr-lead')]).toEqual({ cfo: 'finn' });
    system.showEvidence('hr-lead', 'sha256:new');
    expect(system.state.rejected[subjects.sign('hr-lead')]).toBeUndefined();
  });

  it('with a personal signature need it on the evidence that lies there now', () => {
    const system = signed();
    const state = () => stateViewOf(system.view, { ...FILE, personalFor: ['coordination'] }, 'sha256:set');
    expect(isSignedOff(state(), 'hr-lead')).toBe(true);
    system.showEvidence('hr-lead', 'sha256:new');
    expect([isSignedOff(state(), 'hr-lead'), lacksPersonal(state(), 'hr-lead')]).toEqual([false, false]);
  });
});
