import { formatT } from '../../../domain/clock.ts';
import { number, plural } from '../../../domain/describe/words.ts';
import { FUNCTIONS, LEVELS } from '../../../domain/manifest/manifest.ts';
import { SHAPES } from '../../../domain/mode.ts';
import { ROLE_TITLES } from '../../../domain/roles.ts';
import { WAVES } from '../../../domain/runbook/waves.ts';
import type { Plan } from '../../../domain/set/plan.ts';
import { placeOf, type Problem } from '../../../domain/set/problem.ts';
import type { VerifiedSet } from '../../../domain/set/verified-set.ts';
import { bar, left, right, wrap, type Paint } from '../paint.ts';

interface Look {
  paint: Paint;
  width: number;
}

/** What would be done, before anything is: the set, its cells, groups, waves, minting. */
export function planPicture(plan: Plan, set: VerifiedSet, look: Look): string[] {
  const { paint } = look;
  const approvals = set.approvals.map((a) => `${ROLE_TITLES[a.role]} (${a.person})`);
  return [
    `${paint.bold(`${set.customer}/${set.deployment}`)}  ${plural(plan.agents, 'agent')} in ${plural(plan.cohorts.length, 'cohort')} and ${plural(plan.groups.length, 'group')}, for ${plural(plan.managers, 'manager')}`,
    `set ${set.digest.slice(0, 23)}… version ${set.version}, frozen ${set.frozenAt.slice(0, 10)} by ${set.signer.person}`,
    `${plural(plan.templates, 'template')}, ${plural(plan.variants, 'variant')}; connectors: ${plan.connectors.join(', ')}; budget $${number(Math.round(plan.budgetDollars))}`,
    approvals.length > 0
      ? `approved in the set by ${approvals.join(', ')}`
      : paint.dim('no approval lies in the set; approvals by golive approve set stand in the log'),
    '',
    ...matrix(plan, look),
    '',
    ...waves(plan, look),
    '',
    ...groups(plan, look),
    '',
    ...minting(plan, look),
  ].flatMap((line) => (line.includes('\u001b') ? [line] : wrapped(line, look.width)));
}

/** Only prose is broken; a picture keeps its lines. */
const wrapped = (line: string, width: number): string[] =>
  line.length <= width || line.startsWith('  ') ? [line] : wrap(line, width);

const LEVEL_WIDTH = 9;
const SHORT_LEVELS: Partial<Record<string, string>> = { 'senior-ic': 'sr-ic', executive: 'exec' };

/** 12 functions by 7 levels, three signs a cell: how many cohorts of each shape. */
function matrix({ matrix: cells, filledCells }: Plan, { paint }: Look): string[] {
  const sign = (n: number): string => (n === 0 ? paint.dim('·') : n > 9 ? '+' : String(n));
  const name = Math.max(...FUNCTIONS.map((fn) => fn.length)) + 2;
  return [
    `${paint.bold('  CELLS')}  ${filledCells} of ${cells.length * SHAPES.length} filled ${paint.dim('(cohorts of research, production, coordination)')}`,
    paint.dim(
      `  ${' '.repeat(name)}${LEVELS.map((level) => left(SHORT_LEVELS[level] ?? level, LEVEL_WIDTH)).join('')}`.trimEnd(),
    ),
    ...FUNCTIONS.map((fn) => {
      const row = LEVELS.map((level) => {
        const cell = cells.find((c) => c.function === fn && c.level === level);
        return left(SHAPES.map((shape) => sign(cell?.cohorts[shape] ?? 0)).join(' '), LEVEL_WIDTH);
      });
      return `  ${left(fn, name)}${row.join('').trimEnd()}`;
    }),
  ];
}

function waves(plan: Plan, { paint }: Look): string[] {
  return [
    paint.bold('  WAVES'),
    ...plan.waves.map(
      (w) =>
        `  ${left(w.shape, 14)}${paint.accent(bar(w.agents / Math.max(1, plan.agents), 24))}  ${right(plural(w.cohorts.length, 'cohort'), 12)}, ${right(plural(w.agents, 'agent'), 14)}, from ${formatT(WAVES[w.shape].opensAt)}`,
    ),
  ];
}

function groups(plan: Plan, { paint, width }: Look): string[] {
  const cells = plan.groups.map(
    (g) =>
      `${left(g.id, Math.max(...plan.groups.map((one) => one.id.length)))} ${right(String(g.cohorts.length), 3)} ${right(number(g.agents), 6)}`,
  );
  const columns = Math.max(1, Math.floor((width - 2) / ((cells[0]?.length ?? 20) + 4)));
  const rows = Math.ceil(cells.length / columns);
  const line = (i: number): string =>
    `  ${Array.from({ length: columns }, (_, c) => cells[c * rows + i] ?? '')
      .join('    ')
      .trimEnd()}`;
  return [
    `${paint.bold('  GROUPS')}  ${paint.dim('signed for one by one: cohorts, agents')}`,
    ...Array.from({ length: rows }, (_, i) => line(i)),
  ];
}

function minting({ minting: m }: Plan, { paint, width }: Look): string[] {
  const limit = m.limitPerHour === null ? 'the platform names no limit' : `the platform allows ${number(m.limitPerHour)} an hour`;
  const line = `${plural(m.agents, 'credential')}; ${limit}: ${m.hours.toFixed(1)} h, done about ${formatT(m.doneAtHour)} (due T+12:00)`;
  return [
    paint.bold('  MINTING'),
    `  ${line}`,
    ...(m.warning === undefined ? [] : wrap(`⚠ ${m.warning}`, width - 2).map((text) => `  ${paint.warn(text)}`)),
  ];
}

/** `file:line  rule  next`, so that editors and people find the place. */
export function problemLines(problems: readonly Problem[], { paint, width }: Look): string[] {
  return problems.flatMap((p) => [
    `${paint.bad('✖')} ${paint.bold(placeOf(p))}  ${p.code}`,
    ...wrap(p.rule, width - 4).map((line) => `    ${line}`),
    ...(p.found === undefined
      ? []
      : wrap(`found ${p.found}${p.signed === undefined ? '' : `, signed ${p.signed}`}`, width - 4).map(
          (line) => `    ${paint.dim(line)}`,
        )),
    ...wrap(`→ ${p.next}`, width - 4).map((line) => `    ${line}`),
  ]);
}
