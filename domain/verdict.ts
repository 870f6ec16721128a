import { METRIC_LEVELS, type Metric } from './runbook/metric-levels.ts';

/** Only `pass` moves forward. `inconclusive`: too few samples yet. `error`: the measurement broke. `no-data`: nothing to measure. */
export const VERDICT_VALUES = ['pass', 'fail', 'inconclusive', 'error', 'no-data'] as const;
export type VerdictValue = (typeof VERDICT_VALUES)[number];

export interface StabilityInput {
  /** Calls in the window. */
  samples: number;
  minimumSamples: number;
  /** Errors ÷ calls, a share of 1. Null: not measured. */
  errorRate: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
  /** Holds that stand on what is judged, in words. */
  openHolds?: readonly string[];
  /** Alerts that are open, in words. */
  openAlerts?: readonly string[];
  /** Why the measurement itself cannot be trusted. */
  broken?: string;
}

export interface StabilityVerdict {
  verdict: VerdictValue;
  /** In operator's words; empty only for a pass. */
  reasons: string[];
}

/**
 * May it go on to the next step? Judged in this order, the first that applies:
 * error (the measurement broke, or a number is missing or impossible although there were calls) → no-data (no call at all)
 * → fail (an open hold or alert; with enough samples, a level at or above `go`, or above `warning` where there is no `go`)
 * → inconclusive (fewer calls than the minimum) → pass.
 * A single failed call among few is no failure yet: too few samples never fail a level, and never pass one.
 * @example 1,000 calls, error rate 0, p95 150 ms, p99 300 ms: pass
 * @example 1,000 calls, error rate 0.002: fail, "error rate 0.2 % is not below 0.1 %"
 */
export const judgeStability = (input: StabilityInput): StabilityVerdict => {
  const broken = brokenBecause(input);
  if (broken !== null) return { verdict: 'error', reasons: [broken] };
  const open = [...(input.openHolds ?? []).map((h) => `hold: ${h}`), ...(input.openAlerts ?? []).map((a) => `alert: ${a}`)];
  if (input.samples === 0) return { verdict: 'no-data', reasons: ['no calls in the window', ...open] };
  const enough = input.samples >= input.minimumSamples;
  const over = enough ? METRICS.flatMap((metric) => tooHigh(metric, input[metric])) : [];
  if (open.length + over.length > 0) return { verdict: 'fail', reasons: [...over, ...open] };
  if (!enough) return { verdict: 'inconclusive', reasons: [`${input.samples} calls, ${input.minimumSamples} are needed`] };
  return { verdict: 'pass', reasons: [] };
};

/** Calls per latency bucket: `counts[i]` lie above `upperBoundsMs[i - 1]` and up to `upperBoundsMs[i]`; the last count is open. */
export interface Histogram {
  upperBoundsMs: readonly number[];
  counts: readonly number[];
}

/**
 * The latency below which a share of the calls stays, interpolated inside its bucket; null without calls.
 * In the open bucket it is the highest bound, so that bound must lie at or above every level that is judged (it fails them all).
 * percentile = low + (high − low) × (share × calls − calls below) ÷ calls in the bucket
 * @example bounds [100, 200], counts [90, 10, 0]: p95 is 150
 */
export const percentile = ({ upperBoundsMs, counts }: Histogram, share: number): number | null => {
  const calls = counts.reduce((sum, n) => sum + n, 0);
  if (calls === 0) return null;
  const rank = share * calls;
  let below = 0;
  for (const [i, high] of upperBoundsMs.entries()) {
    const inBucket = counts[i] ?? 0;
    if (inBucket > 0 && below + inBucket >= rank) {
      const low = upperBoundsMs[i - 1] ?? 0;
      return low + (high - low) * Math.max(0, (rank - below) / inBucket);
    }
    below += inBucket;
  }
  return upperBoundsMs.at(-1) ?? null;
};

/** Several windows or cohorts as one; all must have the same buckets. */
export const sumHistograms = (histograms: readonly Histogram[]): Histogram => ({
  upperBoundsMs: histograms[0]?.upperBoundsMs ?? [],
  counts: (histograms[0]?.counts ?? []).map((_, i) => histograms.reduce((sum, h) => sum + (h.counts[i] ?? 0), 0)),
});

const METRICS = ['errorRate', 'p95Ms', 'p99Ms'] as const satisfies readonly Metric[];
const NAMES: Record<Metric, string> = { errorRate: 'error rate', p95Ms: 'p95', p99Ms: 'p99' };

const show = (metric: Metric, value: number): string =>
  metric === 'errorRate' ? `${Number((value * 100).toFixed(3))} %` : `${Math.round(value)} ms`;

const tooHigh = (metric: Metric, value: number | null): string[] => {
  const { go, warning } = METRIC_LEVELS[metric];
  const limit = go ?? warning;
  return value !== null && value >= limit ? [`${NAMES[metric]} ${show(metric, value)} is not below ${show(metric, limit)}`] : [];
};

const brokenBecause = (input: StabilityInput): string | null => {
  if (input.broken !== undefined) return input.broken;
  if (!Number.isInteger(input.samples) || input.samples < 0) return `the number of calls is ${input.samples}`;
  if (input.samples === 0) return null;
  for (const metric of METRICS) {
    const value = input[metric];
    if (value === null) return `${NAMES[metric]} was not measured although there were calls`;
    if (!Number.isFinite(value) || value < 0 || (metric === 'errorRate' && value > 1))
      return `${NAMES[metric]} of ${value} is impossible`;
  }
  return null;
};
