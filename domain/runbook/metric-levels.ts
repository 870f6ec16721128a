export interface MetricLevels {
  target: number;
  /** A ramp step may follow only below this; null where the runbook names none and `warning` decides. */
  go: number | null;
  warning: number;
  critical: number;
}

/** Levels are reached at the number itself: an error rate of exactly 0.5 % is a warning. Rates are shares of 1, latencies milliseconds. */
export const METRIC_LEVELS = {
  errorRate: { target: 0.001, go: 0.001, warning: 0.005, critical: 0.01 },
  p95Ms: { target: 100, go: 200, warning: 200, critical: 500 },
  p99Ms: { target: 200, go: null, warning: 500, critical: 1000 },
} as const satisfies Record<string, MetricLevels>;

export type Metric = keyof typeof METRIC_LEVELS;
