import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseCheckpoint, type Checkpoint } from '../../../audit/tlog/checkpoint.ts';
import { leafHash, type MerkleTree } from '../../../audit/tlog/merkle.ts';
import { bundleEntries } from '../../../audit/tlog/tiles.ts';
import { folder } from '../../../clients/store/key.ts';
import type { Store } from '../../../clients/store/port.ts';
import { CliError, EXIT } from '../io.ts';
import type { Item } from './collector.ts';
import { filesIn } from './manifest.ts';
import { logSnapshot, type Snapshot } from './snapshot.ts';

const STAGED = /^log\/staging\/(\d{12,16})-(\d+)-([0-9a-f]{64})$/;
const LOOKS = 6;
const PAUSE_MS = 1_000;

export interface Committed {
  published: Snapshot;
  /** The lock: every entry that was ever acknowledged is under it. */
  head: Checkpoint;
  /** The lock itself, and what was committed since the last publication, at paths from the audit prefix. */
  items: Item[];
}

/**
 * The log as it is committed, not only as it is published: what was acknowledged in the last minutes lies in staging. The
 * log removes that once it has published it, so a look that falls between the two is taken again.
 */
export async function committedLog(
  audit: Pick<Store, 'get' | 'list'>,
  work: Pick<Store, 'get' | 'list'>,
  prefix: string,
  signal: AbortSignal | undefined,
): Promise<Committed> {
  const root = folder(prefix);
  for (let look = 1; ; look++) {
    const published = await logSnapshot(audit, prefix, signal);
    const bytes = await work.get(`${root}log/lock`, signal);
    const head = bytes && parseCheckpoint(bytes);
    if (!bytes || !head)
      throw new CliError(EXIT.failed, `There is no lock ${root}log/lock in the work bucket.`, {
        next: 'Name the bucket with --work-bucket.',
      });
    const staged = (await work.list(`${root}log/staging/`, signal)).map(({ key }) => key.slice(root.length));
    const chain = chainOf(staged, published.checkpoint.size, head.size);
    // Read at once: what is published is removed from there.
    const bodies = await Promise.all((chain ?? []).map((path) => work.get(`${root}${path}`, signal)));
    if (chain && bodies.every((body) => body !== undefined)) {
      const items = chain.map((path, i): Item => ({ path, changes: true, read: async () => bodies[i] }));
      return { published, head, items: [{ path: 'log/lock', changes: true, read: async () => bytes }, ...items] };
    }
    if (look === LOOKS)
      throw new CliError(
        EXIT.failed,
        `Entries ${published.checkpoint.size} to ${head.size} are committed, and neither published nor staged.`,
        {
          next: 'golive doctor shows whether the log runs. Do not remove anything from its buckets.',
          code: 'log_damaged',
        },
      );
    await sleep(PAUSE_MS, undefined, { signal });
  }
}

/** The staged batches that may be of the way from one size to the other, or undefined when none of them lead there. */
export function chainOf(paths: readonly string[], from: number, to: number): string[] | undefined {
  const batches = paths.flatMap((path) => batchOf(path) ?? []).filter((b) => b.first >= from && b.size > b.first && b.size <= to);
  const leads = (at: number): boolean => at === to || batches.some((b) => b.first === at && leads(b.size));
  return leads(from) ? batches.map((b) => b.path) : undefined;
}

/**
 * What was committed beyond the tree, which grows by it. A crash leaves batches that were never committed, beside the ones
 * that were: the root in the name of a batch is what it must lead to. Undefined when none lead there.
 */
export async function stagedEntries(work: string, tree: MerkleTree, to: number): Promise<Buffer[] | undefined> {
  const batches = (await filesIn(work)).flatMap((path) => batchOf(path) ?? []).sort((a, b) => a.first - b.first);
  const from = tree.size;
  const rest = async (): Promise<Buffer[] | undefined> => {
    const first = tree.size;
    if (first === to) return [];
    for (const batch of batches.filter((b) => b.first === first && b.size <= to)) {
      const entries = bundleEntries(await readFile(join(work, batch.path))) ?? [];
      for (const entry of entries) tree.append(leafHash(entry));
      const later = tree.size === batch.size && tree.root().toString('hex') === batch.root ? await rest() : undefined;
      if (later) return [...entries, ...later];
      tree.truncate(first);
    }
    return undefined;
  };
  return to < from ? undefined : rest();
}

function batchOf(path: string): { path: string; first: number; size: number; root: string } | undefined {
  const [, first, size, root] = STAGED.exec(path) ?? [];
  return root === undefined ? undefined : { path, first: Number(first), size: Number(size), root };
}
