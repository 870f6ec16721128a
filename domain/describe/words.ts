import { ROLE_TITLES, type Role } from '../roles.ts';

/** @example number(12400) // '12,400' */
export const number = (n: number): string => String(n).replace(/\B(?=(\d{3})+(?!\d))/g, ',');

/** @example percent(0.0123) // '1.23 %' */
export const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;

/** @example plural(1, 'cohort') // '1 cohort' @example plural(1200, 'agent') // '1,200 agents' */
export const plural = (n: number, noun: string, nouns = `${noun}s`): string => `${number(n)} ${n === 1 ? noun : nouns}`;

/** @example list(['a', 'b', 'c', 'd', 'e']) // 'a, b, c and 2 more' */
export function list(names: readonly string[], most = 3): string {
  const shown = names.length <= most + 1 ? names : names.slice(0, most);
  const rest = names.length - shown.length;
  if (rest > 0) return `${shown.join(', ')} and ${rest} more`;
  return shown.length > 1 ? `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}` : (shown[0] ?? '');
}

/** What operators call a role when it acts: executives by their office. */
const SHORT: Partial<Record<Role, string>> = { 'customer-lead': 'CHRO', 'security-lead': 'CISO' };
export const roleName = (role: Role): string => SHORT[role] ?? ROLE_TITLES[role];

/** Without the full stop, so that it can stand in the middle of a longer one. */
export const clause = (sentence: string): string => sentence.trim().replace(/\.$/, '');
