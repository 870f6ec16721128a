import { formatT } from '../../../domain/clock.ts';
import { number } from '../../../domain/describe/words.ts';
import { WINDOW_NAMES, type RowState } from '../../../domain/outlook.ts';
import { clip, cut, ends, type Paint } from '../paint.ts';
import { span } from '../words.ts';
import { breakerLines } from './breaker-lines.ts';
import { escalationLines } from './escalation-lines.ts';
import type { ScreenOptions } from './look.ts';
import type { StatusModel } from './model.ts';
import { cohortLines, holdLines, taskLines, waveLines } from './sections.ts';
import { incidentLines, stopLines } from './stop-lines.ts';
import { waitingLines } from './waiting-lines.ts';
import { witnessLines } from './witness-lines.ts';

/** The whole picture, top to bottom: where we are, what is due, who must act, what stands in the way. */
export function statusScreen(model: StatusModel, options: ScreenOptions): string[] {
  const sections = [
    header(model, options),
    timeline(model, options),
    waitingLines(model, options),
    incidentLines(model, options),
    stopLines(model, options),
    escalationLines(model, options),
    breakerLines(model, options),
    taskLines(model, options),
    milestones(model, options),
    waveLines(model, options),
    cohortLines(model, options),
    holdLines(model, options),
    howToStop(options),
    footer(model, options),
  ];
  return sections.filter((lines) => lines.length > 0).flatMap((lines, i) => (i === 0 ? lines : ['', ...lines]));
}

function header(model: StatusModel, { paint, width }: ScreenOptions): string[] {
  const { header: h } = model.facts.view;
  const facts = [
    h.environment,
    h.speed === 1 ? null : `${number(h.speed)}× plan time`,
    h.deploymentFile && `policy v${h.deploymentFile.version}`,
  ].filter((f) => f !== null);
  const name = paint.bold(`${h.customer}/${h.deployment}`);
  const first = ends(`${name}  ${paint.dim(facts.join(' · '))}`, paceWords(model, paint), width);
  if (h.closedAt !== null)
    return [first, `Closed ${h.closedAt.slice(0, 16).replace('T', ' ')} UTC, ${(h.result ?? '').replaceAll('-', ' ')}.`];
  return [first, ends(`${paint.bold(clockWords(model))}  ${WINDOW_NAMES[model.window]}`, paint.dim(gateWords(model)), width)];
}

function paceWords({ pace, facts }: StatusModel, paint: Paint): string {
  if (facts.view.header.closedAt !== null)
    return facts.view.header.result === 'failed' ? paint.bad('✖ failed') : paint.good('✔ closed');
  if (facts.view.header.startedAt === null && pace === 'on-track') return paint.accent('● countdown');
  return { 'on-track': paint.good('● on track'), behind: paint.warn('▲ behind'), blocked: paint.bad('■ blocked') }[pace];
}

function clockWords({ planNow, running }: StatusModel): string {
  if (planNow === null) return 'T-0 not set';
  return `${formatT(planNow)}${running ? '' : ' (the clock stands still)'}`;
}

function gateWords({ gate, planNow, facts }: StatusModel): string {
  if (planNow === null)
    return facts.view.set.verified === null
      ? 'the manifest set is not verified yet'
      : 'the clock starts when every row below is met';
  if (gate === null) return '';
  const left = gate.planHours - planNow;
  const title = gate.id.replace('gate-', 'gate ');
  return left >= 0
    ? `${title} at ${formatT(gate.planHours)}, in ${span(left * 3_600_000)}`
    : `${title} was due at ${formatT(gate.planHours)}, ${span(-left * 3_600_000)} ago`;
}

const HOURS = 72;
const WINDOW_HOURS = 24;

/** The 72 hours, a column each: the clock above, the rows below at the hour at which they are due. */
function timeline({ planNow, rows, facts, forecasts }: StatusModel, { paint, width }: ScreenOptions): string[] {
  const now = facts.view.header.closedAt !== null ? HOURS : Math.max(0, planNow ?? 0);
  const open = facts.view.header.closedAt === null;
  const clock = Array.from({ length: HOURS }, (_, hour): Sign => {
    if (hour + 1 <= now) return ['━', paint.accent];
    if (hour <= now && planNow !== null && open) return ['●', paint.accent];
    return [hour > 0 && hour % WINDOW_HOURS === 0 ? '┼' : '─', paint.dim];
  });
  const timed = rows.filter((r) => r.row.window !== 'countdown' && r.row.window !== 'after');
  const marks = Array.from({ length: HOURS + 1 }, (_, hour) =>
    markAt(
      timed.filter((r) => Math.floor(r.row.duePlanHours) === hour).map((r) => r.state),
      paint,
    ),
  );
  const label = (text: string) => text.padEnd(WINDOW_HOURS);
  return [
    `  ${joined(clock)}${paint.dim('┤')}`,
    `  ${joined(marks)}`,
    paint.dim(`  ${label('T+0  PROVISION')}${label('T+24  VALIDATE')}${'T+48  GO LIVE'.padEnd(WINDOW_HOURS - 3)}T+72`),
    ...forecasts.map((f) => `  ${(f.slackMinutes ?? 0) < 0 ? paint.warn('▲') : paint.dim('→')} ${cut(f.sentence, width - 4)}`),
  ];
}

type Sign = [text: string, colour: (text: string) => string];

