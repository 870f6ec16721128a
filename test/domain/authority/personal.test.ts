import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeploymentStateView } from '../../../domain/authority/context.ts';
import { promotable } from '../../../domain/authority/promotable.ts';
import { isSignedOff, lackingSignatures } from '../../../domain/authority/quorum.ts';
import type { Role } from '../../../domain/roles.ts';
import { cardsFor, GATEWAY, give, GROUPS, inSlack, inWindow, sign } from './given.ts';

const among = cardsFor(GROUPS);
const SIGNERS: [string, Role][] = [
  ['chris', 'customer-lead'],
  ['sam', 'security-lead'],
  ['finn', 'cfo'],
];
/** `sales-ic` has production cohorts; `hr-lead` has none. */
const fresh = () => {
  const state = inWindow('golive', 'shadow', { personalFor: ['production'] });
  delete state.groups['hr-lead']?.['hr-lead-production'];
  return state;
};
const clicks = (state: DeploymentStateView, [person, role]: [string, Role]) =>
  give(state, inSlack(sign(person, role, GROUPS), { cards: GROUPS.map((g) => `card-${g}`) }), { signer: GATEWAY, among }).state;
const signs = (state: DeploymentStateView, [person, role]: [string, Role], groups: readonly string[] = ['sales-ic']) =>
  give(state, sign(person, role, groups));
const allClicked = () => SIGNERS.reduce(clicks, fresh());

describe('a group with a shape that needs a personal signature', () => {
  it('is not signed off by three clicks; the others are', () => {
    const state = allClicked();
    expect(isSignedOff(state, 'hr-lead')).toBe(true);
    expect(isSignedOff(state, 'sales-ic')).toBe(false);
    expect(lackingSignatures(state, 'sales-ic')).toBe('a personal signature: all three came through Slack');
    const { cohorts, leftOut } = promotable(state, { level: 'wave', names: ['production'] });
    expect(cohorts).toEqual([]);
    expect(leftOut['sales-ic-production']).toBe('group sales-ic lacks a personal signature: all three came through Slack');
  });

  it.each(SIGNERS)('is once %s signs again, with their own key', (person, role) => {
    const { state, outcome } = signs(allClicked(), [person, role]);
    expect(outcome).toBe('applied');
    expect(isSignedOff(state, 'sales-ic')).toBe(true);
    expect(promotable(state, { level: 'cohort', names: ['sales-ic-production'] }).leftOut).toEqual({
      'sales-ic-production': 'the production wave is not promoted yet',
    });
    // Nobody signs a third time, and nobody clicks what they signed.
    expect(signs(state, [person, role]).outcome).toBe('already_done');
  });

  it('is not helped by a second click, nor by somebody who was counted in another role', () => {
    const state = allClicked();
    const again = inSlack(sign('finn', 'cfo', ['sales-ic']), { cards: ['card-sales-ic'] });
    expect(give(state, again, { signer: GATEWAY, among }).outcome).toBe('already_done');
    const wide = SIGNERS.slice(0, 2).reduce(clicks, clicks(fresh(), ['wide', 'cfo']));
    expect(signs(wide, ['wide', 'security-lead']).outcome).toBe('person_counted_twice');
  });

  it('is signed off only with three roles of three persons, one of them personal, in whatever order they speak', () => {
    const voice = fc.record({
      who: fc.constantFrom(...SIGNERS, ['wide', 'cfo'] as [string, Role], ['wide', 'security-lead'] as [string, Role]),
      personal: fc.boolean(),
      decision: fc.constantFrom('approve' as const, 'approve' as const, 'reject' as const),
    });
    fc.assert(
      fc.property(fc.array(voice, { maxLength: 15 }), (voices) => {
        let state = fresh();
        const last = new Map<Role, { personal: boolean; decision: string; person: string }>();
        for (const { who, personal, decision } of voices) {
          const order = sign(...who, ['sales-ic'], decision);
          const given = personal
            ? give(state, order)
            : give(state, inSlack(order, { cards: ['card-sales-ic'] }), { signer: GATEWAY, among });
          if (given.outcome === 'applied') last.set(who[1], { personal, decision, person: who[0] });
          state = given.state;
        }
        const words = [...last.values()];
        const three = words.length === 3 && words.every((w) => w.decision === 'approve');
        expect(new Set(words.map((w) => w.person)).size).toBe(words.length);
        expect(isSignedOff(state, 'sales-ic')).toBe(three && words.some((w) => w.personal));
      }),
    );
  });
});
