import { describe, expect, it } from 'vitest';
import { placeInRound } from '../../rehearsal/platform/work/occurrences.ts';

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
