import { number } from '../../../domain/describe/words.ts';

/** A short span of wall time. @example spanWords(412) // '412 ms' @example spanWords(2810) // '2.8 s' */
export function spanWords(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  return ms < 9950 ? `${(ms / 1000).toFixed(1)} s` : `${number(Math.round(ms / 1000))} s`;
}
