import { formatT } from '../../../../domain/clock.ts';
import { plural } from '../../../../domain/describe/words.ts';
import type { Report } from '../../../../domain/report/report.ts';
import type { ReportMilestone } from '../../../../domain/report/milestones.ts';
import type { RunbookWindow } from '../../../../domain/runbook/milestone.ts';
import type { Markup } from '../markup.ts';
import { markup, planHoursOf, type Part } from '../markup.ts';
import { ACCENT, INK, MUTED, RULE, STATE_COLOURS } from '../style.ts';

const WIDTH = 1040;
const LEFT = 400;
const RIGHT = 16;
const LINE = 18;
const HEAD = 30;
const FIRST_HOUR = -1;

const BANDS: { window: RunbookWindow; name: string; from: number; to: number }[] = [
  { window: 'provision', name: 'Provision', from: 0, to: 24 },
  { window: 'validate', name: 'Validate', from: 24, to: 48 },
  { window: 'golive', name: 'Go live', from: 48, to: 72 },
];

const GOOD = STATE_COLOURS.live;
const LATE = '#b7791f';
const BAD = STATE_COLOURS.halted;
const MARKS: Record<ReportMilestone['status'], string> = {
  met: GOOD,
  late: LATE,
  missed: BAD,
  waived: MUTED,
  pending: MUTED,
  'not-applicable': MUTED,
};

/** Plan against actual: a tick where a row was due, a dot where it was done, and how far the two lie apart. */
export function timelineChart(report: Report): Markup {
  const shown = report.milestones.filter((m) => !m.notBuilt && m.duePlanHours >= 0 && m.window !== 'countdown');
  const last = Math.max(
    72,
    ...shown.map((m) => m.donePlanHours ?? 0),
    ...report.waves.map((w) => hoursAt(report, w.closed?.at) ?? 0),
  );
  const lastHour = Math.ceil(last) + 1;
  const x = (hours: number): number => round(LEFT + ((hours - FIRST_HOUR) / (lastHour - FIRST_HOUR)) * (WIDTH - LEFT - RIGHT));
  const parts: Part[] = [];
  let y = 24;
  for (const { window, name, from, to } of BANDS) {
    const rows = shown.filter((m) => m.window === window).sort((a, b) => a.duePlanHours - b.duePlanHours);
    const waves = window === 'golive' ? report.waves : [];
    const height = HEAD + LINE * (rows.length + waves.length) + 6;
    parts.push(markup`<rect x="${x(from)}" y="${y}" width="${round(x(to) - x(from))}" height="${height}" fill="#f4f6f9" />`);
    parts.push(markup`<text x="0" y="${y + 20}" font-size="13" font-weight="600" fill="${INK}">${name}</text>`);
    rows.forEach((m, i) => parts.push(mark(m, y + HEAD + LINE * i + LINE / 2, x)));
    waves.forEach((w, i) => parts.push(bar(report, w, y + HEAD + LINE * (rows.length + i) + LINE / 2, x)));
    y += height + 8;
  }
  return markup`<svg viewBox="0 0 ${WIDTH} ${y + 4}" role="img" aria-labelledby="timeline-chart-title">
    <title id="timeline-chart-title">Milestones and waves, plan against actual, from T+0 to T+${lastHour}. ${summary(report)} The table under Milestones has the same in text.</title>
    ${axis(x, y, lastHour)} ${parts} ${gates(report, x, y)}
  </svg>`;
}

const axis = (x: (h: number) => number, bottom: number, lastHour: number): Part =>
  Array.from({ length: Math.floor(lastHour / 6) + 1 }, (_, i) => i * 6).map(
    (hour) =>
      markup`<g>${markup`<line x1="${x(hour)}" x2="${x(hour)}" y1="20" y2="${bottom - 8}" stroke="${hour % 24 === 0 ? '#c7ced7' : RULE}" />`}${hour % 12 === 0 && markup`<text x="${x(hour)}" y="12" font-size="11" text-anchor="middle" fill="${MUTED}">T+${hour}</text>`}</g>`,
  );

