import { describe, expect, it } from 'vitest';
import { occurrences, placeInRound, wasLive } from '../../rehearsal/platform/work/occurrences.ts';

describe('the rhythm of a cohort', () => {
  it.each([5, 15, 22, 80, 333])(
    'is even for %i agents: no third of a round has much more than a third of what is done',
    (agents) => {
      const places = Array.from({ length: agents }, (_, n) => placeInRound(n));
      for (const from of places) {
        const here = places.filter((at) => (at - from + 1) % 1 < 0.3).length;
        expect(here).toBeLessThanOrEqual(Math.ceil(0.3 * agents) + 2);
      }
    },
  );
});

describe('what a live agent does again and again', () => {
  const rhythm = { firstMs: 10, everyMs: 100 };
  /** Up at 1000, down at 1250, up at 2000, down at 2050, up at 3000 and still. */
  const times = [1000, 1250, 2000, 2050, 3000];
  const within = (after: number, until: number) => [...occurrences(times, rhythm, after, until)];

  it('begins anew each time that it goes live, and stops whenever it ceases to be, within one window too', () => {
    expect(within(0, 3150)).toEqual([1010, 1110, 1210, 2010, 3010, 3110]);
  });

  it('adds up over adjoining windows, wherever they meet', () => {
    for (const cut of [1000, 1010, 1011, 1250, 1999, 2010, 2050, 3009, 3010])
      expect([...within(0, cut), ...within(cut, 3150)]).toEqual(within(0, 3150));
  });

  it.each([
    [999, false],
    [1000, true],
    [1250, true],
    [1251, false],
    [2020, true],
    [2500, false],
    [9000, true],
  ])('at %i it was live: %s', (at, expected) => {
    expect(wasLive(times, at)).toBe(expected);
  });
});
