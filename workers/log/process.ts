import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { setTimeout as sleep } from 'node:timers/promises';
import { isClientError } from '../../clients/error.ts';
import type { Store } from '../../clients/store/port.ts';
import { Committer } from './committer.ts';
import type { LogConfig } from './config.ts';
import { Feed } from './feed.ts';
import { Journal } from './journal.ts';
import { createMetrics } from './metrics.ts';
import { loadSequence, type LogDamaged } from './sequence.ts';
import { createLogServer } from './server.ts';
import { Views } from './views.ts';

export interface LogProcess {
  app: FastifyInstance;
  /** Settles when what is stored disagrees with what this process knows; it takes nothing any more. */
  halted: Promise<LogDamaged>;
  /** Commits what waits, then ends. */
  close(graceMs: number): Promise<void>;
}

type Settings = Pick<LogConfig, 'prefix' | 'addToken' | 'readToken' | 'commitEveryMs' | 'commitAtEntries' | 'addTimeoutMs'>;

/** Loads the log from the bucket and puts the parts together; the caller listens. */
export async function openLog(
  store: Store,
  settings: Settings,
  logger: FastifyBaseLogger,
  signal?: AbortSignal,
): Promise<LogProcess> {
  const journal = new Journal();
  const feed = new Feed(journal);
  const metrics = createMetrics({
    size: () => journal.size,
    waiting: () => committer.waiting,
    readers: () => feed.readers,
  });
  const views = new Views((entry, index, error) => {
    metrics.foldFailed();
    logger.error({ err: error, index, kind: entry.kind }, 'An entry cannot be folded; the log holds it all the same');
  });

  await loadSequence(store, settings.prefix, journal, (entry, index) => views.apply(entry, index), signal);

  let halt: (damage: LogDamaged) => void = () => {};
  const halted = new Promise<LogDamaged>((resolve) => (halt = resolve));
  const committer = new Committer({
    ...settings,
    store,
    journal,
    observe: {
      ...metrics,
      putFailed: (error) => {
        metrics.putFailed(error);
        logger.warn({ err: error }, 'S3 did not take a commit; writers wait');
      },
    },
    onCommit: (entries, first) => {
      for (const [offset, entry] of entries.entries()) views.apply(entry, first + offset);
      feed.wake();
    },
    onHalt: (damage) => halt(damage),
  });
  const app = createLogServer({ ...settings, journal, committer, views, feed, metrics, logger });
  return {
    app,
    halted,
    close: async (graceMs) => {
      await committer.close(graceMs);
      feed.close();
      await app.close();
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
