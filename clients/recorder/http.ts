import type { RecordedEntry } from '../../domain/entry.ts';
import { ClientError } from '../error.ts';
import { connectLog, unreachable, type LogConnectionSettings } from './fetch.ts';
import type { Recorder } from './port.ts';

/** A batch stays below what the log takes in one request, with room for one entry of the largest size. */
const BATCH_ENTRIES = 2_000;
const BATCH_BYTES = 3_500_000;

export interface HttpRecorder extends Recorder {
  close(): Promise<void>;
}

/** `Recorder` over the log's HTTP interface. One call is one attempt: Temporal repeats, and ids make that harmless. */
export function createHttpRecorder(settings: LogConnectionSettings): HttpRecorder {
  const log = connectLog(settings);

  async function one(path: string, signal?: AbortSignal): Promise<RecordedEntry | undefined> {
    const answer = await log.get(path, { signal });
    if (!answer) return undefined;
    try {
      return (await answer.body.json()) as RecordedEntry;
    } catch (error) {
      throw unreachable(error, signal);
    }
  }

  async function addBatch(entries: readonly string[], signal?: AbortSignal): Promise<number[]> {
    const answer = await log.post('/add', `{"entries":[${entries.join(',')}]}`, { signal });
    let body: unknown;
    try {
      body = await answer.body.json();
    } catch (error) {
      throw unreachable(error, signal);
    }
    if (!isIndexes(body) || body.indexes.length !== entries.length) {
      throw new ClientError('recorder_unreachable', 'The log answered /add with something else than one index per entry.');
    }
    return body.indexes;
  }

  return {
    async add(entries, signal) {
      const indexes: number[] = [];
      for (const batch of batches(entries.map((entry) => JSON.stringify(entry))))
        indexes.push(...(await addBatch(batch, signal)));
      return indexes;
    },
    entry: (index, signal) => one(`/entry/${index}`, signal),
    find: (id, signal) => one(`/find?id=${encodeURIComponent(id)}`, signal),
    async publish(signal) {
      const answer = await log.post('/publish', '{}', { signal });
      try {
        return await answer.body.text();
      } catch (error) {
        throw unreachable(error, signal);
      }
    },
    close: () => log.close(),
  };
}

function* batches(entries: readonly string[]): Generator<string[]> {
  let batch: string[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = Buffer.byteLength(entry);
    if (batch.length > 0 && (batch.length === BATCH_ENTRIES || bytes + size > BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(entry);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

function isIndexes(body: unknown): body is { indexes: number[] } {
  return (
    typeof body === 'object' &&
    body !== null &&
    'indexes' in body &&
    Array.isArray(body.indexes) &&
    body.indexes.every((index) => Number.isSafeInteger(index))
  );
}
