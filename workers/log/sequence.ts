import { isUtf8 } from 'node:buffer';
import type { Store } from '../../clients/store/port.ts';
import { folder } from '../../clients/store/key.ts';
import { ENTRY_KINDS, type NewEntry } from '../../domain/entry.ts';
import type { Journal } from './journal.ts';

/** What is stored is not a log that this process could have written. Nothing is repaired: a person has to look. */
export class LogDamaged extends Error {
  override name = 'LogDamaged';
}

export const sequenceFolder = (prefix: string): string => `${folder(prefix)}log/seq/`;

/** One object per commit, named by the index of its first entry: `log/seq/000000001200.jsonl`. */
export const sequenceKey = (prefix: string, first: number): string =>
  `${sequenceFolder(prefix)}${String(first).padStart(12, '0')}.jsonl`;

const READ_AHEAD = 16;

/** Reads the whole log, in order, into the journal; `each` sees every entry once. */
export async function loadSequence(
  store: Store,
  prefix: string,
  journal: Journal,
  each: (entry: NewEntry, index: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  const keys = (await store.list(sequenceFolder(prefix), signal)).map((object) => object.key).sort();
  const reading: Promise<Uint8Array | undefined>[] = [];
  for (const [i, key] of keys.entries()) {
    for (let ahead = reading.length; ahead < Math.min(keys.length, i + READ_AHEAD); ahead++) {
      const body = store.get(keys[ahead] ?? '', signal);
      body.catch(() => undefined); // it is awaited below, unless an earlier one fails first
      reading.push(body);
    }
    const expected = sequenceKey(prefix, journal.size);
    if (key !== expected) throw new LogDamaged(`The log continues with ${key} where ${expected} should be.`);
    const body = await reading[i];
    reading[i] = Promise.resolve(undefined);
    if (!body) throw new LogDamaged(`${key} is listed but cannot be read.`);
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    const entries = parse(key, bytes);
    const first = journal.size;
    const ids = new Set<string>();
    for (const { id } of entries) {
      if (journal.indexOf(id) !== undefined || ids.has(id)) throw new LogDamaged(`${key} holds entry ${id} for the second time.`);
      ids.add(id);
    }
    journal.append(bytes, entries);
    for (const [offset, entry] of entries.entries()) each(entry, first + offset);
  }
}

function parse(key: string, bytes: Buffer): NewEntry[] {
  if (bytes.length === 0 || bytes.at(-1) !== 0x0a || !isUtf8(bytes)) throw new LogDamaged(`${key} is not a list of whole lines.`);
  return bytes
    .toString('utf8')
    .slice(0, -1)
    .split('\n')
    .map((line, i) => {
      const entry = parseLine(line);
      if (!entry) throw new LogDamaged(`${key}, line ${i + 1}: not an entry that this version of golive knows.`);
      return entry;
    });
}

const KINDS: ReadonlySet<string> = new Set(ENTRY_KINDS);

function parseLine(line: string): NewEntry | undefined {
  try {
    const entry = JSON.parse(line) as NewEntry;
    return entry.v === 1 && typeof entry.id === 'string' && KINDS.has(entry.kind) ? entry : undefined;
  } catch {
    return undefined;
  }
}
