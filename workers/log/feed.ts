import { Readable } from 'node:stream';
import type { EntryFilter, Journal } from './journal.ts';

/** A comment now and then, so that proxies and readers can tell a quiet log from a dead connection. */
const KEEP_ALIVE_MS = 15_000;
/** Events handed to a reader at once; it asks for more when it has taken them. */
const PAGE = 200;

/** Entries as server-sent events, from an index on, for as long as the reader stays. Nothing is kept per reader but its place. */
export class Feed {
  readonly #journal: Journal;
  readonly #woken = new Set<() => void>();
  #readers = 0;
  #closed = false;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  get readers(): number {
    return this.#readers;
  }

  /** After each commit. */
  wake(): void {
    for (const wake of [...this.#woken]) wake();
  }

  /** Ends all streams; readers resume elsewhere, or here after the restart. */
  close(): void {
    this.#closed = true;
    this.wake();
  }

  stream(filter: EntryFilter, from: number): Readable {
    return Readable.from(this.#events(filter, from), { objectMode: false });
  }

  async *#events(filter: EntryFilter, from: number): AsyncGenerator<Buffer> {
    this.#readers++;
    try {
      // Sent at once, so that the reader knows that it is connected.
      yield Buffer.from(`retry: 1000\n: size ${this.#journal.size}\n\n`);
      let next = from;
      while (!this.#closed) {
        const events: string[] = [];
        for (const index of this.#journal.matching(filter, next)) {
          if (events.length === PAGE) break;
          events.push(`id: ${index}\ndata: ${this.#journal.json(index) ?? ''}\n\n`);
          next = index + 1;
        }
        if (events.length < PAGE) next = Math.max(next, this.#journal.size);
        if (events.length > 0) yield Buffer.from(events.join(''));
        else if (!(await this.#news())) yield Buffer.from(': still here\n\n');
      }
    } finally {
      this.#readers--;
    }
  }

  /** False when nothing was committed for a while. */
  async #news(): Promise<boolean> {
    let wake = (): void => {};
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<boolean>((resolve) => {
        wake = () => resolve(true);
        this.#woken.add(wake);
        timer = setTimeout(() => resolve(false), KEEP_ALIVE_MS);
      });
    } finally {
      clearTimeout(timer);
      this.#woken.delete(wake);
    }
  }
}
