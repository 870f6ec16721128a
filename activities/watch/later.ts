import { log } from '@temporalio/activity';
import { RecorderRefused } from '../../clients/error.ts';
import type { NewEntry } from '../../domain/entry.ts';

/** What is still to be written: nothing that stops somebody waits for the log, and nothing is forgotten while it is away. */
export class Later {
  readonly #write: (entries: NewEntry[]) => Promise<unknown>;
  #waiting: (() => Promise<NewEntry[]>)[] = [];
  #writing: Promise<void> | undefined;

  constructor(write: (entries: NewEntry[]) => Promise<unknown>) {
    this.#write = write;
  }

  add(make: () => Promise<NewEntry[]>): void {
    this.#waiting.push(make);
  }

  /** Tries once, in the background; what fails is tried again with the next call. */
  flush(): Promise<void> {
    this.#writing ??= this.#once().finally(() => (this.#writing = undefined));
    return this.#writing;
  }

  async #once(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const [i, make] of waiting.entries()) {
      try {
        const entries = await make();
        if (entries.length > 0) await this.#write(entries);
      } catch (error) {
        // What it will never take would keep everything behind it out of the log, and the watch from its end.
        if (error instanceof RecorderRefused) {
          log.error('the log refuses what the watch has to say', { error: error.message });
          continue;
        }
        log.warn('the watch could not write', { error: error instanceof Error ? error.message : String(error) });
        this.#waiting = [...waiting.slice(i), ...this.#waiting];
        return;
      }
    }
  }

  get empty(): boolean {
    return this.#waiting.length === 0 && this.#writing === undefined;
  }
}
