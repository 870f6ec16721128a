import type { VerdictCounts } from '../entry.ts';
import { number, plural } from './words.ts';

/** @example interceptWords(counts, ' of 3 cohorts') // '1,208 calls of 3 cohorts intercepted: 1,200 allowed, 5 warned, 2 denied, 1 failed' */
export function interceptWords({ allow, warn, deny, failed }: VerdictCounts, whose = ''): string {
  const each = `${number(allow)} allowed, ${number(warn)} warned, ${number(deny)} denied, ${number(failed)} failed`;
  return `${plural(allow + warn + deny + failed, 'call')}${whose} intercepted: ${each}`;
}
