/** A log where it lies: a bucket, or a folder that was copied from one. Paths start at what holds `log` and `evidence`. */
export interface LogFiles {
  list(): Promise<string[]>;
  read(path: string): Promise<Uint8Array | undefined>;
  /** How many reads are under way at once; more than a few only pay where each takes long. */
  ahead?: number;
  /** What the bucket remembers. A folder remembers nothing. */
  history?: FileHistory;
  /** Waits before the log is looked at again, where it may be in the middle of publishing. */
  later?(): Promise<void>;
}

export interface FileHistory {
  /** Every version of every object, the newest of each first. */
  versions(): Promise<FileVersion[]>;
  read(path: string, version: string): Promise<Uint8Array | undefined>;
}

export interface FileVersion {
  path: string;
  version: string;
  /** Somebody deleted the object at this point. */
  isDeletion: boolean;
  /** Milliseconds since 1970. */
  atMs: number;
}

export const LOG = 'log/';
export const CHECKPOINT = 'log/checkpoint';
export const COPIES = 'log/checkpoints/';
export const TILES = 'log/tile/';
export const EVIDENCE = 'evidence/';

/** Reads ahead, so that a bucket far away is not waited for object by object. Results come in order. */
export async function* readAll<T>(
  items: Iterable<T>,
  read: (item: T) => Promise<Uint8Array | undefined>,
  ahead = 4,
): AsyncGenerator<{ item: T; bytes: Uint8Array | undefined }> {
  const waiting: { item: T; bytes: Promise<Uint8Array | undefined> }[] = [];
  const started = (item: T) => {
    const bytes = read(item);
    // Awaited in its turn; until then a failure must not end the process.
    bytes.catch(() => undefined);
    return { item, bytes };
  };
  for (const item of items) {
    waiting.push(started(item));
    if (waiting.length < ahead) continue;
    const first = waiting.shift();
    if (first) yield { item: first.item, bytes: await first.bytes };
  }
  for (const { item, bytes } of waiting) yield { item, bytes: await bytes };
}
