import { HASH_BYTES, leafHash, MerkleTree } from '../tlog/merkle.ts';
import { bundleEntries, parseTilePath, TILE_WIDTH, tileBytes, tilePath, tilesOf, type Tile } from '../tlog/tiles.ts';
import { LOG, readAll, TILES, type LogFiles } from './files.ts';
import type { Found } from './finding.ts';

type OnEntry = (index: number, bytes: Buffer) => Promise<void> | undefined;

export interface ReadTree {
  tree: MerkleTree;
  /** Entries from here on are not what was hashed, or could not be read; the size of the log when all are. */
  intact: number;
  /** Every entry could be hashed. */
  complete: boolean;
}

const pathOf = (tile: Tile): string => LOG + tilePath(tile);

/** Reads every bundle beside its tile of leaf hashes, and hands out each entry while all before it are what was hashed. */
export async function readEntries(o: {
  files: LogFiles;
  size: number;
  found: Found;
  entry: OnEntry;
}): Promise<ReadTree & { differing: Differing[] }> {
  const { files, size, found } = o;
  const tree = new MerkleTree();
  const differing: Differing[] = [];
  let intact = size;
  let bundle: Uint8Array | undefined;
  const pairs = tilesOf(size)
    .filter((t) => t.level === 'entries')
    .flatMap((t): Tile[] => [t, { ...t, level: 0 }]);
  for await (const { item: tile, bytes } of readAll(pairs, (t) => files.read(pathOf(t)), files.ahead)) {
    if (tile.level === 'entries') {
      bundle = bytes;
      continue;
    }
    const first = tile.index * TILE_WIDTH;
    const leaves = leavesIn(tile, bytes, found);
    const entries = entriesIn({ ...tile, level: 'entries' }, bundle, found);
    if (!entries) intact = Math.min(intact, first);
    if (!entries && !leaves) return { tree, intact, complete: false, differing };
    for (let i = 0; i < tile.width; i++) {
      const leaf = leaves?.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES);
      const entry = entries?.[i];
      const hash = entry ? leafHash(entry) : leaf;
      if (!hash) return { tree, intact, complete: false, differing };
      tree.append(hash);
      if (entry && leaf && !hash.equals(leaf)) differing.push({ index: first + i, tile: pathOf(tile) });
      if (!entry || first + i >= intact) continue;
      const wait = o.entry(first + i, entry);
      if (wait) await wait;
    }
  }
  return { tree, intact, complete: true, differing };
}

/** An entry whose hash is not the one in its tile; the root tells later which of both is wrong. */
export interface Differing {
  index: number;
  tile: string;
}

function leavesIn(tile: Tile, bytes: Uint8Array | undefined, found: Found): Buffer | undefined {
  const file = pathOf(tile);
  if (!bytes) found.finding('tile_missing', file, { file });
  else if (bytes.length !== tile.width * HASH_BYTES) found.finding('tile_differs', `${file} has ${bytes.length} bytes`, { file });
  else return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return undefined;
}

function entriesIn(tile: Tile, bytes: Uint8Array | undefined, found: Found): Buffer[] | undefined {
  const file = pathOf(tile);
  const entries = bytes && bundleEntries(bytes);
  if (!bytes) found.finding('bundle_missing', file, { file });
  else if (!entries) found.finding('bundle_unreadable', `${file}: lengths and bytes do not agree`, { file });
  else if (entries.length !== tile.width)
    found.finding('bundle_unreadable', `${file} holds ${entries.length} entries instead of ${tile.width}`, { file });
  else return entries;
  return undefined;
}

/** Says of each entry that differs from its tile which of both is wrong: with the signed root over the entries, it is the tile. */
export function judgeDiffering(differing: readonly Differing[], rootHolds: boolean, found: Found): void {
  const tiles = new Set<string>();
  for (const { index, tile } of differing) {
    if (!rootHolds)
      found.finding('bundle_differs', `entry ${index}`, { index, file: tile.replace('/tile/0/', '/tile/entries/') });
    else if (!tiles.has(tile)) found.finding('tile_differs', tile, { file: tile });
    tiles.add(tile);
  }
}

/** Tiles above the leaves, and those that earlier sizes left behind: each must be what the entries hash to. */
export async function checkTiles(o: {
  files: LogFiles;
  paths: readonly string[];
  /** Every size that was ever published; its tiles must still be there. */
  sizes: ReadonlySet<number>;
  read: ReadTree;
  found: Found;
}): Promise<number> {
  const { files, paths, sizes, read, found } = o;
  const { tree, intact } = read;
  const listed = new Set(paths.filter((path) => path.startsWith(TILES)));
  const whole = tilesOf(tree.size);
  const needed = new Map<string, Tile>(whole.filter((t) => t.level !== 'entries' && t.level > 0).map((t) => [pathOf(t), t]));
  const done = new Set(whole.map(pathOf));
  for (const size of sizes) for (const tile of partialsOf(size)) if (!done.has(pathOf(tile))) needed.set(pathOf(tile), tile);
  for (const path of listed) {
    const tile = parseTilePath(path.slice(LOG.length));
    if (!tile || lastOf(tile) > tree.size) found.finding('file_extra', path, { file: path });
    else if (!done.has(path)) needed.set(path, tile);
  }
  for await (const { item: tile, bytes } of readAll(needed.values(), (t) => files.read(pathOf(t)), files.ahead)) {
    const file = pathOf(tile);
    if (!bytes) found.finding(tile.level === 'entries' ? 'bundle_missing' : 'tile_missing', file, { file });
    // What differs already has been said, and everything above it differs with it.
    else if (lastOf(tile) <= intact && !holds(tree, tile, bytes))
      found.finding(tile.level === 'entries' ? 'bundle_differs' : 'tile_differs', file, { file });
  }
  return done.size + needed.size;
}

/** How many entries a tile needs to exist. */
export const lastOf = ({ level, index, width }: Tile): number =>
  (index * TILE_WIDTH + width) * TILE_WIDTH ** (level === 'entries' ? 0 : level);

function holds(tree: MerkleTree, tile: Tile, bytes: Uint8Array): boolean {
  const { level, index, width } = tile;
  if (level !== 'entries') return tileBytes(tree, level, index, width).equals(bytes);
  const entries = bundleEntries(bytes);
  return entries?.length === width && entries.every((entry, i) => leafHash(entry).equals(tree.node(0, index * TILE_WIDTH + i)));
}

/** The partial tiles that a log of a size had when it was published. */
export function partialsOf(size: number): Tile[] {
  const tiles: Tile[] = [];
  for (const level of ['entries', 0, 1, 2, 3, 4, 5, 6] as const) {
    const hashes = Math.floor(size / TILE_WIDTH ** (level === 'entries' ? 0 : level));
    const width = hashes % TILE_WIDTH;
    if (width > 0) tiles.push({ level, index: Math.floor(hashes / TILE_WIDTH), width });
  }
  return tiles;
}
