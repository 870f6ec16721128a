import { closeSync, existsSync, ftruncateSync, openSync, readSync, writeSync, fstatSync } from 'node:fs';
import type { JournalEvent } from './events.ts';
import { readJournal } from './journal-reader.ts';

/**
 * Append-only JSONL. A line is handed to the operating system before the request is answered, so killing the process
 * loses nothing that was answered; a line torn by the kill was never answered and is cut off at the next start.
 */
export class Journal {
  readonly #fd: number;
  #lastAt = 0;

  constructor(file: string, replay: (event: JournalEvent) => void) {
    if (existsSync(file)) {
      for (const event of readJournal(file)) {
        this.#lastAt = event.at;
        replay(event);
      }
    }
    this.#fd = openSync(file, 'a+', 0o600);
    cutTornTail(this.#fd);
  }

  get lastAt(): number {
    return this.#lastAt;
  }

  append(event: JournalEvent): void {
    this.#lastAt = event.at;
    const line = Buffer.from(`${JSON.stringify(event)}\n`);
    let written = 0;
    while (written < line.length) written += writeSync(this.#fd, line, written);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

function cutTornTail(fd: number): void {
  let end = fstatSync(fd).size;
  const chunk = Buffer.alloc(65_536);
  while (end > 0) {
    const from = Math.max(0, end - chunk.length);
    const read = readSync(fd, chunk, 0, end - from, from);
    const newline = chunk.subarray(0, read).lastIndexOf(10);
    if (newline >= 0) {
      ftruncateSync(fd, from + newline + 1);
      return;
    }
    end = from;
  }
  ftruncateSync(fd, 0);
}
