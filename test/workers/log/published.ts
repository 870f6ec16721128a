import { expect } from 'vitest';
import { verifiedCheckpoint } from '../../../audit/tlog/checkpoint.ts';
import { leafHash, MerkleTree } from '../../../audit/tlog/merkle.ts';
import { verifierOf } from '../../../audit/tlog/note.ts';
import { bundleEntries, parseTilePath, tileBytes, tilePath, tilesOf } from '../../../audit/tlog/tiles.ts';
import type { Store } from '../../../clients/store/port.ts';
import { ORIGIN } from './opened.ts';

const LOG = 'acme/log/';

/** Reads a published log as an auditor would, from nothing but the bucket; every tile, copy and signature must hold. */
export async function readPublished(audit: Store, publicKey: string): Promise<{ ids: string[]; copies: string[] }> {
  const log = verifierOf(ORIGIN, 'log', publicKey);
  const signed = async (key: string) => {
    const checkpoint = verifiedCheckpoint((await audit.get(key)) ?? '', log);
    if (!checkpoint) throw new Error(`${key} is not signed by the log`);
    return checkpoint;
  };
  const { size, root } = await signed(`${LOG}checkpoint`);
  const tree = new MerkleTree();
  const ids: string[] = [];
  for (const tile of tilesOf(size)) {
    const bytes = await audit.get(LOG + tilePath(tile));
    if (!bytes) throw new Error(`${tilePath(tile)} is missing`);
    if (tile.level !== 'entries') {
      expect(tileBytes(tree, tile.level, tile.index, tile.width).equals(bytes)).toBe(true);
      continue;
    }
    const entries = bundleEntries(bytes) ?? [];
    expect(entries).toHaveLength(tile.width);
    for (const entry of entries) {
      tree.append(leafHash(entry));
      ids.push((JSON.parse(entry.toString()) as { id: string }).id);
    }
  }
  expect(tree.root(size)).toEqual(root);
  const keys = (await audit.list(LOG)).map(({ key }) => key.slice(LOG.length));
  const copies = keys.filter((key) => key.startsWith('checkpoints/'));
  for (const key of copies) {
    const copy = await signed(LOG + key);
    expect(key).toMatch(new RegExp(`^checkpoints/${copy.size}-\\d+$`));
    expect(tree.root(copy.size)).toEqual(copy.root);
  }
  expect(keys.filter((key) => key !== 'checkpoint' && !copies.includes(key) && !parseTilePath(key))).toEqual([]);
  return { ids, copies };
}
