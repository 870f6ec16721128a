import { isUtf8 } from 'node:buffer';
import { leafHash, type MerkleTree } from '../../audit/tlog/merkle.ts';
import { ENTRY_KINDS, type NewEntry } from '../../domain/entry.ts';
import { LogDamaged, LOOK } from './damage.ts';
import type { Journal } from './journal.ts';

const KINDS: ReadonlySet<string> = new Set(ENTRY_KINDS);

/** Takes stored entries into memory, in their order; `each` sees every entry once. */
export class Loader {
  readonly tree: MerkleTree;
  readonly #journal: Journal;
  readonly #each: (entry: NewEntry, index: number) => void;

  constructor(tree: MerkleTree, journal: Journal, each: (entry: NewEntry, index: number) => void) {
    this.tree = tree;
    this.#journal = journal;
    this.#each = each;
  }

  /** Bundle and staged object `key` hold these entries; they are hashed into the tree unless they are there already. */
  take(key: string, stored: readonly Buffer[]): void {
    const journal = this.#journal;
    const first = journal.size;
    const ids = new Set<string>();
    const entries = stored.map((bytes, i) => {
      const entry = parse(bytes);
      if (!entry) throw new LogDamaged(`${key}, entry ${first + i}: not an entry that this version of golive knows. ${LOOK}`);
      if (journal.indexOf(entry.id) !== undefined || ids.has(entry.id))
        throw new LogDamaged(`${key} holds entry ${entry.id} for the second time. ${LOOK}`);
      ids.add(entry.id);
      if (first + i >= this.tree.size) this.tree.append(leafHash(bytes));
      return entry;
    });
    journal.append(Buffer.concat(stored.flatMap((bytes) => [bytes, NEWLINE])), entries);
    for (const [offset, entry] of entries.entries()) this.#each(entry, first + offset);
  }
}

const NEWLINE = Buffer.of(0x0a);

function parse(bytes: Buffer): NewEntry | undefined {
  if (!isUtf8(bytes) || bytes.includes(NEWLINE)) return undefined;
  try {
    const entry = JSON.parse(bytes.toString('utf8')) as NewEntry;
    return entry.v === 1 && typeof entry.id === 'string' && KINDS.has(entry.kind) ? entry : undefined;
  } catch {
    return undefined;
  }
}
