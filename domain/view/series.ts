export interface AgentCounts {
  total: number;
  /** Not yet running. */
  provisioning: number;
  shadow: number;
  live: number;
  paused: number;
  halted: number;
  terminated: number;
}

/** Bounded: when a series is full, every second point goes and the buckets become twice as wide. */
export interface Series<P> {
  bucketHours: number;
  /** Number of the bucket that the last point stands for, counted in clock time without re-baselines. */
  lastBucket: number | null;
  points: ({ planHours: number } & P)[];
}

export interface SeriesView {
  /** Agents by state over plan time, at the end of each bucket; empty before the clock starts. */
  agents: Series<AgentCounts>;
  /** Credentials minted over plan time; the rate is the slope. */
  minted: Series<{ minted: number }>;
}
