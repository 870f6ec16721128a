import { number, plural } from '../../../../domain/describe/words.ts';
import { FUNCTIONS, groupOf, LEVELS } from '../../../../domain/manifest/manifest.ts';
import { STANDING_WORDS } from '../../../../domain/report/headline.ts';
import type { ReportCohort } from '../../../../domain/report/cohorts.ts';
import { STANDINGS } from '../../../../domain/report/standing.ts';
import type { AgentCounts } from '../../../../domain/view.ts';
import { markup, type Markup, type Part } from '../markup.ts';
import { INK, MUTED, RULE, STANDING_COLOURS, STATE_COLOURS } from '../style.ts';
import { STATES } from './series.ts';

const WIDTH = 1040;
const LEFT = 104;
const SQUARE = 13;
const GAP = 3;
const PAD = 8;

/**
 * Every cohort as one square, in its function's row and its level's column: at 250 cohorts still one glance. Squares of one
 * cell stand in the order of the plan; a cohort of another company's words goes into the last row.
 */
export function cohortMatrix(cohorts: readonly ReportCohort[]): Markup {
  const cells = new Map<string, ReportCohort[]>();
  for (const c of cohorts) cells.set(c.group, [...(cells.get(c.group) ?? []), c]);
  const known = new Set(FUNCTIONS.flatMap((fn) => LEVELS.map((level) => groupOf(fn, level))));
  const levels = LEVELS.filter((level) => FUNCTIONS.some((fn) => cells.has(groupOf(fn, level))));
  const functions = FUNCTIONS.filter((fn) => LEVELS.some((level) => cells.has(groupOf(fn, level))));
  const others = cohorts.filter((c) => !known.has(c.group));
  const column = (WIDTH - LEFT) / Math.max(1, levels.length);
  const perLine = Math.max(1, Math.floor((column - PAD * 2 + GAP) / (SQUARE + GAP)));

  const parts: Part[] = levels.map(
    (level, i) => markup`<text x="${LEFT + i * column + PAD}" y="14" font-size="12" fill="${MUTED}">${level}</text>`,
  );
  let y = 24;
  const line = (name: string, of: readonly (readonly ReportCohort[])[], most: number): void => {
    const lines = Math.max(1, ...of.map((members) => Math.ceil(members.length / most)));
    const height = lines * (SQUARE + GAP) - GAP + PAD * 2;
    parts.push(
      markup`<line x1="0" x2="${WIDTH}" y1="${y}" y2="${y}" stroke="${RULE}" /><text x="0" y="${y + PAD + 11}" font-size="12.5" fill="${INK}">${name}</text>`,
    );
    of.forEach((members, i) => parts.push(squares(members, LEFT + i * column + PAD, y + PAD, most)));
    y += height;
  };
  for (const fn of functions) {
    line(
      fn,
      levels.map((level) => cells.get(groupOf(fn, level)) ?? []),
      perLine,
    );
  }
  if (others.length > 0) line('others', [others], Math.floor((WIDTH - LEFT - PAD) / (SQUARE + GAP)));
  return markup`<svg viewBox="0 0 ${WIDTH} ${y + 1}" role="img" aria-labelledby="matrix-title">
    <title id="matrix-title">${plural(cohorts.length, 'cohort')} by function and level: ${standings(cohorts)}. The table below has the same in text.</title>
    ${parts}
  </svg>`;
}

const squares = (members: readonly ReportCohort[], left: number, top: number, perLine: number): Part =>
  members.map((c, i) => {
    const x = Math.round((left + (i % perLine) * (SQUARE + GAP)) * 10) / 10;
    const y = top + Math.floor(i / perLine) * (SQUARE + GAP);
    return markup`<rect x="${x}" y="${y}" width="${SQUARE}" height="${SQUARE}" rx="2" fill="${STANDING_COLOURS[c.standing]}"><title>${c.id}: ${plural(c.agents, 'agent')}, ${STANDING_WORDS[c.standing]}</title></rect>`;
  });

const shown = (cohorts: readonly ReportCohort[]) =>
  STANDINGS.map((standing) => ({ standing, n: cohorts.filter((c) => c.standing === standing).length })).filter(({ n }) => n > 0);

const standings = (cohorts: readonly ReportCohort[]): string =>
  shown(cohorts)
    .map(({ standing, n }) => `${n} ${STANDING_WORDS[standing]}`)
    .join(', ');

export const standingKey = (cohorts: readonly ReportCohort[]): Markup =>
  markup`<ul class="key">${shown(cohorts).map(({ standing, n }) => markup`<li><i style="background:${STANDING_COLOURS[standing]}"></i>${STANDING_WORDS[standing]} <b>${number(n)}</b></li>`)}</ul>`;

/** All agents as one bar. */
export function agentsBar(agents: AgentCounts): Markup {
  let x = 0;
  const parts = STATES.filter((state) => agents[state] > 0).map((state) => {
    const width = Math.round((10 * WIDTH * agents[state]) / Math.max(1, agents.total)) / 10;
    const rect = markup`<rect x="${x}" y="0" width="${Math.max(1, width - 1.5)}" height="14" fill="${STATE_COLOURS[state]}"><title>${number(agents[state])} ${state}</title></rect>`;
    x = Math.round((x + width) * 10) / 10;
    return rect;
  });
  return markup`<svg viewBox="0 0 ${WIDTH} 14" role="img" aria-labelledby="agents-bar-title"><title id="agents-bar-title">Agents by state</title>${parts}</svg>`;
}

/** The states that there are now, and those of `before`: a chart over time shows more than its end. */
export const agentsKey = (agents: AgentCounts, before: readonly AgentCounts[] = []): Markup =>
  markup`<ul class="key">${STATES.filter((state) => [agents, ...before].some((a) => a[state] > 0)).map((state) => markup`<li><i style="background:${STATE_COLOURS[state]}"></i>${state} <b>${number(agents[state])}</b></li>`)}</ul>`;
