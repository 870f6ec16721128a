/** Something that a live agent does again and again: first so long after it went live, then every so often. Wall ms. */
export interface Rhythm {
  firstMs: number;
  everyMs: number;
}

/**
 * Where in their common round the nth of any number of agents stands, from 0 to 1: evenly spread however many there are, so
 * that a cohort in good health does as much in one quarter of an hour as in the next.
 */
export const placeInRound = (n: number): number => ((n + 0.5) * GOLDEN) % 1;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * When it happened after `after` and not later than `until`, to an agent that went live and ceased to be at `times`. The same
 * moment is never given for two adjoining windows.
 */
export function* occurrences(times: readonly number[], rhythm: Rhythm, after: number, until: number): Generator<number> {
  for (let i = 0; i < times.length; i += 2) {
    const [from = 0, to = until] = [times[i], times[i + 1]];
    const end = Math.min(until, to);
    const first = from + rhythm.firstMs;
    let index = Math.max(0, Math.floor((after - first) / rhythm.everyMs));
    for (let at = Math.ceil(first + index * rhythm.everyMs); at <= end; at = Math.ceil(first + ++index * rhythm.everyMs)) {
      if (at > after) yield at;
    }
  }
}

export const wasLive = (times: readonly number[], at: number): boolean =>
  times.some((from, i) => i % 2 === 0 && from <= at && at <= (times[i + 1] ?? at));
