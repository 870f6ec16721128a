import type { DeploymentLimits } from '../../deployment-file.ts';

/** Rows of the stopping table that golive itself watches, worst first: what a worse row stops, a milder one leaves alone. */
export const WATCHED_ROWS = [
  'audit-integrity',
  'wrong-identity',
  'manifest-drift',
  'connector-outage',
  'critical-level',
  'write-rate',
  'warning-level',
  'volume-off',
] as const;
export type WatchedRow = (typeof WATCHED_ROWS)[number];

/** What is looked at, row by row: each of them alone makes its row fire. */
export const MEASURES = {
  'audit-integrity': ['log'],
  'wrong-identity': ['identity'],
  'manifest-drift': ['manifest'],
  'connector-outage': ['connector'],
  'critical-level': ['error rate', 'p95', 'p99', 'health checks'],
  'write-rate': ['write rate'],
  'warning-level': ['error rate', 'p95', 'p99'],
  'volume-off': ['call volume', 'verdicts'],
} as const satisfies Record<WatchedRow, readonly string[]>;
export type Measure = (typeof MEASURES)[WatchedRow][number];

/** So many odd events make a rate; fewer are chance, whatever their share of the calls. */
export const LEAST_EVENTS = 5;
/** How far from what was to be expected chance takes a count, in standard deviations: a watch looks very often. */
const CHANCE = 4;
/**
 * Counts spread with their own size; their roots do not, so that few events are measured as many are. `atOnce`: of what comes
 * in handfuls, a handful counts as one.
 * @example byChance(29, 11) // false · byChance(29, 11, 3) // true
 */
export const byChance = (count: number, expected: number, atOnce = 1): boolean =>
  2 * Math.abs(Math.sqrt(count / atOnce) - Math.sqrt(expected / atOnce)) <= CHANCE;
/** Writes that a manager approves are committed when somebody sits down to the queue: so many at once. */
export const APPROVED_AT_ONCE = 3;
/** Warned, denied and failed verdicts: so many times their usual share, and at least this share of the calls, is a spike. */
export const SPIKE = { times: 3, share: 0.02 } as const;
/** Half of all calls to a connector fail: it does not answer. */
export const CONNECTOR_FAILS = 0.5;
/** What has fired is calm again only this far below what fires, so that nothing flaps around its threshold. */
export const CALM = 0.8;

export interface Level {
  name: 'error rate' | 'p95' | 'p99';
  /** A share of the calls: that fail, or that take longer than `slowerThan` ms. */
  share: number;
  slowerThan: number | null;
}

type Limits = Pick<
  DeploymentLimits,
  'criticalErrorRate' | 'criticalP95Ms' | 'criticalP99Ms' | 'warningErrorRate' | 'warningP95Ms' | 'warningP99Ms'
>;

/** A latency at its level is a share of calls that are slower than it: p95 ≥ 500 ms says that 5 % take longer. */
export const criticalLevels = (limits: Limits): Level[] => [
  { name: 'error rate', share: limits.criticalErrorRate, slowerThan: null },
  { name: 'p95', share: 0.05, slowerThan: limits.criticalP95Ms },
  { name: 'p99', share: 0.01, slowerThan: limits.criticalP99Ms },
];

export const warningLevels = (limits: Limits): Level[] => [
  { name: 'error rate', share: limits.warningErrorRate, slowerThan: null },
  { name: 'p95', share: 0.05, slowerThan: limits.warningP95Ms },
  { name: 'p99', share: 0.01, slowerThan: limits.warningP99Ms },
];
