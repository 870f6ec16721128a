import type { PlannedCohort } from '../entry.ts';
import { FUNCTIONS, groupOf, LEVELS, type BusinessFunction, type Level, type Manifest } from '../manifest/manifest.ts';
import { SHAPES, type Shape } from '../mode.ts';
import { forecastMinting, type MintForecast } from './mint-forecast.ts';
import type { VerifiedSet } from './verified-set.ts';

export interface PlannedGroup {
  id: string;
  function: BusinessFunction;
  level: Level;
  cohorts: string[];
  agents: number;
  shapes: Shape[];
}

export interface PlannedWave {
  shape: Shape;
  cohorts: string[];
  agents: number;
}

/** One of the 84 cells function × level, with the number of cohorts in each of its three shapes. */
export interface MatrixCell {
  function: BusinessFunction;
  level: Level;
  cohorts: Record<Shape, number>;
}

export interface Plan {
  manifestSetDigest: string;
  agents: number;
  /** Distinct reporting managers. */
  managers: number;
  /** In the order of the runbook: research, production, coordination; then by name. */
  cohorts: PlannedCohort[];
  groups: PlannedGroup[];
  waves: PlannedWave[];
  matrix: MatrixCell[];
  /** Cells with a cohort, of the 252. */
  filledCells: number;
  templates: number;
  variants: number;
  connectors: string[];
  budgetDollars: number;
  minting: MintForecast;
}

/** What will be done with a set, before anything is. The same set gives the same plan, on every machine. */
export function planSet(set: VerifiedSet, mintLimitPerHour: number | null): Plan {
  const manifests = [...set.manifests].sort(inRunbookOrder);
  const agents = sum(manifests.map((m) => m.agents.length));
  const matrix = matrixOf(manifests);
  return {
    manifestSetDigest: set.digest,
    agents,
    managers: new Set(manifests.flatMap((m) => m.agents.map((agent) => agent.managerEmail))).size,
    cohorts: manifests.map((m) => ({ id: m.name, group: m.group, shape: m.shape, agents: m.agents.length })),
    groups: groupsOf(manifests),
    waves: SHAPES.map((shape) => waveOf(shape, manifests)).filter((wave) => wave.cohorts.length > 0),
    matrix,
    filledCells: sum(matrix.map((cell) => SHAPES.filter((shape) => cell.cohorts[shape] > 0).length)),
    templates: originsOf(manifests, 'template'),
    variants: originsOf(manifests, 'variant'),
    connectors: [...new Set(manifests.flatMap((m) => m.connectors))].sort(),
    budgetDollars: sum(manifests.map((m) => m.budgetDollars)),
    minting: forecastMinting(agents, mintLimitPerHour),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

function inRunbookOrder(a: Manifest, b: Manifest): number {
  return SHAPES.indexOf(a.shape) - SHAPES.indexOf(b.shape) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}

function waveOf(shape: Shape, manifests: readonly Manifest[]): PlannedWave {
  const members = manifests.filter((m) => m.shape === shape);
  return { shape, cohorts: members.map((m) => m.name), agents: sum(members.map((m) => m.agents.length)) };
}

/** Groups in the order of the matrix, so that an executive reads them as the organisation is drawn. */
function groupsOf(manifests: readonly Manifest[]): PlannedGroup[] {
  return FUNCTIONS.flatMap((fn) =>
    LEVELS.flatMap((level) => {
      const id = groupOf(fn, level);
      const members = manifests.filter((m) => m.group === id);
      if (members.length === 0) return [];
      return [
        {
          id,
          function: fn,
          level,
          cohorts: members.map((m) => m.name),
          agents: sum(members.map((m) => m.agents.length)),
          shapes: SHAPES.filter((shape) => members.some((m) => m.shape === shape)),
        },
      ];
    }),
  );
}

function matrixOf(manifests: readonly Manifest[]): MatrixCell[] {
  const count = (fn: BusinessFunction, level: Level, shape: Shape): number =>
    manifests.filter((m) => m.function === fn && m.level === level && m.shape === shape).length;
  return FUNCTIONS.flatMap((fn) =>
    LEVELS.map((level) => ({
      function: fn,
      level,
      cohorts: {
        research: count(fn, level, 'research'),
        production: count(fn, level, 'production'),
        coordination: count(fn, level, 'coordination'),
      },
    })),
  );
}

const originsOf = (manifests: readonly Manifest[], kind: 'template' | 'variant'): number =>
  new Set(manifests.flatMap((m) => (m.origin.kind === kind ? [m.origin.name] : []))).size;
