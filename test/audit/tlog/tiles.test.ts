import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leafHash, MerkleTree } from '../../../audit/tlog/merkle.ts';
import {
  bundleBytes,
  bundleEntries,
  MAX_ENTRY_BYTES,
  parseTilePath,
  TILE_WIDTH,
  tileBytes,
  tilePath,
  tilesOf,
  type Tile,
} from '../../../audit/tlog/tiles.ts';

const tiles = fc.record({
  level: fc.constantFrom<Tile['level']>('entries', 0, 1, 2, 6),
  index: fc.nat(20_000_000),
  width: fc.integer({ min: 1, max: TILE_WIDTH }),
});

describe('the path of a tile', () => {
  it('is the one of the specification', () => {
    expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe('tile/0/x001/x234/067');
    expect(tilePath({ level: 'entries', index: 273, width: 112 })).toBe('tile/entries/273.p/112');
    expect(tilePath({ level: 2, index: 0, width: 1 })).toBe('tile/2/000.p/1');
  });

  it('names its tile, and no other path does', () => {
    fc.assert(
      fc.property(tiles, (tile) => {
        expect(parseTilePath(tilePath(tile))).toEqual(tile);
      }),
    );
  });

  it.each([
    'tile/0/0',
    'tile/0/0000',
    'tile/0/x000/001',
    'tile/00/000',
    'tile/0/000.p/256',
    'tile/0/000.p/0',
    'tile/0/000.p/01',
    'tile/entries/000.p',
    'tile/-1/000',
    'tile/0/x001/234/',
    '/tile/0/000',
  ])('%s is no tile', (path) => expect(parseTilePath(path)).toBeUndefined());
});

describe('the tiles of a log', () => {
  it('of 70,000 entries are those of the specification', () => {
    const partial = tilesOf(70_000)
      .filter((t) => t.width < TILE_WIDTH)
      .map(tilePath);
    expect(partial).toEqual(['tile/entries/273.p/112', 'tile/0/273.p/112', 'tile/1/001.p/17', 'tile/2/000.p/1']);
    expect(tilesOf(70_000).filter((t) => t.level === 0)).toHaveLength(274);
  });

  it('that grew are those it had and those that were added, and none is empty', () => {
    fc.assert(
      fc.property(fc.nat(200_000), fc.nat(2_000), (from, more) => {
        const size = from + more;
        const before = new Set(tilesOf(from).map(tilePath));
        const added = tilesOf(size, from);
        expect(added.every((t) => t.width > 0 && t.width <= TILE_WIDTH)).toBe(true);
        const known = new Set([...before, ...added.map(tilePath)]);
        expect(tilesOf(size).every((t) => known.has(tilePath(t)))).toBe(true);
        expect(added.filter((t) => before.has(tilePath(t)))).toEqual([]);
      }),
    );
  });

  it('hold the hashes of eight levels of the tree below them', () => {
    const tree = new MerkleTree();
    for (let i = 0; i < 600; i++) tree.append(leafHash(Buffer.from(`${i}`)));
    expect(tileBytes(tree, 0, 1, 3).subarray(64)).toEqual(leafHash(Buffer.from('258')));
    expect(tileBytes(tree, 1, 0, 2).subarray(32)).toEqual(Buffer.from(tree.node(8, 1)));
  });
});

describe('a bundle', () => {
  const entry = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));

  it('gives back the entries that were put into it', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 20 }), (entries) => {
        expect(bundleEntries(bundleBytes(entries))).toEqual(entries);
      }),
    );
  });

  it('that is cut holds no entries, or fewer', () => {
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 10 }), fc.nat(), (entries, at) => {
        const whole = bundleBytes(entries);
        const cut = bundleEntries(whole.subarray(0, at % whole.length));
        expect(cut === undefined || cut.length < entries.length).toBe(true);
      }),
    );
  });

  it('takes an entry of 65,535 bytes, and no longer one', () => {
    expect(bundleEntries(bundleBytes([Buffer.alloc(MAX_ENTRY_BYTES)]))?.[0]).toHaveLength(MAX_ENTRY_BYTES);
    expect(() => bundleBytes([Buffer.alloc(MAX_ENTRY_BYTES + 1)])).toThrow(RangeError);
  });
});
