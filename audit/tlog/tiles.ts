import { HASH_BYTES, type MerkleTree } from './merkle.ts';

/** C2SP tlog-tiles: 256 hashes, or 256 entries, make a full tile. */
export const TILE_WIDTH = 256;
/** The length of an entry is stored in two bytes. */
export const MAX_ENTRY_BYTES = 65_535;

/** A tile of hashes of one level (0: leaf hashes; 1: over 256 entries each), or a bundle of entries. */
export interface Tile {
  level: number | 'entries';
  index: number;
  /** 256 when full. */
  width: number;
}

/** `tile/0/x001/x234/067`, `tile/entries/000.p/17` */
export function tilePath({ level, index, width }: Tile): string {
  let path = group(index % 1000);
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) path = `x${group(rest % 1000)}/${path}`;
  return `tile/${level}/${path}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

const group = (n: number): string => String(n).padStart(3, '0');
const PATH = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/** The tile that a path names, or undefined; only the one spelling of a number is taken. */
export function parseTilePath(path: string): Tile | undefined {
  const [, level, number, partial] = PATH.exec(path) ?? [];
  if (level === undefined || number === undefined) return undefined;
  const tile: Tile = {
    level: level === 'entries' ? level : Number(level),
    index: Number(number.replaceAll(/[x/]/g, '')),
    width: partial === undefined ? TILE_WIDTH : Number(partial),
  };
  return tilePath(tile) === path && (partial === undefined || tile.width < TILE_WIDTH) ? tile : undefined;
}

/** Every tile and bundle that a log of `size` consists of, and that one of `from` does not have already. */
export function tilesOf(size: number, from = 0): Tile[] {
  const tiles: Tile[] = [];
  for (const level of ['entries', 0, 1, 2, 3, 4, 5, 6] as const) {
    const covered = TILE_WIDTH ** (level === 'entries' ? 0 : level);
    const hashes = Math.floor(size / covered);
    const before = Math.floor(from / covered);
    if (hashes === 0) break;
    if (hashes === before) continue;
    for (let index = Math.floor(before / TILE_WIDTH); index * TILE_WIDTH < hashes; index++) {
      tiles.push({ level, index, width: Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH) });
    }
  }
  return tiles;
}

/** The bytes of a tile of hashes: its level counts in steps of eight levels of the tree. */
export function tileBytes(tree: MerkleTree, level: number, index: number, width: number): Buffer {
  const bytes = Buffer.allocUnsafe(width * HASH_BYTES);
  for (let i = 0; i < width; i++) bytes.set(tree.node(level * 8, index * TILE_WIDTH + i), i * HASH_BYTES);
  return bytes;
}

/** Entries behind each other, each with its length in front, as two bytes in network order. */
export function bundleBytes(entries: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => {
      if (entry.length > MAX_ENTRY_BYTES) throw new RangeError(`an entry of ${entry.length} bytes; at most ${MAX_ENTRY_BYTES}`);
      return [Buffer.of(entry.length >> 8, entry.length & 0xff), entry];
    }),
  );
}

/** The entries of a bundle, as views; undefined when lengths and bytes do not agree. */
export function bundleEntries(bytes: Uint8Array): Buffer[] | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: Buffer[] = [];
  for (let at = 0; at < buffer.length;) {
    if (at + 2 > buffer.length) return undefined;
    const end = at + 2 + buffer.readUInt16BE(at);
    if (end > buffer.length) return undefined;
    entries.push(buffer.subarray(at + 2, end));
    at = end;
  }
  return entries;
}
