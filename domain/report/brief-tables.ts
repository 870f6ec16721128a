import { formatT } from '../clock.ts';
import { clause, number, plural, roleName } from '../describe/words.ts';
import { STANDING_WORDS } from './headline.ts';
import type { Report } from './report.ts';

/** Text of others inside a table: no new column, no new line, no HTML. */
export const cell = (text: string): string => text.replace(/\s+/g, ' ').replaceAll('|', '\\|').replaceAll('<', '&lt;').trim();

/** `right`: numbers of the columns that hold numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  const rule = head.map((_, i) => (right.includes(i) ? '---:' : '---'));
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** @example percent(1, 3) // '33.3 %' */
export const percent = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${Math.round((1000 * part) / whole) / 10} %`;

/** A table per cohort group: the unit that executives signed for. */
export function cohortTables({ groups, cohorts }: Report): string[] {
  if (groups.length === 0) return ['Nothing was planned.'];
  return groups.flatMap(({ id, agents, live, signed }) => {
    const members = cohorts.filter((c) => c.group === id);
    return [
      `### ${id}`,
      `${number(live)} of ${plural(agents, 'agent')} live; ${signed ? 'signed by all three executives' : 'not signed by all three executives'}.`,
      table(
        ['Cohort', 'Shape', 'Agents', 'State', 'Why, and what would lift it'],
        members.map((c) => [
          c.id,
          c.shape,
          number(c.agents),
          STANDING_WORDS[c.standing],
          [c.reason, c.liftedBy].flatMap((part) => (part === null ? [] : [`${clause(part)}.`])).join(' '),
        ]),
        [2],
      ),
    ];
  });
}

/** Approvals of the set, gates, signatures: one line per role and decision, because one signature covers many groups. */
export function decisions({ approvals, gates, signOffs }: Report, nameOf: (id: string) => string): string[] {
  const lines = [
    ...approvals.map(
      (a) =>
        `- ${nameOf(a.person)} (${roleName(a.role)}) ${a.decision === 'approve' ? 'approved' : 'rejected'} the manifest set, entry #${a.auditIndex}.`,
    ),
    ...gates.flatMap((g) =>
      g.passedPlanHours === null
        ? []
        : [
            `- ${g.name} was passed at ${formatT(g.passedPlanHours)}${g.by === null ? '' : ` by ${nameOf(g.by)}`}, entry #${g.auditIndex ?? ''}.`,
          ],
    ),
    ...bySigner(signOffs, nameOf),
  ];
  return [lines.length === 0 ? 'Nobody has decided anything yet.' : lines.join('\n')];
}

function bySigner(signOffs: Report['signOffs'], nameOf: (id: string) => string): string[] {
  const current = signOffs.filter((s) => s.current);
  const signers = [...new Set(current.map((s) => `${s.person}\n${s.role}\n${s.decision}`))];
  return signers.flatMap((key) => {
    const own = current.filter((s) => `${s.person}\n${s.role}\n${s.decision}` === key);
    const [first] = own;
    if (first === undefined) return [];
    const what = own.length > 4 ? plural(own.length, 'cohort group') : own.map((s) => s.group).join(', ');
    return [
      `- ${nameOf(first.person)} (${roleName(first.role)}) ${first.decision === 'approve' ? 'signed' : 'rejected'} ${what}, first in entry #${Math.min(...own.map((s) => s.auditIndex))}.`,
    ];
  });
}
