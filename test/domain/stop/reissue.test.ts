import { describe, expect, it } from 'vitest';
import type { Scope } from '../../../domain/command.ts';
import { credentialGeneration, isSuperseded } from '../../../domain/stop/reissue.ts';
import type { DeploymentView } from '../../../domain/view.ts';

const cohort: Scope = { level: 'cohort', names: ['c-1'] };
const agents = (...names: string[]): Scope => ({ level: 'agent', names });
const ordered = (...orders: { index: number; scope?: Scope; kind?: string; outcome?: string }[]) =>
  ({
    commands: Object.fromEntries(
      orders.map((o) => [`o-${o.index}`, { kind: 'reissue', outcome: 'applied', scope: cohort, ...o }]),
    ),
  }) as unknown as Pick<DeploymentView, 'commands'>;

describe('the generation of credentials', () => {
  it('rises by one with each reissue that was applied, and is the same however often it is asked', () => {
    const view = ordered({ index: 5 }, { index: 7, kind: 'rollback' }, { index: 8, outcome: 'refused' }, { index: 9 });
    expect([4, 5, 8, 9, 20].map((index) => credentialGeneration(view, index))).toEqual([1, 2, 2, 3, 3]);
  });
});

describe('what a reissue would still do is left to a later one', () => {
  it.each<[string, boolean, Parameters<typeof ordered>]>([
    ['for the same cohort', true, [{ index: 9 }]],
    ['for all these agents by name', true, [{ index: 9, scope: agents('a-1', 'a-2', 'a-3') }]],
    ['not for some of them', false, [{ index: 9, scope: agents('a-1') }]],
    ['not for another cohort', false, [{ index: 9, scope: { level: 'cohort', names: ['c-2'] } }]],
    ['not one that came before', false, [{ index: 3 }]],
    ['not itself', false, [{ index: 5 }]],
    ['not one that was refused', false, [{ index: 9, outcome: 'refused' }]],
    ['not an order of another kind', false, [{ index: 9, kind: 'rollback' }]],
  ])('%s: %s', (_, expected, orders) => {
    expect(isSuperseded(ordered(...orders), 5, 'c-1', ['a-1', 'a-2'])).toBe(expected);
  });
});
