import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../clients/store/memory.ts';
import type { Store } from '../../../clients/store/port.ts';
import { Journal } from '../../../workers/log/journal.ts';
import { loadSequence, sequenceKey } from '../../../workers/log/sequence.ts';
import { minted, range } from './opened.ts';

const lines = (...numbers: number[]): string => numbers.map((n) => `${JSON.stringify(minted(n))}\n`).join('');

async function stored(objects: Record<number, string>): Promise<Store> {
  const store = createMemoryStore();
  for (const [first, body] of Object.entries(objects)) await store.put(sequenceKey('acme', Number(first)), body);
  return store;
}

async function loaded(store: Store): Promise<Journal> {
  const journal = new Journal();
  await loadSequence(store, 'acme', journal, () => undefined);
  return journal;
}

describe('a log that is read at the start', () => {
  it('comes back entry by entry, with its indexes', async () => {
    const seen: [string, number][] = [];
    const journal = new Journal();
    const store = await stored({ 0: lines(0, 1), 2: lines(2), 3: lines(...range(3, 50)) });
    await loadSequence(store, 'acme', journal, (entry, index) => seen.push([entry.id, index]));
    expect(seen).toEqual(range(0, 50).map((n) => [minted(n).id, n]));
    expect(journal.size).toBe(50);
    expect(JSON.parse(journal.json(33) ?? '')).toEqual({ ...minted(33), index: 33 });
    expect(journal.indexOf(minted(49).id)).toBe(49);
    expect(journal.json(50)).toBeUndefined();
  });

  it('may be empty', async () => expect((await loaded(createMemoryStore())).size).toBe(0));

  it('reads many small objects in their order', async () => {
    const store = await stored(Object.fromEntries(range(0, 200).map((n) => [n, lines(n)])));
    expect((await loaded(store)).size).toBe(200);
  });

  it.each<[string, Record<number, string>]>([
    ['a missing object', { 0: lines(0, 1), 3: lines(3) }],
    ['a missing beginning', { 2: lines(2) }],
    ['an object that overlaps', { 0: lines(0, 1), 1: lines(1) }],
    ['an entry for the second time', { 0: lines(0, 1), 2: lines(1) }],
    ['an entry twice in one object', { 0: lines(0, 0) }],
    ['a cut line', { 0: lines(0).slice(0, -10) }],
    ['a line without its end', { 0: lines(0).trimEnd() }],
    ['an empty object', { 0: '' }],
    ['a kind that nobody knows', { 0: lines(0).replace('"outcome"', '"rumour"') }],
    ['something else', { 0: '[]\n' }],
  ])('halts on %s', async (_what, objects) => {
    await expect(loaded(await stored(objects))).rejects.toMatchObject({ name: 'LogDamaged' });
  });

  it('halts on an object that does not belong there', async () => {
    const store = await stored({ 0: lines(0) });
    await store.put('acme/log/seq/notes.txt', 'hello');
    await expect(loaded(store)).rejects.toThrow('notes.txt');
  });
});
