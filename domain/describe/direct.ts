import type { EntryData } from '../entry.ts';
import { scopeWords } from './command.ts';
import { clause, number, roleName } from './words.ts';

/** @example 'halt of wave research by kim (CISO) without Temporal at 2026-03-01 08:00:00 UTC: adopted, 3 applied, 1 unknown (smoke)' */
export function directWords(data: EntryData['direct.adopted']): string {
  const { kind, scope, person, role, startedAt, part, parts, outcomes, reason } = data;
  const at = `${startedAt.slice(0, 19).replace('T', ' ')} UTC`;
  const file = part === undefined || parts === undefined ? '' : `, part ${part} of ${parts}`;
  const others = [
    [outcomes.notApplied, 'not applied'],
    [outcomes.unknown, 'unknown'],
  ] as const;
  const counts = [
    `${number(outcomes.applied)} applied`,
    ...others.flatMap(([n, word]) => (n > 0 ? [`${number(n)} ${word}`] : [])),
  ].join(', ');
  const why = reason.trim() === '' ? '' : ` (${clause(reason)})`;
  return `${kind} of ${scopeWords(scope)} by ${person} (${roleName(role)}) without Temporal at ${at}: adopted${file}, ${counts}${why}`;
}
