import { LEVELS, type BusinessFunction, type Level } from '../../domain/manifest/manifest.ts';
import type { ManifestText } from '../../domain/manifest/manifest.schema.ts';
import type { Shape } from '../../domain/mode.ts';
import { SHAPE_OUTPUT, SHAPE_VOLUME, TEMPLATES, TWISTS, type Template } from './catalogue.ts';
import type { Organisation } from './organisation.ts';
import type { Random } from './random.ts';

/** A cohort before its agents know their managers. */
export interface CohortDraft {
  name: string;
  origin: { template: string } | { variant: string };
  template: Template;
  level: Level;
  agents: number;
}

/** Production twice: most work is drafts that a manager approves. */
const SHAPE_ROUND: readonly Shape[] = ['research', 'production', 'coordination', 'production'];
/** Agents help those who do the work; few help a vice president. */
const LEVEL_WEIGHTS: Record<Level, number> = { ic: 40, 'senior-ic': 25, lead: 14, manager: 10, director: 6, vp: 3, executive: 2 };
const levels = LEVELS.map((level) => ({ item: level, weight: LEVEL_WEIGHTS[level] }));

const FEWEST_STOCK = 25;
const MOST_VARIANTS = 200;

/** How many cohorts run a stock template; the others run variants of their own, 200 at most. */
export function stockCohorts(cohorts: number): number {
  const wanted =
    cohorts < 2 * FEWEST_STOCK
      ? Math.ceil(cohorts / 2)
      : Math.min(TEMPLATES.length, Math.max(FEWEST_STOCK, Math.round(cohorts / 5)));
  return Math.max(wanted, cohorts - MOST_VARIANTS);
}

export function draftCohorts(random: Random, options: { customer: string; cohorts: number; agents: number }): CohortDraft[] {
  const { customer, cohorts, agents } = options;
  const stock = stockCohorts(cohorts);
  const byShape = Object.fromEntries(
    (['research', 'production', 'coordination'] as const).map((shape) => [
      shape,
      random.shuffled(TEMPLATES.filter((t) => t.shape === shape)),
    ]),
  ) as Record<Shape, Template[]>;
  const sizes = splitAgents(random, agents, cohorts);
  const names = new Set<string>();
  const drawn: Record<Shape, number> = { research: 0, production: 0, coordination: 0 };

  return sizes.map((size, i) => {
    const shape = SHAPE_ROUND[i % SHAPE_ROUND.length] ?? 'production';
    const template = byShape[shape][drawn[shape]++ % byShape[shape].length] ?? random.pick(TEMPLATES);
    for (let attempt = 0; ; attempt += 1) {
      const level = random.weighted(levels);
      const twist = i < stock ? undefined : random.pick(TWISTS);
      const number = attempt < 20 ? '' : `-${attempt}`;
      const name = `${template.function}-${level}-${shape}-${template.role}${twist === undefined ? '' : `-${twist}`}${number}`;
      if (names.has(name)) continue;
      names.add(name);
      const stem = `${template.function}-${template.role}`;
      const origin =
        twist === undefined ? { template: stem } : { variant: `${customer}-${stem}-${level}-${twist}${number}`.slice(0, 63) };
      return { name, origin, template, level, agents: size };
    }
  });
}

/** Sizes that differ as in life (up to about one to six) and add up exactly. */
function splitAgents(random: Random, agents: number, cohorts: number): number[] {
  if (cohorts < 1 || agents < cohorts) throw new RangeError(`${agents} agents do not fill ${cohorts} cohorts`);
  const weights = Array.from({ length: cohorts }, () => 0.3 + 1.7 * random.next());
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const spare = agents - cohorts;
  const sizes = weights.map((weight) => 1 + Math.floor((spare * weight) / total));
  const rest = agents - sizes.reduce((sum, size) => sum + size, 0);
  return sizes.map((size, i) => (i < rest ? size + 1 : size));
}

/** The manifest as Atlas writes it. Agents report to their function's managers in turn. */
export function manifestText(
  draft: CohortDraft,
  organisation: Organisation,
  random: Random,
  nextManager: (fn: BusinessFunction) => string,
): ManifestText {
  const { template, level, name } = draft;
  const { calls, writes } = SHAPE_VOLUME[template.shape];
  const callsPerHour = random.between(...calls);
  const ids = Array.from({ length: draft.agents }, (_, i) => `${name}-${String(i + 1).padStart(4, '0')}`);
  const dollarsPerCall = 0.015 + random.next() * 0.02;
  return {
    apiVersion: 'golive/v1',
    kind: 'Cohort',
    name,
    ...draft.origin,
    function: template.function,
    level,
    shape: template.shape,
    connectors: template.connectors,
    expected: { calls_per_hour: callsPerHour, writes_per_hour: random.between(...writes) },
    // For a month of 720 hours, as finance plans it.
    budget_dollars: Math.ceil((draft.agents * callsPerHour * 720 * dollarsPerCall) / 100) * 100,
    fallback_owner: organisation.heads[template.function].email,
    on_call: random.pick(organisation.managers[template.function]).email,
    output_schema: {
      type: 'object',
      properties: { summary: { type: 'string' }, ...SHAPE_OUTPUT[template.shape] },
      required: ['summary', ...Object.keys(SHAPE_OUTPUT[template.shape])],
    },
    example_request: {
      task: template.role,
      subject: `${template.connectors[0] ?? 'work'}/example-${random.between(1000, 9999)}`,
      dry_run: true,
    },
    agents: ids.map((id) => ({ id, reporting_manager_email: nextManager(template.function) })),
  };
}