const gates = ({ gates: all }: Report, x: (h: number) => number, bottom: number): Part =>
  all
    .filter((g) => g.passedPlanHours !== null)
    .map((g) => {
      const at = x(g.passedPlanHours ?? 0);
      return markup`<g><title>${g.name} was passed at ${formatT(g.passedPlanHours ?? 0)}</title><line x1="${at}" x2="${at}" y1="20" y2="${bottom - 8}" stroke="${INK}" stroke-width="1.25" /></g>`;
    });

function mark(m: ReportMilestone, y: number, x: (h: number) => number): Markup {
  const due = x(m.duePlanHours);
  const done = m.donePlanHours === null ? null : x(m.donePlanHours);
  const colour = MARKS[m.status];
  const words = `${m.id} ${m.title} Due ${formatT(m.duePlanHours)}, ${m.donePlanHours === null ? m.status : `${m.status} at ${formatT(m.donePlanHours)}`}.`;
  const dot =
    m.status === 'missed'
      ? markup`<path d="M${(done ?? due) - 4} ${y - 4}l8 8m0 -8l-8 8" stroke="${BAD}" stroke-width="2" />`
      : done !== null && (m.status === 'met' || m.status === 'late')
        ? markup`<circle cx="${done}" cy="${y}" r="4.5" fill="${colour}" />`
        : markup`<circle cx="${due}" cy="${y}" r="4" fill="#fff" stroke="${MUTED}" stroke-width="1.25" ${m.status === 'pending' && markup`stroke-dasharray="2 1.5"`} />`;
  return markup`<g>
    <title>${words}</title>
    <text x="0" y="${y + 4}" font-size="11" fill="${MUTED}">${m.id}</text>
    <text x="46" y="${y + 4}" font-size="11.5" fill="${INK}">${clipped(m.title)}</text>
    ${done !== null && markup`<line x1="${due}" x2="${done}" y1="${y}" y2="${y}" stroke="${colour}" stroke-width="2" stroke-opacity=".45" />`}
    <line x1="${due}" x2="${due}" y1="${y - 6}" y2="${y + 6}" stroke="${INK}" stroke-width="1.5" />
    ${dot}
  </g>`;
}

function bar(report: Report, wave: Report['waves'][number], y: number, x: (h: number) => number): Markup {
  const steps = wave.steps.map((s) => s.planHours);
  const from = hoursAt(report, wave.startedAt) ?? steps[0] ?? 0;
  const to = hoursAt(report, wave.closed?.at) ?? Math.max(from, ...steps);
  const left = wave.closed?.left.length ?? 0;
  const name = wave.shape === 'catch-up' ? 'Catch-up wave' : `Wave ${wave.shape}`;
  const words = `${name}: ${plural(wave.cohorts, 'cohort')} from ${formatT(from)} to ${formatT(to)}${left > 0 ? `, ${left} left it` : ''}`;
  return markup`<g>
    <title>${words}</title>
    <text x="46" y="${y + 4}" font-size="11.5" fill="${ACCENT}">${name}, ${plural(wave.cohorts, 'cohort')}${left > 0 ? `, ${left} left it` : ''}</text>
    <rect x="${x(from)}" y="${y - 5}" width="${Math.max(2, round(x(to) - x(from)))}" height="10" rx="2" fill="${ACCENT}" fill-opacity=".22" />
    ${wave.steps.map((s) => markup`<rect x="${x(s.planHours)}" y="${y - 5}" width="2" height="10" fill="${ACCENT}" fill-opacity="${round(0.3 + (0.7 * s.percent) / 100)}" />`)}
  </g>`;
}

function summary({ milestones }: Report): string {
  const count = (status: ReportMilestone['status']): number => milestones.filter((m) => m.status === status).length;
  return `${count('met')} met in time, ${count('late')} late, ${count('missed')} missed.`;
}

const hoursAt = (report: Report, iso: string | null | undefined): number | null =>
  iso == null ? null : planHoursOf(report, iso);

const MOST = 56;
const clipped = (title: string): string => {
  const text = title.replace(/\.$/, '');
  return text.length <= MOST ? text : `${text.slice(0, text.lastIndexOf(' ', MOST - 1))} …`;
};

const round = (n: number): number => Math.round(n * 10) / 10;
