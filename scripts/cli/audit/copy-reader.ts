import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseCheckpoint, type Checkpoint } from '../../../audit/tlog/checkpoint.ts';
import { leafHash, MerkleTree } from '../../../audit/tlog/merkle.ts';
import { bundleEntries, TILE_WIDTH, tilePath, tilesOf, type Tile } from '../../../audit/tlog/tiles.ts';
import { CliError, EXIT, usage } from '../io.ts';

/** A log in a folder: what its checkpoint covers, and nothing beyond. */
export interface LogCopy {
  dir: string;
  checkpoint: Checkpoint;
  /** The entries' bytes, by index. */
  entries: Buffer[];
  tree: MerkleTree;
  /** `policy` in the folder, when it came with one. Whoever made the folder may have made the policy too. */
  policyText: string | undefined;
}

const unverified = (message: string): CliError =>
  new CliError(EXIT.unverified, message, {
    next: 'golive verify names every file that is wrong. Take a new copy, and keep this one as evidence.',
    code: 'log_damaged',
  });

/**
 * Reads a copied audit folder (with `log/` in it) or the log's folder itself. Entries that do not make the root of the
 * checkpoint are not shown to anybody: exit 6.
 */
export async function readCopy(folder: string): Promise<LogCopy> {
  const dir = resolve(folder);
  const log = (await isFile(join(dir, 'log', 'checkpoint'))) ? join(dir, 'log') : dir;
  const head = await readFile(join(log, 'checkpoint')).catch(() => undefined);
  if (head === undefined) {
    throw usage(
      `${folder} holds no log: there is neither log/checkpoint nor checkpoint in it.`,
      'golive audit archive makes one.',
    );
  }
  const checkpoint = parseCheckpoint(head);
  if (!checkpoint) throw unverified(`${join(log, 'checkpoint')} is no checkpoint.`);
  const entries: Buffer[] = [];
  const tree = new MerkleTree();
  for (const tile of tilesOf(checkpoint.size).filter((t) => t.level === 'entries')) {
    const bundle = bundleEntries(await bundleOf(log, tile));
    if (bundle === undefined || bundle.length < tile.width)
      throw unverified(`${tilePath(tile)} is not a bundle of ${tile.width} entries.`);
    for (const entry of bundle.slice(0, tile.width)) {
      entries.push(entry);
      tree.append(leafHash(entry));
    }
  }
  if (!tree.root().equals(checkpoint.root)) throw unverified(`The entries in ${folder} do not make the root of its checkpoint.`);
  const policyText = await readFile(join(dir, 'policy'), 'utf8').catch(() => undefined);
  return { dir, checkpoint, entries, tree, policyText };
}

/** A copy may have dropped a partial bundle when the full one was there. */
async function bundleOf(log: string, tile: Tile): Promise<Buffer> {
  for (const path of [tilePath(tile), tilePath({ ...tile, width: TILE_WIDTH })]) {
    const bytes = await readFile(join(log, path)).catch(() => undefined);
    if (bytes !== undefined) return bytes;
  }
  throw unverified(`${tilePath(tile)} is missing.`);
}

const isFile = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined))?.isFile() === true;
