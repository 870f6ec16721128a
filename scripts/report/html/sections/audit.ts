import { number, plural } from '../../../../domain/describe/words.ts';
import type { Report } from '../../../../domain/report/report.ts';
import { entry, markup, planHoursOf, planTime, section, table, wallTime, type Markup } from '../markup.ts';

/** What an auditor compares and asks about: the root, who cosigned it, when nobody did, what the customer checked alone. */
export function auditSection(report: Report): Markup {
  const { audit } = report;
  const when = (iso: string | null): string => (iso === null ? 'still away' : planTime(planHoursOf(report, iso)));
  return section(
    'audit',
    'The log',
    headLine(audit),
    audit.gaps !== null && markup`<p>Signatures from T-0 to T+24: ${audit.gaps}.</p>`,
    audit.absences.length > 0 &&
      markup`<div class="wide">${table(
        'When the witness was away',
        [
          { head: 'What was seen', names: true },
          { head: 'From', right: true },
          { head: 'To', right: true },
          { head: 'Entry', right: true },
        ],
        audit.absences.map((a) => [a.text, when(a.openedAt), when(a.closedAt), entry(a.auditIndex)]),
      )}</div>`,
    audit.confirmed.length > 0 &&
      markup`<div class="wide">${table(
        'What the Security Lead checked alone',
        [{ head: 'Row', names: true }, { head: 'Report' }, { head: 'By' }, { head: 'Entry', right: true }],
        audit.confirmed.map((c) => [c.row, markup`<span class="id">${c.report}</span>`, c.by, entry(c.auditIndex)]),
      )}</div>`,
  );
}

/** `golive verify` computes the same root from the entries. */
function headLine({ size, root, witnessed, witness }: Report['audit']): string {
  if (root === null) return 'The log was not asked for its root.';
  const entries = `Root ${root} over ${plural(size, 'entry', 'entries')}`;
  if (witnessed && witness?.at) return `${entries}, cosigned by ${witness.name} at ${wallTime(witness.at)}.`;
  return witness === null
    ? `${entries}; no witness has cosigned it.`
    : `${entries}; ${witness.name} has cosigned ${number(witness.size)} of them.`;
}
