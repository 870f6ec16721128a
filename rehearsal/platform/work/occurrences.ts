import type { LiveSpan } from '../state/agent.ts';

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

/** When it happened after `after` and not later than `until`. The same moment is never given for two adjoining windows. */
export function* occurrences(spans: readonly LiveSpan[], rhythm: Rhythm, after: number, until: number): Generator<number> {
  for (const span of spans) {
    const end = Math.min(until, span.to ?? until);
    const first = span.from + rhythm.firstMs;
    let index = Math.max(0, Math.floor((after - first) / rhythm.everyMs));
    for (let at = Math.ceil(first + index * rhythm.everyMs); at <= end; at = Math.ceil(first + ++index * rhythm.everyMs)) {
      if (at > after) yield at;
    }
  }
}

export const wasLive = (spans: readonly LiveSpan[], at: number): boolean =>
  spans.some((span) => span.from <= at && (span.to === null || at <= span.to));
