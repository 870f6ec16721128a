import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  activeHolds,
  addHold,
  effectiveMode,
  holdsOn,
  mergeHolds,
  noHolds,
  releaseHold,
  type Hold,
  type HoldSet,
} from '../../domain/hold.ts';
import { MODES, modeRank } from '../../domain/mode.ts';

const hold = (id: string, change: Partial<Hold> = {}): Hold => ({
  id,
  scope: { level: 'group', names: ['sales-ic'] },
  ceiling: 'shadow',
  by: 'jane',
  why: 'odd figures',
  since: '2026-03-02T08:00:00.000Z',
  releasedBy: 'deployment-lead',
  ...change,
});
const stone = { by: 'omar', at: '2026-03-02T09:00:00.000Z' };

describe('holds', () => {
  it('stand until they are released by id', () => {
    const set = addHold(addHold(noHolds(), hold('h1')), hold('h2'));
    expect(activeHolds(releaseHold(set, 'h1', stone)).map((h) => h.id)).toEqual(['h2']);
  });

  it('leave a tombstone, so that the same hold does not come back when its command is applied again', () => {
    const released = releaseHold(addHold(noHolds(), hold('h1')), 'h1', stone);
    expect(activeHolds(addHold(released, hold('h1')))).toEqual([]);
    expect(released.tombstones).toEqual({ h1: stone });
  });

  it('are listed oldest first', () => {
    const set = addHold(addHold(noHolds(), hold('a', { since: '2026-03-02T09:00:00.000Z' })), hold('b'));
    expect(activeHolds(set).map((h) => h.id)).toEqual(['b', 'a']);
  });

  it.each([
    { level: 'customer', names: [], on: true },
    { level: 'deployment', names: [], on: true },
    { level: 'group', names: ['sales-ic', 'hr-lead'], on: true },
    { level: 'group', names: ['hr-lead'], on: false },
    { level: 'cohort', names: ['sales-ic-research'], on: true },
    { level: 'cohort', names: ['sales-ic'], on: false },
    { level: 'wave', names: ['research'], on: true },
    { level: 'wave', names: ['production'], on: false },
    { level: 'agent', names: ['sales-ic-research'], on: false },
    { level: 'row', names: [], on: false },
  ] as const)('on $level $names cover the cohort: $on', ({ level, names, on }) => {
    const set = addHold(noHolds(), hold('h1', { scope: { level, names: [...names] } }));
    expect(holdsOn(set, { cohort: 'sales-ic-research', group: 'sales-ic', wave: 'research' }).length === 1).toBe(on);
  });

  it('on a wave do not cover a cohort that is in none', () => {
    const set = addHold(noHolds(), hold('h1', { scope: { level: 'wave', names: ['research'] } }));
    expect(holdsOn(set, { cohort: 'sales-ic-research', group: 'sales-ic' })).toEqual([]);
  });
});

// Few ids, among them names that plain objects inherit, so that sets really meet in them.
const id = fc.constantFrom('h1', 'h2', 'h3', 'constructor', '__proto__', '7');
const anyHold = fc
  .record({
    id,
    ceiling: fc.constantFrom(...MODES),
    by: fc.constantFrom('jane', 'omar'),
    since: fc.constantFrom('2026-01-01', '2026-01-02'),
  })
  .map(({ id, ...rest }) => hold(id, rest));
const step = fc.oneof(
  anyHold.map((h) => (set: HoldSet) => addHold(set, h)),
  fc.tuple(id, fc.constantFrom('jane', 'omar')).map(
    ([i, by]) =>
      (set: HoldSet) =>
        releaseHold(set, i, { by, at: stone.at }),
  ),
);
const steps = fc.array(step, { maxLength: 10 });
const holdSet = steps.map((all) => all.reduce((set, s) => s(set), noHolds()));

describe('the laws of the hold set', () => {
  it('merging is commutative, associative and idempotent', () => {
    fc.assert(
      fc.property(holdSet, holdSet, holdSet, (a, b, c) => {
        expect(mergeHolds(a, b)).toEqual(mergeHolds(b, a));
        expect(mergeHolds(a, mergeHolds(b, c))).toEqual(mergeHolds(mergeHolds(a, b), c));
        expect(mergeHolds(a, a)).toEqual(a);
        expect(mergeHolds(a, noHolds())).toEqual(a);
      }),
    );
  });

  it('additions and releases commute', () => {
    fc.assert(
      fc.property(
        steps.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          const run = (order: typeof all) => order.reduce((set, s) => s(set), noHolds());
          expect(run(shuffled)).toEqual(run(all));
        },
      ),
    );
  });

  it('a release takes away no hold but the one that it names', () => {
    fc.assert(
      fc.property(holdSet, id, (set, released) => {
        const before = activeHolds(set).filter((h) => h.id !== released);
        expect(activeHolds(releaseHold(set, released, stone))).toEqual(before);
      }),
    );
  });

  it('a hold that was never released always stands', () => {
    fc.assert(
      fc.property(holdSet, (set) => {
        const fresh = addHold(set, hold('fresh'));
        expect(activeHolds(fresh).map((h) => h.id)).toContain('fresh');
      }),
    );
  });

  it('the effective mode is the lowest of what progress allows and every ceiling', () => {
    fc.assert(
      fc.property(fc.constantFrom(...MODES), fc.array(anyHold), (progress, holds) => {
        const ranks = [progress, ...holds.map((h) => h.ceiling)].map(modeRank);
        expect(modeRank(effectiveMode(progress, holds))).toBe(Math.min(...ranks));
      }),
    );
  });
});