/** Neighbours of one colour are painted together: a screen that refreshes is sent once a second. */
function joined(signs: readonly Sign[]): string {
  const runs: Sign[] = [];
  for (const [text, colour] of signs) {
    const last = runs.at(-1);
    if (last?.[1] === colour) last[0] += text;
    else runs.push([text, colour]);
  }
  return runs.map(([text, colour]) => colour(text)).join('');
}

/** The worst of several rows that are due in the same hour. */
function markAt(states: readonly RowState[], paint: Paint): Sign {
  const has = (state: RowState) => states.includes(state);
  if (states.length === 0) return [' ', String];
  if (has('missed')) return ['✖', paint.bad];
  if (has('overdue')) return ['!', paint.bad];
  if (has('next')) return ['●', paint.accent];
  if (has('pending')) return ['·', paint.dim];
  if (has('late')) return ['⚠', paint.warn];
  return has('met') ? ['✔', paint.good] : ['–', paint.dim];
}

const SIGNS: Record<RowState, string> = {
  met: '✔',
  late: '⚠',
  missed: '✖',
  waived: '–',
  'not-applicable': '–',
  overdue: '!',
  next: '●',
  pending: '·',
};

function milestones(model: StatusModel, { paint, width }: ScreenOptions): string[] {
  if (model.facts.view.header.closedAt !== null) return exceptions(model, { paint, width });
  const rows = model.rows.filter((r) => r.row.window === model.window);
  const colour: Record<RowState, (text: string) => string> = {
    met: paint.good,
    late: paint.warn,
    missed: paint.bad,
    waived: paint.dim,
    'not-applicable': paint.dim,
    overdue: paint.bad,
    next: paint.accent,
    pending: paint.dim,
  };
  const title = width - 43;
  const line = (r: (typeof rows)[number]): string => {
    const asleep = r.state === 'waived' || r.state === 'not-applicable';
    const done = asleep
      ? r.state === 'waived'
        ? 'waived'
        : 'n/a'
      : hoursOf(r.recorded?.donePlanHours ?? null, r.recorded?.doneAt ?? null);
    const text = `${r.row.id.padEnd(6)}${cut(r.row.title.replace(/\.$/, ''), title).padEnd(title + 1)}${dueWords(r.row.duePlanHours).padStart(7)} ${done.padStart(7)}  ${cut(ownerWords(r), 15)}`;
    return `  ${colour[r.state](SIGNS[r.state])} ${asleep || r.state === 'pending' ? paint.dim(text) : text}`;
  };
  const head = `  ${`${WINDOW_NAMES[model.window]}`.padEnd(title + 9)}${'due'.padStart(7)} ${'done'.padStart(7)}  owner`;
  return [paint.bold(head), ...rows.map(line)];
}

/** Of a closed deployment, only what is worth a word: late, missed, waived by somebody. */
function exceptions({ rows }: StatusModel, { paint, width }: Pick<ScreenOptions, 'paint' | 'width'>): string[] {
  const told = rows.filter(
    (r) => r.state === 'late' || r.state === 'missed' || (r.state === 'waived' && r.row.waivedBecause === undefined),
  );
  const met = rows.filter((r) => r.state === 'met').length;
  return [
    paint.bold(`  MILESTONES  ${met} met, ${told.length} with a remark`),
    ...told.map(
      (r) =>
        `  ${r.state === 'missed' ? paint.bad(SIGNS.missed) : paint.warn(SIGNS.late)} ${cut(`${r.row.id.padEnd(6)}${r.state}: ${r.recorded?.reason ?? r.row.title}`, width - 4)}`,
    ),
  ];
}

const dueWords = (hours: number): string => (hours < -24 || hours === -24 ? `T-${-hours / 24}d` : formatT(hours));
const hoursOf = (planHours: number | null, doneAt: string | null): string =>
  planHours !== null ? formatT(planHours) : doneAt === null ? '' : '✔';
const ownerWords = (r: StatusModel['rows'][number]): string =>
  r.row.owner === 'auto' ? 'auto' : r.owners.length > 1 ? `${r.owners.length} roles` : (r.owners[0] ?? '');

/** Always there, so that nobody has to look it up: also before the start, and after the end. */
const howToStop = ({ paint, command }: ScreenOptions): string[] => [
  `${paint.bold('  TO STOP')}  ${command(['rollback', '--all', '--as', 'YOU'])}  ${paint.dim('(back to shadow; --cohort NAME: less)')}`,
  `           ${command(['halt', '--all', '--as', 'YOU'])}  ${paint.dim('(no calls; --direct when golive is down)')}`,
];

function footer({ facts }: StatusModel, { paint, width }: ScreenOptions): string[] {
  const { view, audit, platform, nowMs } = facts;
  const last = view.figures.last;
  const parts = [
    `log ${audit === null ? '?' : number(audit.size)} entries${last === null ? '' : `, last ${span(nowMs - Date.parse(last.at))} ago`}`,
    platform === null ? 'agents as the log has them' : 'platform answers',
  ];
  return [
    paint.dim(`  ${cut(parts.join(' · '), width - 2)}`),
    ...witnessLines(facts, { paint, width }),
    ...facts.notes.flatMap((note) => clip(note, width - 4).map((line, i) => `  ${i === 0 ? paint.warn('⚠') : ' '} ${line}`)),
  ];
}
