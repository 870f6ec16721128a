import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Row {
  table: string;
  key: string;
  value: unknown;
}

/** What Slack remembers: on disk before anybody hears of it, so that it is there again after kill -9. */
export class Tables {
  readonly #file: string;
  readonly #tables = new Map<string, Map<string, unknown>>();

  constructor(dir: string) {
    mkdirSync(dir, { recursive: true });
    this.#file = join(dir, 'journal.jsonl');
    if (!existsSync(this.#file)) return;
    for (const line of readFileSync(this.#file, 'utf8').split('\n')) {
      const row = parsed(line);
      if (row) this.#rows(row.table).set(row.key, row.value);
    }
  }

  table<T>(name: string): Table<T> {
    const rows = this.#rows(name) as Map<string, T>;
    return {
      get: (key) => rows.get(key),
      all: () => [...rows.values()],
      put: (key, value) => {
        appendFileSync(this.#file, `${JSON.stringify({ table: name, key, value } satisfies Row)}\n`);
        // A row is never changed in place; what was put is what a restart will read.
        rows.set(key, value);
        return value;
      },
    };
  }

  #rows(name: string): Map<string, unknown> {
    const known = this.#tables.get(name);
    if (known) return known;
    const fresh = new Map<string, unknown>();
    this.#tables.set(name, fresh);
    return fresh;
  }
}

export interface Table<T> {
  get(key: string): T | undefined;
  all(): T[];
  put(key: string, value: T): T;
}

/** The last line may have been cut off by a kill: nobody was told of it. */
function parsed(line: string): Row | undefined {
  try {
    return JSON.parse(line) as Row;
  } catch {
    return undefined;
  }
}
