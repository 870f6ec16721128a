import { checkpointText, signHead, verifiedCheckpoint, type Checkpoint } from '../../audit/tlog/checkpoint.ts';
import { EMPTY_ROOT } from '../../audit/tlog/merkle.ts';
import type { Verifier } from '../../audit/tlog/note.ts';
import { bundleEntries, tileBytes, tilesOf } from '../../audit/tlog/tiles.ts';
import type { Signer } from '../../clients/keys/port.ts';
import type { Store } from '../../clients/store/port.ts';
import { LogDamaged, LOOK } from './damage.ts';
import { parseCopy, parseStaged, type Layout } from './layout.ts';
import { readAhead, SwappedObject } from './objects.ts';
import { replayStaged } from './staged.ts';
import type { Loader } from './stored-entry.ts';

export interface LogPlaces {
  audit: Store;
  work: Store;
  layout: Layout;
  log: Verifier;
  signer: Signer;
}

export interface LoadedLog {
  /** What is committed. */
  head: Checkpoint;
  lock: SwappedObject;
  /** What is published; undefined before the first time. */
  published: Checkpoint | undefined;
  checkpoint: SwappedObject;
  /** Staged objects that are there, needed or not. */
  staged: string[];
  /** Keys of all stored copies of checkpoints. */
  copies: string[];
}

/**
 * Reads all that is stored into `loader`: what is published, and then what was committed since. A new log gets its lock.
 * Throws `LogDamaged` when the parts do not agree with each other, and changes nothing then.
 */
export async function loadLog(places: LogPlaces, loader: Loader, signal?: AbortSignal): Promise<LoadedLog> {
  const { audit, work, layout, log } = places;
  const [seq] = await audit.list(`${layout.published}seq/`, signal);
  if (seq) {
    throw new LogDamaged(
      `${seq.key} is of a log in the format before tiles, which is not supported. Choose another GOLIVE_AUDIT_PREFIX for the new log and keep the old one as it is.`,
    );
  }
  const lock = (await read(work, layout.lock, log, signal)) ?? (await createLock(places, signal));
  const published = await read(audit, layout.checkpoint, log, signal);
  const copies = (await audit.list(layout.copies, signal)).map(({ key }) => key);
  const head = lock.checkpoint;
  const furthest = Math.max(published?.checkpoint.size ?? 0, ...copies.map((key) => parseCopy(key)?.size ?? 0));
  if (furthest > head.size) {
    throw new LogDamaged(
      `${furthest} entries are published, but the lock ${layout.lock} knows ${head.size}: it is older than the log. ${LOOK}`,
    );
  }
  if (published) await readPublished(places, published.checkpoint, loader, signal);
  const staged = (await work.list(layout.staging, signal)).map(({ key }) => key).filter((key) => parseStaged(key));
  await replayStaged({ work, staged, head, loader, signal });
  return {
    head,
    lock: new SwappedObject(work, layout.lock, lock),
    published: published?.checkpoint,
    checkpoint: new SwappedObject(audit, layout.checkpoint, published),
    staged,
    copies,
  };
}

interface Signed {
  text: string;
  etag: string;
  checkpoint: Checkpoint;
}

async function read(store: Store, key: string, log: Verifier, signal?: AbortSignal): Promise<Signed | undefined> {
  const object = await store.getWithEtag(key, signal);
  if (!object) return undefined;
  const checkpoint = verifiedCheckpoint(object.body, log);
  if (!checkpoint) {
    throw new LogDamaged(
      `${key} is not a checkpoint of ${log.name} signed with this log's key. Check GOLIVE_LOG_ORIGIN and GOLIVE_LOG_KEY; if they are right: ${LOOK}`,
    );
  }
  return { text: Buffer.from(object.body).toString('utf8'), etag: object.etag, checkpoint };
}

/** A log begins where there is nothing at all; a lock that got lost is not made up. */
async function createLock({ audit, work, layout, log, signer }: LogPlaces, signal?: AbortSignal): Promise<Signed> {
  const [left] = [...(await audit.list(layout.published, signal)), ...(await work.list(layout.staging, signal))];
  if (left)
    throw new LogDamaged(
      `There is ${left.key}, but no lock ${layout.lock}: check GOLIVE_LOG_WORK_BUCKET. If it is right: ${LOOK}`,
    );
  const checkpoint = await signHead({ origin: log.name, size: 0, root: EMPTY_ROOT }, signer);
  const text = checkpointText(checkpoint);
  await work.put(layout.lock, text, { if: 'absent', contentType: 'text/plain; charset=utf-8', signal });
  const created = await read(work, layout.lock, log, signal);
  if (!created) throw new LogDamaged(`${layout.lock} was put and is not there. ${LOOK}`);
  return created;
}

async function readPublished(
  { audit, layout }: LogPlaces,
  published: Checkpoint,
  loader: Loader,
  signal?: AbortSignal,
): Promise<void> {
  const { tree } = loader;
  const tiles = tilesOf(published.size);
  const keys = tiles.map((tile) => layout.tile(tile));
  const body = readAhead(audit, keys, signal);
  // Bundles come first, so the tree is complete when the tiles of its hashes are looked at.
  for (const [i, { level, index, width }] of tiles.entries()) {
    const key = keys[i] ?? '';
    const bytes = await body(i);
    if (!bytes) throw new LogDamaged(`${key} is published and not there. ${LOOK}`);
    if (level === 'entries') {
      const entries = bundleEntries(bytes);
      if (entries?.length !== width) throw new LogDamaged(`${key} does not hold ${width} whole entries. ${LOOK}`);
      loader.take(key, entries);
    } else if (!tileBytes(tree, level, index, width).equals(bytes)) {
      throw new LogDamaged(`${key} does not hold the hashes of the entries. ${LOOK}`);
    }
  }
  if (!tree.root(published.size).equals(published.root))
    throw new LogDamaged(`The published entries do not have the root that ${layout.checkpoint} states. ${LOOK}`);
}
