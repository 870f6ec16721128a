import { setTimeout as sleep } from 'node:timers/promises';
import { checkpointText, type Checkpoint } from '../../audit/tlog/checkpoint.ts';
import type { Store } from '../../clients/store/port.ts';
import { LogDamaged } from './damage.ts';
import { parseStaged } from './layout.ts';
import type { SwappedObject } from './objects.ts';
import { putCopy, putTiles, retried, type PublishedPlaces } from './publication.ts';
import type { Witnessing } from './witnessing.ts';

export interface PublisherOptions extends PublishedPlaces {
  work: Store;
  checkpoint: SwappedObject;
  /** What is published already, and when it was (ms since 1970). */
  published: Published | undefined;
  /** Staged objects found at the start. */
  staged: readonly string[];
  head: () => Checkpoint;
  takeStaged: () => string[];
  witnessing: Witnessing | undefined;
  everyMs: number;
  atEntries: number;
  onPublished: (objects: number) => void;
  onFailure: (error: unknown) => void;
  onHalt: (damage: LogDamaged) => void;
}

export interface Published {
  checkpoint: Checkpoint;
  at: number;
}

const REMOVALS_AT_ONCE = 8;
const RETRY_MS = 2_000;

/**
 * The second, slower step: what is committed becomes a log that anybody can verify. It goes on behind the commits, in its
 * own time, and a publication that fails is tried again at the next interval; nothing that it does is ever undone.
 */
export class Publisher {
  readonly #o: PublisherOptions;
  readonly #stop = new AbortController();
  #published: Published | undefined;
  #unneeded: string[];
  #last: Promise<unknown> = Promise.resolve();
  #lastBegun = 0;
  #closing = false;
  /** The last publication failed: new entries are no reason to hurry. */
  #patient = false;
  #wake: () => void = () => {};
  readonly #running: Promise<void>;

  constructor(options: PublisherOptions) {
    this.#o = options;
    this.#published = options.published;
    this.#unneeded = [...options.staged];
    this.#running = this.#run();
  }

  get published(): Published | undefined {
    return this.#published;
  }

  /** After each commit. */
  committed(): void {
    if (!this.#patient && this.#waiting() >= this.#o.atEntries) this.#wake();
  }

  /** Nothing is published any more; what is under way is left as it is. */
  halt(): void {
    this.#closing = true;
    this.#stop.abort();
    this.#wake();
  }

  /** Publishes what is committed by now, cosigned if the witness answers; throws when S3 does not do its part. */
  async publish(): Promise<Published> {
    const turn = this.#last.then(() => this.#publish());
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** Publishes what is left and ends; after `graceMs` it leaves that to the next start. */
  async close(graceMs: number): Promise<void> {
    const timer = setTimeout(() => this.#stop.abort(), graceMs);
    this.#closing = true;
    this.#wake();
    await this.#running;
    if (this.#waiting() > 0) await this.publish().catch(() => undefined);
    await this.#last;
    clearTimeout(timer);
    this.#stop.abort();
  }

  async #run(): Promise<void> {
    // At the start there may be much to make up for; a tree that was just cosigned need not be again.
    let due = this.#waiting() > 0 ? 0 : (this.#published?.at ?? 0) + this.#o.everyMs;
    while (!this.#closing) {
      await this.#untilDue(due);
      if (this.#closing) return;
      this.#patient = !(await this.publish().then(
        () => true,
        () => false,
      ));
      if (this.#patient) due = Date.now() + Math.min(this.#o.everyMs, RETRY_MS);
      else due = this.#waiting() >= this.#o.atEntries ? 0 : this.#lastBegun + this.#o.everyMs;
    }
  }

  async #untilDue(due: number): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    const remaining = Math.max(0, due - Date.now());
    await sleep(Math.min(remaining, this.#o.everyMs), undefined, { signal: woken.signal }).catch(() => undefined);
    this.#wake = () => {};
  }

  #waiting(): number {
    return this.#o.head().size - (this.#published?.checkpoint.size ?? 0);
  }

  async #publish(): Promise<Published> {
    const { head, witnessing, onPublished, onFailure, onHalt } = this.#o;
    const { signal } = this.#stop;
    this.#lastBegun = Date.now();
    try {
      signal.throwIfAborted();
      const committed = head();
      const tiles = await putTiles(this.#o, committed.size, this.#published?.checkpoint.size ?? 0, signal);
      const cosigned = await witnessing?.ask(committed, signal);
      const checkpoint = cosigned?.checkpoint ?? committed;
      const seconds = cosigned?.unixSeconds ?? Math.floor(Date.now() / 1000);
      const copies = (await putCopy(this.#o, checkpoint, seconds, signal)) ? 1 : 0;
      await retried(signal, () => this.#o.checkpoint.swap(checkpointText(checkpoint), signal));
      this.#published = { checkpoint, at: Date.now() };
      onPublished(tiles + copies);
      void this.#clean(checkpoint.size);
      return this.#published;
    } catch (error) {
      if (error instanceof LogDamaged) onHalt(error);
      else if (!signal.aborted) onFailure(error);
      throw error;
    }
  }

  /** Staged batches whose entries are published, and those that never were committed. What stays does no harm. */
  async #clean(size: number): Promise<void> {
    const all = [...this.#unneeded, ...this.#o.takeStaged()];
    const done = all.filter((key) => (parseStaged(key)?.size ?? Infinity) <= size);
    this.#unneeded = all.filter((key) => (parseStaged(key)?.size ?? Infinity) > size);
    const worker = async (): Promise<void> => {
      for (let key = done.pop(); key; key = done.pop()) await this.#o.work.remove(key, this.#stop.signal);
    };
    await Promise.all(Array.from({ length: REMOVALS_AT_ONCE }, worker)).catch(() => undefined);
    this.#unneeded.push(...done);
  }
}
