import type { NewEntry } from '../../domain/entry.ts';
import type { BatchWriter } from './batch-writer.ts';
import { LogDamaged } from './damage.ts';
import type { Journal } from './journal.ts';
import { BatchRefused, type Prepared } from './prepare.ts';

/** Not now; the same batch again in a while is right, and ids make the repetition harmless. */
export class Busy extends Error {
  override name = 'Busy';
  readonly retryAfterSeconds: number;
  constructor(message: string, retryAfterSeconds = 1) {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export interface CommitterOptions {
  writer: BatchWriter;
  journal: Journal;
  commitEveryMs: number;
  commitBurst: number;
  commitAtEntries: number;
  addTimeoutMs: number;
  /** After each commit, in order. */
  onCommit: (entries: readonly NewEntry[], first: number) => void;
  /** What is stored disagrees with what we know; nothing is taken any more. */
  onHalt: (damage: LogDamaged) => void;
  observe: CommitObserver;
}

export interface CommitObserver {
  committed: (entries: number, seconds: number) => void;
  duplicates: (entries: number) => void;
}

interface Waiting {
  prepared: Prepared[];
  resolve(indexes: number[]): void;
  reject(error: Error): void;
}

/** Beyond this, a writer is told to come back at once: S3 has been away for long, and memory is finite. */
const MAX_WAITING_ENTRIES = 50_000;
const NEWLINE = Buffer.of(0x0a);

/**
 * The group commit. One batch is on its way at a time and its outcome is found out before the next is built: one whose
 * answer was lost may be committed, and then its entries have their indexes whether anybody was told or not.
 */
export class Committer {
  readonly #o: CommitterOptions;
  readonly #stop = new AbortController();
  #queue: Waiting[] = [];
  #waitingEntries = 0;
  #closing = false;
  #halted: LogDamaged | undefined;
  /** Commits that need not wait now, and when that was true. */
  #free: number;
  #freeAt = Date.now();
  #wake: () => void = () => {};
  readonly #running: Promise<void>;

  constructor(options: CommitterOptions) {
    this.#o = options;
    this.#free = options.commitBurst;
    this.#running = this.#run();
  }

  get waiting(): number {
    return this.#waitingEntries;
  }

  /** Ends at once; what is on its way may still be committed, and nobody is told. */
  halt(damage: LogDamaged): void {
    this.#halted ??= damage;
    this.#closing = true;
    this.#stop.abort();
    this.#wake();
  }

  /** Resolves with one index per entry once all of them are stored. */
  async add(prepared: Prepared[]): Promise<number[]> {
    if (this.#halted) throw new Busy(this.#halted.message, 30);
    if (this.#closing) throw new Busy('The log is shutting down.');
    const known = this.#known(prepared);
    if (known) return known;
    if (this.#waitingEntries >= MAX_WAITING_ENTRIES) throw new Busy(`${this.#waitingEntries} entries wait for S3 already.`, 5);
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { prepared, resolve, reject };
      const timer = setTimeout(() => {
        // What is not on its way yet leaves the queue; what is may still be committed, and is found by its ids then.
        if (this.#leave(waiting)) this.#waitingEntries -= prepared.length;
        const { failing } = this.#o.writer;
        reject(new Busy(`${failing?.what ?? 'S3'} does not answer; nothing was acknowledged.`, 1));
      }, this.#o.addTimeoutMs);
      waiting.resolve = (indexes) => (clearTimeout(timer), resolve(indexes));
      waiting.reject = (error) => (clearTimeout(timer), reject(error));
      this.#queue.push(waiting);
      this.#waitingEntries += prepared.length;
      this.#wake();
    });
  }

  /** Commits what waits and ends; after `graceMs` it gives up on S3, and the rest was never acknowledged. */
  async close(graceMs: number): Promise<void> {
    this.#closing = true;
    this.#wake();
    const timer = setTimeout(() => this.#stop.abort(), graceMs);
    await this.#running;
    clearTimeout(timer);
  }

  async #run(): Promise<void> {
    try {
      while (await this.#untilDue()) {
        this.#free = Math.max(0, this.#free - 1);
        await this.#commit(this.#take());
      }
    } catch (error) {
      if (error instanceof LogDamaged) {
        this.#halted ??= error;
        this.#o.onHalt(error);
      } else if (!this.#stop.signal.aborted) throw error;
    } finally {
      for (const waiting of this.#queue.splice(0)) waiting.reject(new Busy(this.#halted?.message ?? 'The log has shut down.', 5));
    }
  }

  /**
   * One commit per interval over time, so that entries gather; after a pause a few may follow each other without waiting,
   * because an order and what follows from it are commits of their own, and somebody waits for them.
   */
  async #untilDue(): Promise<boolean> {
    for (;;) {
      const remaining = this.#untilFree();
      const due = this.#closing || this.#waitingEntries >= this.#o.commitAtEntries || remaining <= 0;
      if (this.#queue.length > 0 && due) return true;
      if (this.#closing) return false;
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      if (this.#queue.length === 0) await woken;
      else {
        const timer = setTimeout(() => this.#wake(), remaining);
        await woken;
        clearTimeout(timer);
      }
    }
  }

  /** Milliseconds until the next commit is free. */
  #untilFree(): number {
    const { commitEveryMs, commitBurst } = this.#o;
    const now = Date.now();
    this.#free = Math.min(commitBurst, this.#free + Math.max(0, now - this.#freeAt) / commitEveryMs);
    this.#freeAt = now;
    // Parts of a millisecond would be slept for over and over.
    return this.#free >= 1 ? 0 : Math.ceil((1 - this.#free) * commitEveryMs);
  }

  #take(): Waiting[] {
    let entries = 0;
    let count = 0;
    while (count < this.#queue.length && entries < this.#o.commitAtEntries) entries += this.#queue[count++]?.prepared.length ?? 0;
    this.#waitingEntries -= entries;
    return this.#queue.splice(0, count);
  }

  async #commit(batch: Waiting[]): Promise<void> {
    const { journal, observe } = this.#o;
    const first = journal.size;
    const fresh: Prepared[] = [];
    const indexInBatch = new Map<string, number>();
    let duplicates = 0;
    const answers = batch.map((waiting) => {
      const reused = waiting.prepared.find(({ entry }) => {
        const index = journal.indexOf(entry.id) ?? indexInBatch.get(entry.id);
        return index !== undefined && (journal.kindAt(index) ?? fresh[index - first]?.entry.kind) !== entry.kind;
      });
      if (reused) return new BatchRefused(409, `Id ${reused.entry.id} already names an entry of another kind.`);
      return waiting.prepared.map((p) => {
        const known = journal.indexOf(p.entry.id) ?? indexInBatch.get(p.entry.id);
        if (known !== undefined) {
          duplicates++;
          return known;
        }
        const index = first + fresh.length;
        indexInBatch.set(p.entry.id, index);
        fresh.push(p);
        return index;
      });
    });
    try {
      if (fresh.length > 0) await this.#store(first, fresh);
    } catch (error) {
      for (const waiting of batch)
        waiting.reject(new Busy((error instanceof LogDamaged ? error : this.#halted)?.message ?? 'The log has shut down.', 5));
      throw error;
    }
    if (duplicates > 0) observe.duplicates(duplicates);
    batch.forEach((waiting, i) => {
      const answer = answers[i];
      if (answer instanceof BatchRefused) waiting.reject(answer);
      else if (answer) waiting.resolve(answer);
    });
  }

  async #store(first: number, fresh: readonly Prepared[]): Promise<void> {
    const { writer, journal, observe } = this.#o;
    const started = performance.now();
    const lines = fresh.map(({ line }) => Buffer.from(line));
    await writer.write(lines, this.#stop.signal);
    const entries = fresh.map(({ entry }) => entry);
    journal.append(Buffer.concat(lines.flatMap((line) => [line, NEWLINE])), entries);
    observe.committed(entries.length, (performance.now() - started) / 1000);
    this.#o.onCommit(entries, first);
  }

  /** Indexes at once, when every entry is in the log under its id and kind already. */
  #known(prepared: readonly Prepared[]): number[] | undefined {
    const indexes: number[] = [];
    for (const { entry } of prepared) {
      const index = this.#o.journal.indexOf(entry.id);
      if (index === undefined || this.#o.journal.kindAt(index) !== entry.kind) return undefined;
      indexes.push(index);
    }
    this.#o.observe.duplicates(indexes.length);
    return indexes;
  }

  #leave(waiting: Waiting): boolean {
    const before = this.#queue.length;
    this.#queue = this.#queue.filter((other) => other !== waiting);
    return this.#queue.length < before;
  }
}
