import type { Report } from '../../../../domain/report/report.ts';
import { markup, planHoursOf, planTime, type Markup, type Part } from '../markup.ts';
import { INK, MUTED, RULE, STATE_COLOURS } from '../style.ts';
import { spanWords } from '../words.ts';

const WIDTH = 1040;
const LEFT = 356;
const RIGHT = 64;
const TOP = 22;
const LINE = 21;

/** From something that happened to where it was over, in plan hours. */
interface Lane {
  name: string;
  subject: string;
  colour: string;
  does: string;
  fault: number | null;
  from: number;
  to: number;
  /** Wall milliseconds from the order to the last cohort; null: nobody was stopped. */
  tookMs: number | null;
  incident: { from: number; acked: number | null; to: number } | null;
}

/** What each action is called in the picture, and its colour: that of agents which stand so. */
const ACTIONS: Record<string, { does: string; colour: string }> = {
  alert: { does: 'the ramp waits', colour: '#b9c2cd' },
  pause: { does: 'paused', colour: STATE_COLOURS.paused },
  rollback: { does: 'back in shadow', colour: STATE_COLOURS.shadow },
  halt: { does: 'halted', colour: STATE_COLOURS.halted },
  shutdown: { does: 'halted', colour: STATE_COLOURS.halted },
  terminate: { does: 'terminated', colour: STATE_COLOURS.terminated },
};

/** Everything that was stopped or warned of, as one picture: what happened when, how long it stood, and its incident below it. */
export function nightChart(report: Report): Markup | null {
  const lanes = lanesOf(report);
  if (lanes.length === 0) return null;
  const first = Math.floor(Math.min(...lanes.map((l) => l.fault ?? l.from)) - 0.25);
  const last = Math.ceil(Math.max(...lanes.flatMap((l) => [l.to, l.incident?.to ?? l.to])) + 0.25);
  const x = (hours: number): number => round(LEFT + ((hours - first) / Math.max(1, last - first)) * (WIDTH - LEFT - RIGHT));
  const height = TOP + lanes.length * LINE + 6;
  return markup`<figure><svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="night-chart-title">
    <title id="night-chart-title">What was stopped from ${planTime(first)} to ${planTime(last)}, and for how long. The table below has the same in text.</title>
    ${axis(x, first, last, height)}
    ${lanes.map((lane, i) => drawn(lane, TOP + i * LINE, x))}
  </svg>${key(lanes)}</figure>`;
}

function lanesOf(report: Report): Lane[] {
  const end = report.asOf?.planHours ?? 0;
  const at = (iso: string | null | undefined): number | null => (iso == null ? null : planHoursOf(report, iso));
  const drills = report.stops.filter((s) => s.drill);
  const incidentOf = (stop: string | null): Lane['incident'] => {
    const found = report.incidents.find((i) => i.stop !== null && i.stop === stop);
    return found ? { from: at(found.openedAt) ?? end, acked: at(found.ackedAt), to: at(found.closed?.at) ?? end } : null;
  };
  const fired = report.stopping.flatMap((row) =>
    row.firings.map((f): Lane => {
      const stop = report.stops.find((s) => s.id === f.stop);
      const { does, colour } = ACTIONS[stop?.kind ?? 'alert'] ?? { does: '', colour: MUTED };
      return {
        ...{ name: nameOf(row.id, f.measures), subject: f.subject, does, colour },
        ...{ fault: at(f.faultAt), from: at(f.at) ?? end, to: at(stop?.lifted?.at) ?? at(f.clearedAt) ?? end },
        ...{ tookMs: stop?.lastMs ?? null, incident: incidentOf(f.stop) },
      };
    }),
  );
  const drilled = drills.map((s): Lane => {
    const { does, colour } = ACTIONS[s.kind] ?? { does: '', colour: MUTED };
    return {
      ...{ name: 'drill', subject: s.scope.names.join(', '), does, colour, fault: null, incident: null, tookMs: s.lastMs },
      ...{ from: at(s.handedInAt ?? s.at) ?? end, to: at(s.lifted?.at) ?? end },
    };
  });
  return [...fired, ...drilled].sort((a, b) => a.from - b.from);
}

/** A level is said with it: there are two of them. */
const nameOf = (row: string, measures: readonly string[]): string => {
  if (measures.length === 0) return row;
  const level = /^(.*)-level$/.exec(row)?.[1];
  return `${level === undefined ? '' : `${level} `}${measures.join(', ')}`;
};

function axis(x: (h: number) => number, first: number, last: number, height: number): Part {
  const step = last - first > 30 ? 6 : 2;
  const hours = Array.from({ length: last - first + 1 }, (_, i) => first + i).filter((h) => h % step === 0);
  return hours.map(
    (h) =>
      markup`<line x1="${x(h)}" x2="${x(h)}" y1="${TOP - 6}" y2="${height}" stroke="${RULE}" /><text x="${x(h)}" y="10" font-size="11" text-anchor="middle" fill="${MUTED}">T+${h}</text>`,
  );
}

function drawn(
  { name, subject, does, colour, fault, from, to, tookMs, incident }: Lane,
  y: number,
  x: (h: number) => number,
): Markup {
  const middle = y + LINE / 2 - 2;
  const width = Math.max(3, round(x(to) - x(from)));
  const took = tookMs === null ? '' : spanWords(tookMs);
  const told = `${name}: ${subject}, ${does} from ${planTime(from)} to ${planTime(to)}${took === '' ? '' : `; the last was down ${took} after the order`}`;
  return markup`<g>
    <title>${told}</title>
    <text x="0" y="${middle + 4}" font-size="11.5" fill="${INK}">${name}</text>
    <text x="${LEFT - 12}" y="${middle + 4}" font-size="11" text-anchor="end" fill="${MUTED}">${clipped(subject, MOST - name.length)}</text>
    ${incident && markup`<line x1="${x(incident.from)}" x2="${x(incident.to)}" y1="${middle + 8}" y2="${middle + 8}" stroke="${INK}" stroke-width="1" />${incident.acked !== null && markup`<circle cx="${x(incident.acked)}" cy="${middle + 8}" r="2" fill="${INK}" />`}`}
    <rect x="${x(from)}" y="${middle - 5}" width="${width}" height="10" rx="2" fill="${colour}" />
    ${fault !== null && markup`<path d="M${x(fault)} ${middle + 5}l-3.5 -10h7z" fill="${INK}" />`}
    ${took !== '' && markup`<text x="${round(Math.max(x(to), x(from) + width) + 6)}" y="${middle + 4}" font-size="11" font-weight="600" fill="${INK}">${took}</text>`}
  </g>`;
}

function key(lanes: readonly Lane[]): Markup {
  const kinds = [...new Map(lanes.map(({ does, colour }) => [does, colour]))];
  return markup`<ul class="key">${kinds.map(([does, colour]) => markup`<li><i style="background:${colour}"></i>${does}</li>`)}
    ${lanes.some((l) => l.fault !== null) && markup`<li>▼ the fault</li>`}
    ${lanes.some((l) => l.incident !== null) && markup`<li>— its incident, from opened to closed; ● somebody has it</li>`}
    ${lanes.some((l) => l.tookMs !== null) && markup`<li><b>in bold</b> from the order to the last cohort</li>`}</ul>`;
}

/** Letters that fit on the left. */
const MOST = 56;
const clipped = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

const round = (n: number): number => Math.round(n * 10) / 10;
