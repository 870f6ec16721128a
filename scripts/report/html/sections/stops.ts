import { scopeWords } from '../../../../domain/describe/command.ts';
import { list, number, plural, roleName } from '../../../../domain/describe/words.ts';
import type { Report } from '../../../../domain/report/report.ts';
import type { ReportIncident, ReportStop } from '../../../../domain/report/stops.ts';
import { chip, entry, markup, planHoursOf, planTime, section, table, type Column, type Markup, type Part } from '../markup.ts';

/** What was stopped, how fast, whether it landed; and what people did about it. */
export function stopsSection(report: Report): Markup {
  const { stops, triggers, incidents } = report;
  return section(
    'stops',
    'Stops and incidents',
    lead(report),
    stops.length > 0 &&
      markup`<div class="shown">${table(
        'Stops',
        STOPS,
        stops.map((s) => stopRow(report, s)),
      )}</div>`,
    triggers.length > 0 &&
      markup`<div class="shown" style="margin-top:26px">${table('Rows of the stopping table that fired', TRIGGERS, triggerRows(report))}</div>`,
    incidents.map((i) => incident(report, i)),
  );
}

function lead({ stops, incidents, triggers }: Report): string {
  if (stops.length + incidents.length + triggers.length === 0) return 'Nothing was stopped, and there was no incident.';
  const drills = stops.filter((s) => s.drill).length;
  const times = stops.flatMap((s) => s.lastMs ?? []);
  const longest =
    times.length === 0 ? '' : ` The longest took ${number(Math.max(...times))} ms from the order to the last cohort.`;
  const open = incidents.filter((i) => i.closed === null).length;
  return `${plural(stops.length - drills, 'stop')}${drills > 0 ? ` and ${plural(drills, 'drill')}` : ''}.${longest} ${plural(incidents.length, 'incident')}, ${open === 0 ? 'all closed' : `${number(open)} still open`}.`;
}

const STOPS: readonly Column[] = [
  { head: 'At', right: true },
  { head: 'Stop', names: true },
  { head: 'Ordered by' },
  { head: 'Done', right: true },
  { head: 'Fence, ms', right: true },
  { head: 'Last, ms', right: true },
  { head: 'Landed' },
  { head: 'Writes to look at' },
  { head: 'Lifted' },
  { head: 'Entry', right: true },
];

const ms = (value: number | null): string => (value === null ? '–' : number(value));

function stopRow(report: Report, s: ReportStop): Part[] {
  const at = (iso: string): string => planTime(planHoursOf(report, iso));
  return [
    at(s.at),
    markup`${s.drill && chip('waived', 'drill')} ${s.kind} of ${scopeWords(s.scope)}${s.reason !== '' && markup` <span class="muted">${s.reason}</span>`}`,
    markup`${s.person}${s.row !== null && markup` <span class="muted">row ${s.row}</span>`}${s.how === 'direct' && markup` <span class="muted">direct</span>`}`,
    markup`${s.outcomes === null ? '–' : number(s.outcomes.applied)}${s.left.length > 0 && markup` <span class="muted">without ${list(s.left)}</span>`}`,
    ms(s.fencedMs),
    ms(s.lastMs),
    s.landed === null ? '–' : chip(LANDED[s.landed.verdict], s.landed.verdict),
    writes(s.questionable),
    lifted(s, at),
    entry(s.auditIndex),
  ];
}

/** Colours that there are already. */
const LANDED = { pass: 'met', fail: 'missed', 'no-data': 'late' } as const;

const writes = (q: ReportStop['questionable']): Part =>
  q === null ? '' : `${number(q.count)}, ${q.cleanedBy === null ? `with ${q.owner}` : `dealt with, says ${q.cleanedBy}`}`;

function lifted({ lifted: all, liftedFor }: ReportStop, at: (iso: string) => string): string {
  if (all !== null) return `${at(all.at)} by ${all.by}`;
  return liftedFor.length > 0 ? `for ${list(liftedFor)}` : 'stands';
}

const TRIGGERS: readonly Column[] = [
  { head: 'At', right: true },
  { head: 'Row', names: true },
  { head: 'About' },
  { head: 'Because' },
  { head: 'What golive did' },
  { head: 'Calm again', right: true },
  { head: 'Entry', right: true },
];

const triggerRows = (report: Report): Part[][] =>
  report.triggers.map((t) => [
    planTime(planHoursOf(report, t.at)),
    t.row,
    markup`<span class="id">${t.subject}</span>`,
    t.because,
    t.stop === null ? 'the ramp waits, people decide' : (report.stops.find((s) => s.id === t.stop)?.kind ?? 'an order'),
    t.cleared === null ? '–' : planTime(planHoursOf(report, t.cleared.at)),
    entry(t.auditIndex),
  ]);

function incident(report: Report, i: ReportIncident): Markup {
  const facts = [
    `Owner: ${roleName(i.owner)}`,
    i.ackedBy === null ? 'nobody took it on' : `in hand of ${i.ackedBy}`,
    ...(i.rootCause === null ? [] : [`root cause: ${i.rootCause}`]),
    ...(i.questionable === null
      ? []
      : [
          `${plural(i.questionable.count, 'questionable write')}${i.questionable.open ? ` with ${i.questionable.owner}` : ' dealt with'}`,
        ]),
    ...i.followUps.map((f) => `follow-up: ${f.text} (${f.owner})`),
  ];
  return markup`<h3>${chip(i.closed === null ? 'missed' : 'met', `SEV-${i.severity} ${i.closed === null ? 'open' : 'closed'}`)} ${i.title}</h3>
  <p class="muted more">${facts.join(' · ')}</p>
  <ul class="rows">${i.timeline.map((l) => markup`<li><b>${planTime(planHoursOf(report, l.at))}</b>${l.text}<span class="sub">${entry(l.auditIndex)}</span></li>`)}</ul>`;
}
