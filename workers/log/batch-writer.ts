import { setTimeout as sleep } from 'node:timers/promises';
import { checkpointText, signHead, type Checkpoint } from '../../audit/tlog/checkpoint.ts';
import { leafHash, type MerkleTree } from '../../audit/tlog/merkle.ts';
import { signedBy, type Verifier } from '../../audit/tlog/note.ts';
import { bundleBytes } from '../../audit/tlog/tiles.ts';
import { isClientError } from '../../clients/error.ts';
import type { Signer } from '../../clients/keys/port.ts';
import type { Store } from '../../clients/store/port.ts';
import { LogDamaged } from './damage.ts';
import type { Layout } from './layout.ts';
import { putOnce, type SwappedObject } from './objects.ts';

export interface BatchWriterOptions {
  work: Store;
  layout: Layout;
  tree: MerkleTree;
  lock: SwappedObject;
  /** What the lock holds. */
  head: Checkpoint;
  log: Verifier;
  signer: Signer;
  onFailure: (error: unknown) => void;
}

/** Since when a commit waits, in ms since 1970, and what for. */
export interface Failing {
  since: number;
  what: string;
}

/** Commits a batch in three steps: stage its entries, sign the tree with them, swap the lock. The swap alone decides. */
export class BatchWriter {
  readonly #o: BatchWriterOptions;
  #head: Checkpoint;
  #staged: string[] = [];
  #failing: Failing | undefined;

  constructor(options: BatchWriterOptions) {
    this.#o = options;
    this.#head = options.head;
  }

  /** The log's own checkpoint of what is committed. */
  get head(): Checkpoint {
    return this.#head;
  }

  get failing(): Failing | undefined {
    return this.#failing;
  }

  /** Staged objects of commits since the last call; once those entries are published, nobody needs them. */
  takeStaged(): string[] {
    return this.#staged.splice(0);
  }

  /**
   * Resolves once the entries are committed behind those before. What fails is repeated until it succeeds, `signal` aborts,
   * or the log turns out damaged; after either, this writer must not be used again.
   */
  async write(entries: readonly Buffer[], signal: AbortSignal): Promise<void> {
    const { work, layout, tree, lock, log, signer } = this.#o;
    const first = tree.size;
    for (const entry of entries) tree.append(leafHash(entry));
    const head = { origin: log.name, size: tree.size, root: Buffer.from(tree.root()) };
    const key = layout.staged({ first, size: head.size, root: head.root.toString('hex') });
    const bytes = bundleBytes(entries);
    await this.#until(signal, () => putOnce(work, key, bytes, { contentType: 'application/octet-stream', signal }));
    const checkpoint = await this.#until(signal, async () => {
      const signed = await signHead(head, signer);
      if (!signedBy(signed.note, log)) throw new Error("The key's signature does not hold under its own public key.");
      return signed;
    });
    await this.#until(signal, () => lock.swap(checkpointText(checkpoint), signal));
    this.#failing = undefined;
    this.#staged.push(key);
    this.#head = checkpoint;
  }

  async #until<T>(signal: AbortSignal, step: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await step();
      } catch (error) {
        if (error instanceof LogDamaged || signal.aborted) throw error;
        const what = isClientError(error, 'store_unreachable') ? 'S3' : "The log's key";
        this.#failing = { since: this.#failing?.since ?? Date.now(), what };
        this.#o.onFailure(error);
        await sleep(Math.min(2_000, 100 * 2 ** attempt), undefined, { signal });
      }
    }
  }
}
