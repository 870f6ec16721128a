import { scopeWords } from '../../../domain/describe/command.ts';
import { plural, roleName } from '../../../domain/describe/words.ts';
import type { ReportIncident } from '../../../domain/report/stops.ts';
import { clip, cut, type Paint } from '../paint.ts';
import { span } from '../words.ts';

interface Look {
  paint: Paint;
  width: number;
  nowMs: number;
}

const severity = ({ severity: n }: ReportIncident, paint: Paint): string => (n === 1 ? paint.bad : paint.warn)(`SEV-${n}`);

/** In whose hands it is, in a word or two. */
export const standingOf = ({ closed, ackedBy, owner }: ReportIncident): string => {
  if (closed !== null) return `closed by ${closed.by}`;
  return ackedBy === null ? `nobody has it in hand; ${roleName(owner)} is to` : `in hand of ${ackedBy}`;
};

/** A line each, those that are open first. */
export function listLines(incidents: readonly ReportIncident[], { paint, width, nowMs }: Look): string[] {
  const ordered = [...incidents].sort(
    (a, b) => Number(a.closed !== null) - Number(b.closed !== null) || a.severity - b.severity || b.auditIndex - a.auditIndex,
  );
  return ordered.flatMap((i) => [
    `${i.closed === null ? severity(i, paint) : paint.dim(`SEV-${i.severity}`)}  ${cut(i.title, width - 8)}`,
    paint.dim(`       ${cut(`${i.id} · ${standingOf(i)} · opened ${span(nowMs - Date.parse(i.openedAt))} ago`, width - 8)}`),
  ]);
}

/** One incident whole: what it is, who has it, what is still to be done, and what happened, entry by entry. */
export function showLines(i: ReportIncident, { paint, width }: Look): string[] {
  const facts: [string, string | null][] = [
    ['about', scopeWords(i.scope)],
    ['stop', i.stop],
    ['row', i.row],
    ['stands', standingOf(i)],
    ['expected over', i.closed === null ? i.eta : null],
    [
      'writes',
      i.questionable &&
        `${plural(i.questionable.count, 'write')} questionable, ${i.questionable.open ? `with ${i.questionable.owner}` : 'dealt with'}`,
    ],
    ['root cause', i.rootCause],
    ...i.followUps.map(({ text, owner }): [string, string] => ['follow-up', `${text} (${owner})`]),
  ];
  return [
    `${severity(i, paint)}  ${paint.bold(cut(i.title, width - 8))}`,
    ...facts.flatMap(([label, value]) =>
      value === null ? [] : clip(value, width - 16).map((line, n) => `  ${paint.dim((n === 0 ? label : '').padEnd(14))}${line}`),
    ),
    '',
    ...i.timeline.flatMap(({ at, auditIndex, text }) =>
      clip(text, width - 24).map((line, n) =>
        n === 0 ? `  ${paint.dim(`${at.slice(11, 19)}  #${String(auditIndex).padEnd(8)}`)} ${line}` : `${' '.repeat(22)}${line}`,
      ),
    ),
  ];
}
