import { formatT } from '../../../domain/clock.ts';
import { scopeWords } from '../../../domain/describe/command.ts';
import { list, number, plural } from '../../../domain/describe/words.ts';
import { COHORT_PHASES, type CohortPhase } from '../../../domain/entry.ts';
import { FAILURES } from '../../../domain/failure.ts';
import { SHAPES, type Shape } from '../../../domain/mode.ts';
import { ROLE_TITLES } from '../../../domain/roles.ts';
import { row } from '../../../domain/runbook/rows.ts';
import { WAVES } from '../../../domain/runbook/waves.ts';
import type { CohortView, WaveView } from '../../../domain/view.ts';
import { bar, clip, cut, left, type Paint } from '../paint.ts';
import { span } from '../words.ts';
import type { StatusModel } from './model.ts';
import type { ScreenOptions } from './look.ts';

const BAR = 24;

/** Only in window 3, or once there was one: before, a wave is a plan like any other. */
export function waveLines(model: StatusModel, { paint, width }: ScreenOptions): string[] {
  if (model.window !== 'golive' && model.waves.length === 0) return [];
  const shapes = SHAPES.filter((shape) => model.cohorts.some((c) => c.shape === shape));
  const closed = model.facts.view.header.closedAt !== null;
  const planned = shapes.flatMap((shape): (WaveView | Shape)[] => {
    const wave = model.facts.view.waves[shape];
    return wave === undefined ? (closed ? [] : [shape]) : [wave];
  });
  const others = model.waves.filter((w) => !SHAPES.some((shape) => shape === w.wave));
  return [paint.bold('  WAVES'), ...[...planned, ...others].map((wave) => `  ${waveLine(model, wave, paint, width)}`)];
}

function waveLine(model: StatusModel, wave: WaveView | Shape, paint: Paint, width: number): string {
  if (typeof wave === 'string') {
    const { opensAt, after, promoted } = WAVES[wave];
    const settled = model.rows.find((r) => r.row.id === promoted)?.state;
    const blocked =
      after !== null &&
      !['met', 'late', 'waived', 'not-applicable'].includes(model.rows.find((r) => r.row.id === after)?.state ?? '');
    const words =
      settled === 'not-applicable'
        ? 'nothing to go live'
        : `opens at ${formatT(opensAt)}${blocked ? `, waits for ${after}: ${row(after).title}` : ''}`;
    return paint.dim(`${left(wave, 14)}${bar(0, BAR)}  ${cut(words, width - BAR - 20)}`);
  }
  const percent = wave.steps.at(-1)?.percent ?? 0;
  const out = wave.closed?.left ?? [];
  const state =
    wave.closed === null
      ? `${percent} %, ${plural(wave.cohorts.length, 'cohort')}`
      : `${wave.closed.live} of ${plural(wave.cohorts.length, 'cohort')} live and stable`;
  const words = `${state}${out.length > 0 ? `, left behind: ${list(out)}` : ''}`;
  return `${left(wave.wave, 14)}${paint.good(bar(percent / 100, BAR))}  ${cut(words, width - BAR - 20)}`;
}

const BESIDE: readonly CohortPhase[] = ['held', 'parked', 'isolated'];

