import type { Checkpoint } from '../../audit/tlog/checkpoint.ts';
import { leafHash } from '../../audit/tlog/merkle.ts';
import { bundleEntries } from '../../audit/tlog/tiles.ts';
import type { Store } from '../../clients/store/port.ts';
import { LogDamaged, LOOK } from './damage.ts';
import { parseStaged, type StagedName } from './layout.ts';
import { readAhead } from './objects.ts';
import type { Loader } from './stored-entry.ts';

interface Candidate extends StagedName {
  key: string;
  read(): Promise<Uint8Array | undefined>;
}

interface Batch {
  key: string;
  entries: Buffer[];
}

/**
 * Finds the staged batches that lead from what is loaded to the committed tree, and loads them. A crash before the swap
 * leaves a batch that never was committed; the one that was begins at the same index, and the signed root tells them apart.
 */
export async function replayStaged(o: {
  work: Store;
  staged: readonly string[];
  head: Checkpoint;
  loader: Loader;
  signal?: AbortSignal;
}): Promise<void> {
  const { head, loader } = o;
  const { tree } = loader;
  const from = tree.size;
  const needed = o.staged.filter((key) => within(parseStaged(key), from, head.size)).sort();
  const body = readAhead(o.work, needed, o.signal);
  const byFirst = new Map<number, Candidate[]>();
  for (const [i, key] of needed.entries()) {
    const name = parseStaged(key);
    if (!name) continue;
    const there = byFirst.get(name.first) ?? [];
    byFirst.set(name.first, [...there, { ...name, key, read: () => body(i) }]);
  }

  const chain = async (): Promise<Batch[] | undefined> => {
    const first = tree.size;
    if (first === head.size) return tree.root().equals(head.root) ? [] : undefined;
    for (const candidate of byFirst.get(first) ?? []) {
      const bytes = await candidate.read();
      const entries = bytes && bundleEntries(bytes);
      for (const entry of entries ?? []) tree.append(leafHash(entry));
      const { key, size, root } = candidate;
      const rest = tree.size === size && tree.root().toString('hex') === root ? await chain() : undefined;
      if (entries && rest) return [{ key, entries }, ...rest];
      tree.truncate(first);
    }
    return undefined;
  };

  const batches = await chain();
  if (!batches) {
    throw new LogDamaged(
      from === head.size
        ? `The published tree and the lock are both of ${from} entries and differ. ${LOOK}`
        : `${head.size} entries are committed and ${from} published, and no staged batches lead from there to the tree in the lock. ${LOOK}`,
    );
  }
  for (const { key, entries } of batches) loader.take(key, entries);
}

const within = (name: StagedName | undefined, from: number, to: number): boolean =>
  name !== undefined && name.first >= from && name.size > name.first && name.size <= to;
