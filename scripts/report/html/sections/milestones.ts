import { roleName } from '../../../../domain/describe/words.ts';
import type { ReportMilestone } from '../../../../domain/report/milestones.ts';
import type { Report } from '../../../../domain/report/report.ts';
import type { RunbookWindow } from '../../../../domain/runbook/milestone.ts';
import { timelineChart } from '../charts/timeline.ts';
import { chip, entry, head, markup, planTime, row, section, type Column, type Markup } from '../markup.ts';

export const timelineSection = (report: Report): Markup =>
  section(
    'timeline',
    'Plan and actual',
    'Each row of the runbook: the tick is when it was due, the dot when it was done. Upright lines are gates, as they were passed; waves show their ramp.',
    markup`<figure class="wide">${timelineChart(report)}<ul class="key"><li><i style="background:#1f7a5c;border-radius:50%"></i>met in time</li><li><i style="background:#b7791f;border-radius:50%"></i>late</li><li><i style="background:#c2573f"></i>missed</li><li><i style="border:1.5px solid #566273;border-radius:50%"></i>waived, pending or not applicable</li></ul></figure>`,
  );

const WINDOWS: Record<RunbookWindow, string> = {
  countdown: 'Countdown, before T+0',
  provision: 'Provision, T+0 to T+24',
  validate: 'Validate, T+24 to T+48',
  golive: 'Go live, T+48 to T+72',
  after: 'After T+72',
};

const COLUMNS: readonly Column[] = [
  { head: 'Row', names: true, width: '6%' },
  { head: 'What it asks' },
  { head: 'Kind', width: '6%' },
  { head: 'Owner', width: '13%' },
  { head: 'Due', right: true, width: '8%' },
  { head: 'Done', right: true, width: '8%' },
  { head: 'State', width: '9%' },
  { head: 'Entry', right: true, width: '7%' },
];

/** All rows that this version asks for; those that it does not are told in a section of their own. */
export function milestonesSection(report: Report): Markup {
  const asked = report.milestones.filter((m) => !m.notBuilt);
  const windows = (Object.keys(WINDOWS) as RunbookWindow[]).filter((window) => asked.some((m) => m.window === window));
  const bodies = windows.map(
    (window) =>
      markup`<tbody class="group"><tr><th colspan="${COLUMNS.length}" scope="rowgroup">${WINDOWS[window]}</th></tr>${asked.filter((m) => m.window === window).map(milestoneRow)}</tbody>`,
  );
  return section(
    'milestones',
    'Milestones',
    'Every row that this version of golive asks for. A row is late when it is done more than 15 minutes of plan and 10 seconds of wall time past its hour.',
    markup`<div class="wide"><table><caption>Milestones by window</caption>${head(COLUMNS)}${bodies}</table></div>`,
  );
}

const milestoneRow = (m: ReportMilestone): Markup =>
  row(COLUMNS, [
    m.id,
    markup`${m.title}${m.reason !== null && markup` <span class="muted">${m.reason}</span>`}`,
    m.kind,
    m.owner === 'auto' ? markup`<span class="muted">by facts</span>` : roleName(m.owner),
    due(m),
    m.donePlanHours === null ? (m.doneAt === null ? '–' : 'before T-0') : planTime(m.donePlanHours),
    chip(m.status, m.status.replace('-', ' ')),
    entry(m.auditIndex),
  ]);

const due = ({ duePlanHours }: ReportMilestone): string =>
  duePlanHours <= -24 ? `T-${Math.round(-duePlanHours / 24)} d` : planTime(duePlanHours);

/** What nobody may take for done. */
export function notBuiltSection({ milestones }: Report): Markup {
  const rows = milestones.filter((m) => m.notBuilt);
  const ordered = milestones.filter((m) => m.status === 'waived' && !m.notBuilt);
  return section(
    'waived',
    'What was not asked for',
    'Rows of the runbook that stand open in this run. None of them counts as met.',
    ordered.length > 0 &&
      markup`<h3>Waived by a signed order</h3><ul class="rows">${ordered.map((m) => markup`<li><b>${m.id}</b>${m.title}<span class="sub">${m.reason}</span></li>`)}</ul>`,
    markup`<h3>Waived because this version of golive does not do it yet</h3>
    <ul class="rows">${rows.map((m) => markup`<li><b>${m.id}</b>${m.title}<span class="sub">${m.reason}</span></li>`)}</ul>`,
  );
}
