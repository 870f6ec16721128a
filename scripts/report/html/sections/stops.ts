import { scopeWords } from '../../../../domain/describe/command.ts';
import { list, number, plural } from '../../../../domain/describe/words.ts';
import type { Report } from '../../../../domain/report/report.ts';
import type { ReportFiring, ReportRow } from '../../../../domain/report/stopping-table.ts';
import type { ReportStop } from '../../../../domain/report/stops.ts';
import { nightChart } from '../charts/night.ts';
import {
  chip,
  entry,
  head,
  markup,
  planHoursOf,
  planTime,
  row,
  section,
  type Column,
  type Markup,
  type Part,
} from '../markup.ts';
import { spanWords } from '../words.ts';
import { incidentsPart } from './incidents.ts';

/** What was stopped, by which row of the stopping table, how fast, whether it landed; and what people did about it. */
export function stopsSection(report: Report): Markup {
  const { stops, stopping } = report;
  const fired = stopping.filter(({ firings }) => firings.length > 0);
  const drills = stops.filter((s) => s.drill);
  return section(
    'stops',
    'Stops and incidents',
    lead(report),
    nightChart(report),
    fired.length + drills.length > 0 &&
      markup`<div class="shown wide" style="margin-top:26px"><table><caption>The stopping table, row by row</caption>${head(COLUMNS)}
        ${fired.map((r) => rowPart(report, r))}${
          drills.length > 0 &&
          group(
            'drill',
            'a rollback for practice',
            drills.map((s) => line(report, drillFiring(s), s)),
          )
        }</table></div>`,
    fired.length > 0 && fired.length < stopping.length && markup`<p class="muted more">${calm(stopping)}</p>`,
    incidentsPart(report),
  );
}

function lead({ stops, incidents, stopping }: Report): string {
  const firings = stopping.reduce((sum, { firings: all }) => sum + all.length, 0);
  if (stops.length + incidents.length + firings === 0) return 'Nothing was stopped, and there was no incident.';
  const drills = stops.filter((s) => s.drill).length;
  const alerts = stopping.flatMap((r) => r.firings).filter((f) => f.stop === null).length;
  const times = stops.flatMap((s) => s.lastMs ?? []);
  const longest =
    times.length === 0 ? '' : ` The longest took ${spanWords(Math.max(...times))} from the order to the last cohort.`;
  const open = incidents.filter((i) => i.closed === null).length;
  const also = [...(alerts > 0 ? [plural(alerts, 'alert')] : []), ...(drills > 0 ? [plural(drills, 'drill')] : [])];
  const what = [plural(stops.length - drills, 'stop'), ...also];
  return `${list(what)}.${longest} ${plural(incidents.length, 'incident')}, ${open === 0 ? 'all closed' : `${number(open)} still open`}.`;
}

const calm = (stopping: readonly ReportRow[]): string =>
  `Did not fire: ${list(
    stopping.filter(({ firings }) => firings.length === 0).map(({ trigger }) => trigger),
    stopping.length,
  )}.`;

const COLUMNS: readonly Column[] = [
  { head: 'At', right: true },
  { head: 'About', names: true, width: '34%' },
  { head: 'Seen after', right: true },
  { head: 'Fence', right: true },
  { head: 'Last down', right: true },
  { head: 'Landed' },
  { head: 'Writes to look at', width: '14%' },
  { head: 'Over', width: '14%' },
  { head: 'Entry', right: true },
];

const ACTION = {
  'pause-ramp': 'the ramp waits',
  pause: 'pause',
  shadow: 'back to shadow',
  halt: 'halt',
  ordered: 'as ordered',
} as const;

function rowPart(report: Report, { id, trigger, action, then, limitSeconds, firings }: ReportRow): Markup {
  const within =
    limitSeconds === null || limitSeconds === 0
      ? ''
      : `, within ${limitSeconds < 120 ? `${limitSeconds} s` : `${limitSeconds / 60} min`}`;
  const lines = firings.map((f) =>
    line(
      report,
      f,
      report.stops.find((s) => s.id === f.stop),
    ),
  );
  return group(id, `${trigger} → ${ACTION[action]}${within}; ${then}`, lines);
}

const group = (name: string, words: string, lines: readonly Markup[]): Markup =>
  markup`<tbody class="group"><tr><th scope="rowgroup" colspan="${COLUMNS.length}">${name}<small>${words}</small></th></tr>${lines}</tbody>`;

function line(report: Report, f: ReportFiring, stop: ReportStop | undefined): Markup {
  const at = (iso: string): string => planTime(planHoursOf(report, iso));
  return row(COLUMNS, [
    at(f.faultAt ?? f.at),
    markup`<span class="id">${f.subject}</span> <span class="muted">${f.because}</span>`,
    span(f.seenMs),
    span(stop?.fencedMs),
    span(stop?.lastMs),
    landed(stop),
    writes(stop?.questionable ?? null),
    over(f, stop, at),
    entry(f.auditIndex),
  ]);
}

const span = (ms: number | null | undefined): Part => (ms == null ? '' : spanWords(ms));

/** Colours that there are already. */
const LANDED = { pass: 'met', fail: 'missed', 'no-data': 'late' } as const;

function landed(stop: ReportStop | undefined): Part {
  if (stop === undefined) return chip('waived', 'ramp waits');
  const rest = stop.left.length > 0 && markup` <span class="muted">without ${list(stop.left)}</span>`;
  const verdict = stop.landed?.verdict;
  return markup`${verdict === undefined ? '–' : chip(LANDED[verdict], verdict)}${rest}`;
}

const writes = (q: ReportStop['questionable']): Part =>
  q === null ? '' : `${number(q.count)}, ${q.cleanedBy === null ? `with ${q.owner}` : `dealt with, says ${q.cleanedBy}`}`;

function over({ clearedAt }: ReportFiring, stop: ReportStop | undefined, at: (iso: string) => string): string {
  if (stop === undefined) return clearedAt === null ? 'still open' : at(clearedAt);
  if (stop.kind === 'terminate') return 'for good';
  if (stop.lifted !== null) return `${at(stop.lifted.at)} by ${stop.lifted.by}`;
  return stop.liftedFor.length > 0 ? `for ${list(stop.liftedFor)}` : 'stands';
}

const drillFiring = (s: ReportStop): ReportFiring => ({
  ...{ subject: scopeWords(s.scope), measures: [s.kind], because: `by ${s.person}`, faultAt: null, at: s.handedInAt ?? s.at },
  ...{ seenMs: null, stop: s.id, clearedAt: null, auditIndex: s.auditIndex },
});
