import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Signer } from '../../clients/keys/port.ts';
import type { Store } from '../../clients/store/port.ts';
import type { CommitObserver } from './committer.ts';

export interface LogMetrics extends CommitObserver {
  registry: Registry;
  /** From a batch's arrival to the answer with its indexes. */
  added(seconds: number): void;
  commitFailed(): void;
  published(objects: number): void;
  publicationFailed(): void;
  witnessFailed(refused: boolean): void;
  foldFailed(): void;
  countedStore(store: Store): Store;
  countedSigner(signer: Signer): Signer;
}

/** Asked at each scrape. */
export interface LogNow {
  size: () => number;
  waiting: () => number;
  readers: () => number;
  publishedSize: () => number;
  /** Undefined without a witness. */
  witnessLagMs: () => number | undefined;
  halted: () => boolean;
}

export function createMetrics(now: LogNow): LogMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]): Counter<L> =>
    new Counter({ name, help, labelNames, registers });
  const entries = counter('golive_log_entries_total', 'Entries committed by this process');
  const commits = counter('golive_log_commits_total', 'Batches committed by this process');
  const signatures = counter('golive_log_signatures_total', "Signatures made with the log's key");
  const duplicates = counter('golive_log_duplicates_total', 'Entries handed in again');
  const failures = counter('golive_log_put_failures_total', 'Steps of a commit that failed and were repeated');
  const puts = counter('golive_log_puts_total', 'Requests to S3 that store an object', 'object');
  const objects = counter('golive_log_published_objects_total', 'Tiles, bundles and copies of checkpoints that were stored');
  const publishFailures = counter('golive_log_publish_failures_total', 'Publications that failed and were repeated');
  const witnessFailures = counter(
    'golive_log_witness_failures_total',
    'Requests that the witness did not cosign; "refused" is another history of the log, an incident',
    'kind',
  );
  const foldErrors = counter('golive_log_fold_errors_total', 'Entries that the fold could not read');
  const addTime = new Histogram({
    name: 'golive_log_add_seconds',
    help: 'Time until POST /add was answered with indexes',
    buckets: [0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 2.5, 5, 10],
    registers,
  });
  const commitTime = new Histogram({
    name: 'golive_log_put_seconds',
    help: 'Time until a batch was committed, repetitions included',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
    registers,
  });
  const gauge = (name: string, help: string, value: () => number | undefined): Gauge =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        const is = value();
        if (is !== undefined) this.set(is);
      },
    });
  gauge('golive_log_size', 'Entries in the log', now.size);
  gauge('golive_log_queue', 'Entries that wait for a commit', now.waiting);
  gauge('golive_log_feed_readers', 'Open feeds', now.readers);
  gauge('golive_log_published_size', 'Entries that anybody can verify', now.publishedSize);
  gauge('golive_log_halted', 'Whether the log takes nothing any more (1): a person has to look', () => Number(now.halted()));
  gauge('golive_log_witness_lag_seconds', "Time since the witness's last cosignature", () => {
    const lag = now.witnessLagMs();
    return lag === undefined ? undefined : lag / 1000;
  });
  return {
    registry,
    added: (seconds) => addTime.observe(seconds),
    committed: (count, seconds) => (entries.inc(count), commits.inc(), commitTime.observe(seconds)),
    duplicates: (count) => duplicates.inc(count),
    commitFailed: () => failures.inc(),
    published: (count) => objects.inc(count),
    publicationFailed: () => publishFailures.inc(),
    witnessFailed: (refused) => witnessFailures.inc({ kind: refused ? 'refused' : 'away' }),
    foldFailed: () => foldErrors.inc(),
    countedStore: (store) => ({
      ...store,
      put: (key, ...rest) => (puts.inc({ object: objectOf(key) }), store.put(key, ...rest)),
    }),
    countedSigner: (signer) => ({ ...signer, sign: (bytes) => (signatures.inc(), signer.sign(bytes)) }),
  };
}

/** `tile`, `checkpoints`, `checkpoint`, `staging` or `lock`: what follows the last `log/`. */
const objectOf = (key: string): string => /(?:^|\/)log\/(tile|checkpoints|checkpoint|staging|lock)\b/.exec(key)?.[1] ?? 'other';
