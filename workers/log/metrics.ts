import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { CommitObserver } from './committer.ts';

export interface LogMetrics extends CommitObserver {
  registry: Registry;
  foldFailed(): void;
}

export function createMetrics(now: { size: () => number; waiting: () => number; readers: () => number }): LogMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const entries = new Counter({ name: 'golive_log_entries_total', help: 'Entries committed by this process', registers });
  const commits = new Counter({ name: 'golive_log_commits_total', help: 'Objects put by this process', registers });
  const duplicates = new Counter({ name: 'golive_log_duplicates_total', help: 'Entries handed in again', registers });
  const failures = new Counter({ name: 'golive_log_put_failures_total', help: 'Puts that failed and were repeated', registers });
  const foldErrors = new Counter({
    name: 'golive_log_fold_errors_total',
    help: 'Entries that the fold could not read',
    registers,
  });
  const put = new Histogram({
    name: 'golive_log_put_seconds',
    help: 'Time until a commit was stored, repetitions included',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
    registers,
  });
  const gauge = (name: string, help: string, value: () => number): Gauge =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  gauge('golive_log_size', 'Entries in the log', now.size);
  gauge('golive_log_queue', 'Entries that wait for a commit', now.waiting);
  gauge('golive_log_feed_readers', 'Open feeds', now.readers);
  return {
    registry,
    committed: (count, seconds) => (entries.inc(count), commits.inc(), put.observe(seconds)),
    duplicates: (count) => duplicates.inc(count),
    putFailed: () => failures.inc(),
    foldFailed: () => foldErrors.inc(),
  };
}