/** Cohorts by how far they are, the furthest last; whoever stands beside the way is named, with why and what lifts it. */
export function cohortLines(model: StatusModel, { paint, width, command }: ScreenOptions): string[] {
  const { cohorts, agents } = model;
  if (cohorts.length === 0) return [];
  const groups = new Set(cohorts.map((c) => c.group)).size;
  const modes = (['provisioning', 'shadow', 'live', 'paused', 'halted', 'terminated'] as const)
    .filter((m) => agents[m] > 0)
    .map((m) => `${number(agents[m])} ${m}`);
  const head = `${paint.bold('  COHORTS')}  ${cut(`${cohorts.length} in ${plural(groups, 'group')}, ${plural(agents.total, 'agent')}: ${modes.join(', ') || 'none yet'}`, width - 12)}`;
  const order: (CohortPhase | null)[] = [null, ...COHORT_PHASES, ...BESIDE];
  const lines = order.flatMap((phase) => {
    const members = cohorts.filter((c) => c.phase === phase);
    if (members.length === 0) return [];
    const count = members.reduce((sum, c) => sum + c.agents, 0);
    const beside = phase !== null && BESIDE.includes(phase);
    const colour = beside ? paint.warn : phase === 'live' || phase === 'handed-over' ? paint.good : paint.accent;
    const ramp =
      phase === 'ramping'
        ? `, ${Math.round(members.reduce((sum, c) => sum + c.livePercent * c.agents, 0) / Math.max(1, count))} % live`
        : '';
    return [
      `  ${left(phase ?? 'planned', 14)}${colour(bar(members.length / cohorts.length, BAR))}  ${String(members.length).padStart(4)}  ${plural(count, 'agent')}${ramp}`,
    ];
  });
  return [head, ...lines, ...beside(cohorts, { paint, width, command })];
}

const MOST_NAMED = 8;

function beside(cohorts: readonly CohortView[], { paint, width, command }: ScreenOptions): string[] {
  const aside = cohorts.filter((c) => c.phase !== null && BESIDE.includes(c.phase));
  const lines = aside.slice(0, MOST_NAMED).flatMap((c) => {
    const why = c.reason ?? (c.code === null ? '' : FAILURES[c.code].sentence);
    const lift = c.liftedBy === null ? '' : ` → ${c.liftedBy}`;
    return bullet(paint.warn('⚠'), `${c.id} ${c.phase ?? ''}: ${why}${lift}`, width);
  });
  const rest = aside.length - MOST_NAMED;
  return rest > 0 ? [...lines, `    and ${rest} more: ${command(['status', '--cohorts'])}`] : lines;
}

/** A stop that stands is told by itself. */
export function holdLines({ holds: all, facts }: StatusModel, { paint, width, command }: ScreenOptions): string[] {
  const holds = all.filter((h) => h.kind === 'hold');
  if (holds.length === 0) return [];
  const lines = holds.flatMap((h) => [
    `  ${paint.warn('▪')} ${cut(`${scopeWords(h.scope)}, at most ${h.ceiling}: ${h.why} (${h.by}, ${span(facts.nowMs - Date.parse(h.at))} ago)`, width - 4)}`,
    paint.dim(`      ${ROLE_TITLES[h.releasedBy]} may release it: ${command(['release', h.holdId])}`),
  ]);
  return [paint.bold('  HOLDS'), ...lines];
}

export function taskLines({ tasks, watchItems, facts }: StatusModel, { paint, width }: ScreenOptions): string[] {
  const open = tasks.flatMap((t) => {
    const about = t.cohort === null || t.sentence.includes(t.cohort) ? '' : `${t.cohort}: `;
    const since = `(${span(facts.nowMs - Date.parse(t.at))} ago)`;
    return [
      ...bullet(paint.bad('■'), `${ROLE_TITLES[t.owner]}: ${about}${t.sentence} ${since}`, width),
      ...clip(t.next, width - 6).map((line) => paint.dim(`      ${line}`)),
    ];
  });
  const watched = watchItems.map((w) => `  ${paint.warn('◦')} ${cut(`${w.id} ${w.text} (${ROLE_TITLES[w.owner]})`, width - 4)}`);
  return [
    ...(open.length > 0 ? [paint.bold('  OPEN TASKS'), ...open] : []),
    ...(open.length > 0 && watched.length > 0 ? [''] : []),
    ...(watched.length > 0 ? [paint.bold('  WATCH ITEMS'), ...watched] : []),
  ];
}

/** A sentence of two lines at most, behind its sign. */
const bullet = (sign: string, text: string, width: number): string[] =>
  clip(text, width - 4).map((line, i) => `  ${i === 0 ? sign : ' '} ${line}`);
