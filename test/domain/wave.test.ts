import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exposure, nextStep, wavesByShape } from '../../domain/wave.ts';

const agents = (n: number): string[] =>
  Array.from({ length: n }, (_, i) => `sales-ic-research-${String(i + 1).padStart(3, '0')}`);

describe('waves', () => {
  it('go research, production, coordination, and skip a shape that nobody has', () => {
    const cohorts = [
      { id: 'c', shape: 'coordination' as const },
      { id: 'r2', shape: 'research' as const },
      { id: 'r1', shape: 'research' as const },
    ];
    expect(wavesByShape(cohorts)).toEqual([
      { shape: 'research', cohorts: ['r2', 'r1'] },
      { shape: 'coordination', cohorts: ['c'] },
    ]);
  });

  it.each([
    { ramp: [5, 10, 25, 50, 75, 100], at: 0, next: 5 },
    { ramp: [5, 10, 25, 50, 75, 100], at: 10, next: 25 },
    { ramp: [5, 10, 25, 50, 75, 100], at: 30, next: 50 },
    { ramp: [100], at: 0, next: 100 },
    { ramp: [100], at: 100, next: null },
  ])('after $at % of $ramp comes $next', ({ ramp, at, next }) => {
    expect(nextStep(ramp, at)).toBe(next);
  });
});

describe('exposure', () => {
  it.each([
    { n: 40, percent: 5, chosen: 2 },
    { n: 40, percent: 0, chosen: 0 },
    { n: 9, percent: 10, chosen: 0 },
    { n: 9, percent: 25, chosen: 2 },
    { n: 1, percent: 75, chosen: 0 },
    { n: 1, percent: 100, chosen: 1 },
    { n: 100, percent: 29, chosen: 29 },
    { n: 7, percent: 120, chosen: 7 },
    { n: 7, percent: -5, chosen: 0 },
  ])('$percent % of $n agents are $chosen', ({ n, percent, chosen }) => {
    expect(exposure(agents(n), percent)).toHaveLength(chosen);
  });

  it('chooses the same agents for ever: this list is fixed, here and at every customer', () => {
    expect(exposure(agents(40), 10)).toMatchInlineSnapshot(`
      [
        "sales-ic-research-036",
        "sales-ic-research-016",
        "sales-ic-research-038",
        "sales-ic-research-032",
      ]
    `);
  });

  it('does not depend on the order in which agents are listed, and chosen agents stay chosen', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string(), { maxLength: 60 }),
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 100 }),
        (ids, a, b) => {
          const [low, high] = a < b ? [a, b] : [b, a];
          const more = exposure([...ids].reverse(), high);
          expect(more.slice(0, exposure(ids, low).length)).toEqual(exposure(ids, low));
          expect(more.length).toBeLessThanOrEqual((ids.length * high) / 100);
          expect(new Set(more).size).toBe(more.length);
        },
      ),
    );
  });

  it('spreads over the numbers of a cohort instead of taking its first ones', () => {
    const halves = exposure(agents(400), 50).filter((id) => Number(id.slice(-3)) <= 200).length;
    expect(halves).toBeGreaterThan(75);
    expect(halves).toBeLessThan(125);
  });
});
