import type { NewEntry, RecordedEntry } from '../../domain/entry.ts';

/**
 * The log as the engine needs it. Whoever awaits `add` knows that the entries are committed: it answers with
 * one index per entry, in order, and the same id always gives the same index.
 */
export interface Recorder {
  add(entries: readonly NewEntry[], signal?: AbortSignal): Promise<number[]>;
  /** The entry at an index, or undefined when the log is shorter than that. */
  entry(index: number, signal?: AbortSignal): Promise<RecordedEntry | undefined>;
  /** The entry with an id, or undefined. */
  find(id: string, signal?: AbortSignal): Promise<RecordedEntry | undefined>;
  /** Publishes what is committed, asks the witness for it now, and answers with the checkpoint, cosigned or not. */
  publish(signal?: AbortSignal): Promise<string>;
}
