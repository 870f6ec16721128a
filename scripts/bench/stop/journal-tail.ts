import { closeSync, openSync, readSync } from 'node:fs';

const LOOK_EVERY_MS = 5;
const CHUNK = 1 << 20;

/** The flips of one stop, or of what it is compared with: how many, and when the last one was, by the platform's journal. */
export interface Seen {
  flips: number;
  lastAt: number;
}

/** Follows the platform's journal: flips downwards, by the first part of their keys. */
export class JournalTail {
  readonly #seen = new Map<string, Seen>();
  readonly #fd: number;
  readonly #timer: NodeJS.Timeout;
  readonly #buffer = Buffer.alloc(CHUNK);
  #at = 0;
  #rest = '';

  constructor(file: string) {
    this.#fd = openSync(file, 'r');
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  of(id: string): Seen {
    return this.#seen.get(id) ?? { flips: 0, lastAt: 0 };
  }

  close(): void {
    clearInterval(this.#timer);
    closeSync(this.#fd);
  }

  #look(): void {
    for (;;) {
      const read = readSync(this.#fd, this.#buffer, 0, CHUNK, this.#at);
      if (read === 0) return;
      this.#at += read;
      const lines = (this.#rest + this.#buffer.toString('utf8', 0, read)).split('\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) if (line.includes('"op":"lower"')) this.#take(JSON.parse(line) as { key: string; at: number });
    }
  }

  #take({ key, at }: { key: string; at: number }): void {
    const id = key.slice(0, key.indexOf('/'));
    const { flips, lastAt } = this.of(id);
    this.#seen.set(id, { flips: flips + 1, lastAt: Math.max(lastAt, at) });
  }
}
