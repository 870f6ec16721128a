import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { setTimeout as sleep } from 'node:timers/promises';
import { MerkleTree } from '../../audit/tlog/merkle.ts';
import { verifierOf } from '../../audit/tlog/note.ts';
import { isClientError } from '../../clients/error.ts';
import type { Signer } from '../../clients/keys/port.ts';
import type { Store } from '../../clients/store/port.ts';
import { BatchWriter } from './batch-writer.ts';
import { Committer } from './committer.ts';
import type { LogConfig } from './config.ts';
import type { LogDamaged } from './damage.ts';
import { Feed } from './feed.ts';
import { Journal } from './journal.ts';
import { layoutOf, parseCopy } from './layout.ts';
import { loadLog, type LoadedLog } from './load.ts';
import { createMetrics, type LogMetrics } from './metrics.ts';
import { Publisher, type Published } from './publisher.ts';
import { createLogServer } from './server.ts';
import { Loader } from './stored-entry.ts';
import { Views } from './views.ts';
import { lastCosigned, Witnessing } from './witnessing.ts';

export interface LogProcess {
  app: FastifyInstance;
  /** Settles when what is stored disagrees with what this process knows; it takes nothing any more, and still answers readers. */
  halted: Promise<LogDamaged>;
  /** Commits and publishes what waits, then ends. */
  close(graceMs: number): Promise<void>;
}

export interface LogParts {
  audit: Store;
  work: Store;
  signer: Signer;
}

type Settings = Omit<LogConfig, 'port' | 'host' | 'createBucket' | 'logLevel' | 's3' | 'workS3' | 'key'> & {
  /** So many new entries do not wait for the interval. */
  publishAtEntries?: number;
};

const PUBLISH_AT_ENTRIES = 2_048;
const DAY_MS = 86_400_000;

/** Loads the log from its buckets and puts the parts together; the caller listens. */
export async function openLog(
  parts: LogParts,
  settings: Settings,
  logger: FastifyBaseLogger,
  signal?: AbortSignal,
): Promise<LogProcess> {
  const journal = new Journal();
  const feed = new Feed(journal);
  const tree = new MerkleTree();
  const log = verifierOf(settings.origin, 'log', parts.signer.publicKey);
  const layout = layoutOf(settings.prefix);
  let damage: LogDamaged | undefined;
  const metrics = createMetrics({
    size: () => journal.size,
    waiting: () => committer.waiting,
    readers: () => feed.readers,
    publishedSize: () => publisher.published?.checkpoint.size ?? 0,
    witnessLagMs: () => witnessing?.lagMs,
    halted: () => damage !== undefined,
  });
  const audit = metrics.countedStore(parts.audit);
  const work = metrics.countedStore(parts.work);
  const signer = metrics.countedSigner(parts.signer);
  const views = new Views((entry, index, error) => {
    metrics.foldFailed();
    logger.error({ err: error, index, kind: entry.kind }, 'An entry cannot be folded; the log holds it all the same');
  });

  const loader = new Loader(tree, journal, (entry, index) => views.apply(entry, index));
  const loaded = await loadLog({ audit, work, layout, log, signer }, loader, signal);
  const { witness } = settings;
  const witnessing =
    witness &&
    new Witnessing(
      witness,
      tree,
      await lastCosigned(audit, loaded.copies, { log, witness: witness.verifier }, signal),
      witnessObserver(metrics, logger),
    );

  let settle: (damage: LogDamaged) => void = () => {};
  const halted = new Promise<LogDamaged>((resolve) => (settle = resolve));
  const halt = (found: LogDamaged): void => {
    damage ??= found;
    committer.halt(found);
    publisher.halt();
    settle(found);
  };
  const onFailure = (error: unknown): void => {
    metrics.commitFailed();
    logger.warn({ err: error }, 'A commit is not done yet; writers wait');
  };
  const writer = new BatchWriter({ ...loaded, work, layout, tree, log, signer, onFailure });
  const publisher = new Publisher({
    ...{ audit, work, layout, tree, journal, log, witnessing, staged: loaded.staged, checkpoint: loaded.checkpoint },
    retention: () => settings.retention && { mode: settings.retention.mode, until: inDays(settings.retention.days) },
    published: publishedOf(loaded),
    head: () => writer.head,
    takeStaged: () => writer.takeStaged(),
    everyMs: settings.witnessEveryMs,
    atEntries: settings.publishAtEntries ?? PUBLISH_AT_ENTRIES,
    onPublished: (objects) => metrics.published(objects),
    onFailure: (error) => {
      metrics.publicationFailed();
      logger.warn({ err: error }, 'A publication failed; commits go on, and it is tried again');
    },
    onHalt: halt,
  });
  const committer = new Committer({
    ...settings,
    writer,
    journal,
    observe: metrics,
    onCommit: (entries, first) => {
      for (const [offset, entry] of entries.entries()) views.apply(entry, first + offset);
      feed.wake();
      publisher.committed();
    },
    onHalt: halt,
  });
  const app = createLogServer({
    ...{ ...settings, journal, tree, committer, writer, publisher, witnessing, views, feed, metrics, logger },
    head: () => writer.head,
    halted: () => damage,
    everyMs: settings.witnessEveryMs,
  });
  return {
    app,
    halted,
    close: async (graceMs) => {
      const until = Date.now() + graceMs;
      await committer.close(graceMs);
      await publisher.close(Math.max(0, until - Date.now()));
      feed.close();
      await app.close();
    },
  };
}

const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS);

function publishedOf({ published, copies }: LoadedLog): Published | undefined {
  if (!published) return undefined;
  const times = copies.map(parseCopy).map((copy) => (copy?.size === published.size ? copy.unixSeconds * 1000 : 0));
  return { checkpoint: published, at: Math.max(0, ...times) };
}

function witnessObserver(metrics: LogMetrics, logger: FastifyBaseLogger): ConstructorParameters<typeof Witnessing>[3] {
  let failing = false;
  return {
    cosigned: () => {
      if (failing) logger.info('The witness cosigns again');
      failing = false;
    },
    failed: ({ message, refused }, first) => {
      failing = true;
      metrics.witnessFailed(refused);
      if (!first) return;
      if (refused) logger.error({ reason: message }, 'The witness refuses this log: call the security lead, change nothing');
      else logger.warn({ reason: message }, 'The witness does not cosign; the log goes on without its line');
    },
  };
}

/** S3 may come up after us: that is no damage, and waiting is all there is to do. */
export async function untilStoreAnswers<T>(what: () => Promise<T>, logger: FastifyBaseLogger, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await what();
    } catch (error) {
      if (!isClientError(error, 'store_unreachable')) throw error;
      logger.warn({ err: error }, 'Waiting for S3');
      await sleep(1_000, undefined, { signal });
    }
  }
}
