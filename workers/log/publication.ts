import { setTimeout as sleep } from 'node:timers/promises';
import type { Checkpoint } from '../../audit/tlog/checkpoint.ts';
import { checkpointText, verifiedCheckpoint } from '../../audit/tlog/checkpoint.ts';
import type { MerkleTree } from '../../audit/tlog/merkle.ts';
import type { Verifier } from '../../audit/tlog/note.ts';
import { bundleBytes, TILE_WIDTH, tileBytes, tilesOf, type Tile } from '../../audit/tlog/tiles.ts';
import { ClientError, isClientError } from '../../clients/error.ts';
import type { Retention, Store } from '../../clients/store/port.ts';
import { LogDamaged } from './damage.ts';
import type { Journal } from './journal.ts';
import type { Layout } from './layout.ts';
import { putOnce } from './objects.ts';

export interface PublishedPlaces {
  audit: Store;
  layout: Layout;
  tree: MerkleTree;
  journal: Journal;
  log: Verifier;
  /** Asked anew for each object, as its time counts from then on. */
  retention: () => Retention | undefined;
}

/** Few: commits and their writers share the way to S3. */
const PUTS_AT_ONCE = 4;

const ATTEMPTS = 4;

/** A call that S3 was too busy for is no reason to begin the publication again. */
export async function retried<T>(signal: AbortSignal, call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (!isClientError(error, 'store_unreachable') || attempt === ATTEMPTS) throw error;
      await sleep(50 * 2 ** attempt, undefined, { signal });
    }
  }
}

/** Puts every tile and bundle that the tree of `size` has beyond the tree of `from`; again is harmless. Says how many are new. */
export async function putTiles(places: PublishedPlaces, size: number, from: number, signal: AbortSignal): Promise<number> {
  const { audit, layout, retention } = places;
  const tiles = tilesOf(size, from);
  let next = 0;
  let stored = 0;
  const worker = async (): Promise<void> => {
    for (let tile = tiles[next++]; tile; tile = tiles[next++]) {
      const options = { contentType: 'application/octet-stream', retention: retention(), signal };
      const [key, bytes] = [layout.tile(tile), contentOf(places, tile)];
      if (await retried(signal, () => putOnce(audit, key, bytes, options))) stored++;
    }
  };
  const workers = Array.from({ length: PUTS_AT_ONCE }, worker);
  await Promise.all(workers).catch(async (error: unknown) => {
    next = tiles.length;
    await Promise.allSettled(workers);
    throw error;
  });
  return stored;
}

function contentOf({ tree, journal }: PublishedPlaces, { level, index, width }: Tile): Buffer {
  if (level !== 'entries') return tileBytes(tree, level, index, width);
  const first = index * TILE_WIDTH;
  return bundleBytes(Array.from({ length: width }, (_, i) => journal.bytes(first + i) ?? missing(first + i)));
}

function missing(index: number): never {
  throw new RangeError(`entry ${index} is committed and not in memory`);
}

/** Keeps a copy of a checkpoint under its size and time. True when it was not there. */
export async function putCopy(
  { audit, layout, log, retention }: PublishedPlaces,
  checkpoint: Checkpoint,
  unixSeconds: number,
  signal: AbortSignal,
): Promise<boolean> {
  const key = layout.copy(checkpoint.size, unixSeconds);
  const options = { contentType: 'text/plain; charset=utf-8', retention: retention(), signal };
  try {
    return await retried(signal, () => putOnce(audit, key, Buffer.from(checkpointText(checkpoint)), options));
  } catch (error) {
    if (!(error instanceof LogDamaged)) throw error;
    // The same tree with and without the witness's line, in one second by two clocks: the next try has another time.
    const there = verifiedCheckpoint((await audit.get(key, signal)) ?? '', log);
    if (there?.size !== checkpoint.size || !there.root.equals(checkpoint.root)) throw error;
    throw new ClientError('store_unreachable', `${key} is taken by the same tree with other signatures`, { cause: error });
  }
}
