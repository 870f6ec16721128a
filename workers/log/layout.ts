import { tilePath, type Tile } from '../../audit/tlog/tiles.ts';
import { folder } from '../../clients/store/key.ts';

/** Where the parts of the log are in its two buckets. */
export interface Layout {
  /** In the audit bucket: what anybody verifies. */
  published: string;
  checkpoint: string;
  copies: string;
  tile(tile: Tile): string;
  copy(size: number, unixSeconds: number): string;
  /** In the work bucket: what is replaced and removed. */
  lock: string;
  staging: string;
  staged(batch: StagedName): string;
}

/** A batch that was stored before the lock named it: its first index, the size with it, and the root with it (hex). */
export interface StagedName {
  first: number;
  size: number;
  root: string;
}

const INDEX_DIGITS = 12;

export function layoutOf(prefix: string): Layout {
  const log = `${folder(prefix)}log/`;
  return {
    published: log,
    checkpoint: `${log}checkpoint`,
    copies: `${log}checkpoints/`,
    tile: (tile) => `${log}${tilePath(tile)}`,
    copy: (size, unixSeconds) => `${log}checkpoints/${size}-${unixSeconds}`,
    lock: `${log}lock`,
    staging: `${log}staging/`,
    staged: ({ first, size, root }) => `${log}staging/${String(first).padStart(INDEX_DIGITS, '0')}-${size}-${root}`,
  };
}

export function parseStaged(key: string): StagedName | undefined {
  const [, first, size, root] = /\/staging\/(\d{12,16})-(\d{1,16})-([0-9a-f]{64})$/.exec(`/${key}`) ?? [];
  return root === undefined ? undefined : { first: Number(first), size: Number(size), root };
}

export function parseCopy(key: string): { size: number; unixSeconds: number } | undefined {
  const [, size, time] = /\/checkpoints\/(\d{1,16})-(\d{1,16})$/.exec(`/${key}`) ?? [];
  return time === undefined ? undefined : { size: Number(size), unixSeconds: Number(time) };
}
