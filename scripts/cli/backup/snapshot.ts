import { parseCheckpoint, type Checkpoint } from '../../../audit/tlog/checkpoint.ts';
import { parseTilePath, TILE_WIDTH } from '../../../audit/tlog/tiles.ts';
import { folder } from '../../../clients/store/key.ts';
import type { Store } from '../../../clients/store/port.ts';
import { CliError, EXIT } from '../io.ts';
import type { Item } from './collector.ts';

export interface Snapshot {
  checkpoint: Checkpoint;
  /** The log as of that checkpoint and all evidence, at paths from the audit prefix. */
  items: Item[];
}

/**
 * What belongs to the checkpoint that is published now. A log that goes on writing meanwhile puts larger tiles and later
 * checkpoints beside it; those are left for the next time, so that the copy is the log of one moment.
 */
export async function logSnapshot(
  store: Pick<Store, 'get' | 'list'>,
  prefix: string,
  signal: AbortSignal | undefined,
): Promise<Snapshot> {
  const root = folder(prefix);
  const head = await store.get(`${root}log/checkpoint`, signal);
  const checkpoint = head && parseCheckpoint(head);
  if (!head || !checkpoint) {
    throw new CliError(EXIT.failed, head ? `${root}log/checkpoint is no checkpoint.` : 'Nothing of the log is published yet.', {
      next: 'golive doctor shows whether the log and its witness answer.',
    });
  }
  const objects = [...(await store.list(`${root}log/`, signal)), ...(await store.list(`${root}evidence/`, signal))];
  const items = objects
    .map(({ key, size }): Item => ({ path: key.slice(root.length), size, read: () => store.get(key, signal) }))
    .filter(({ path }) => path !== 'log/checkpoint' && belongs(path, checkpoint.size));
  return { checkpoint, items: [{ path: 'log/checkpoint', changes: true, read: async () => head }, ...items] };
}

function belongs(path: string, size: number): boolean {
  const copy = /^log\/checkpoints\/(\d+)-/.exec(path)?.[1];
  if (copy !== undefined) return Number(copy) <= size;
  const tile = path.startsWith('log/') ? parseTilePath(path.slice('log/'.length)) : undefined;
  if (!tile) return true;
  const covered = TILE_WIDTH ** (tile.level === 'entries' ? 0 : tile.level);
  return (tile.index * TILE_WIDTH + tile.width) * covered <= size;
}
