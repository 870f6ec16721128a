import type { Command } from 'commander';
import { usage } from '../io.ts';
import { nearest } from '../nearest.ts';
import type { CommonOptions } from '../session.ts';

/** On every verb that hands in a signed order. */
export const orderOptions = (command: Command): Command =>
  command
    .option('--dry-run', 'show the order, sign and hand in nothing')
    .option('--envelope <file>', 'hand in this envelope, signed before, once more');

export function requireReason({ reason }: CommonOptions): void {
  if (reason === undefined || reason.trim() === '')
    throw usage('A reason is needed; it stands in the log and in the report.', 'Give --reason "…".');
}

/** Names as they were given, all of which must be there: a misspelt one is found before anything is signed. */
export function knownNames(what: 'group' | 'cohort', given: readonly string[], known: readonly string[]): string[] {
  const unknown = given.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw usage(
      `There is no ${what} ${unknown} in this deployment${nearest(unknown, known)}`,
      'golive status shows what there is.',
    );
  return [...new Set(given)];
}

/** @example pairs('--no-go', ['a=slow']) // { a: 'slow' } */
export function pairs(option: string, given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf('=');
      if (at < 1 || at === text.length - 1)
        throw usage(`${option} ${text} lacks its reason.`, `Write ${option} cohort="the reason".`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}
