import { beforeAll, describe, expect, it } from 'vitest';
import { getEvidence, putEvidence, putJsonEvidence } from '../../../clients/store/evidence.ts';
import { InvalidKey } from '../../../clients/store/key.ts';
import type { Store } from '../../../clients/store/port.ts';
import { STORES } from './stores.ts';

const text = (bytes: Uint8Array | undefined): string | undefined => bytes && new TextDecoder().decode(bytes);

describe.each(STORES)('a store %s', (_where, make) => {
  let store: Store;
  beforeAll(async () => {
    store = await make();
  });

  it('gives back what was put, as text or bytes', async () => {
    await store.put('round/text', 'grüezi', { contentType: 'text/plain' });
    await store.put('round/bytes', Uint8Array.from([0, 255, 10]));
    expect(text(await store.get('round/text'))).toBe('grüezi');
    expect([...((await store.get('round/bytes')) ?? [])]).toEqual([0, 255, 10]);
    expect(await store.size('round/text')).toBe(7);
  });

  it('answers for an object that is not there', async () => {
    expect(await store.get('no/such')).toBeUndefined();
    expect(await store.size('no/such')).toBeUndefined();
  });

  it('puts once when it may only be absent', async () => {
    expect(await store.put('once', 'first', { if: 'absent' })).toMatchObject({ status: 'stored' });
    expect(await store.put('once', 'second', { if: 'absent' })).toEqual({ status: 'exists' });
    expect(text(await store.get('once'))).toBe('first');
  });

  it('lets one of many win', async () => {
    const puts = await Promise.all(Array.from({ length: 8 }, (_, i) => store.put('race', `writer ${i}`, { if: 'absent' })));
    expect(puts.filter((put) => put.status === 'stored')).toHaveLength(1);
    expect(puts.filter((put) => put.status === 'exists')).toHaveLength(7);
  });

  it('replaces only the version that it was shown', async () => {
    const first = await store.put('versions', 'one');
    if (first.status !== 'stored') throw new Error('not stored');
    expect(await store.put('versions', 'two', { if: { etag: first.etag } })).toMatchObject({ status: 'stored' });
    expect(await store.put('versions', 'three', { if: { etag: first.etag } })).toEqual({ status: 'conflict' });
    expect(await store.put('versions-gone', 'three', { if: { etag: first.etag } })).toEqual({ status: 'conflict' });
    expect(text(await store.get('versions'))).toBe('two');
  });

  it('lists what begins with a prefix', async () => {
    await store.put('list/b', 'bb');
    await store.put('list/a/c', 'c');
    await store.put('listless', 'x');
    const found = (await store.list('list/')).sort((a, b) => (a.key < b.key ? -1 : 1));
    expect(found.map(({ key, size }) => [key, size])).toEqual([
      ['list/a/c', 1],
      ['list/b', 2],
    ]);
    expect(await store.list('nothing/here/')).toEqual([]);
  });

  it.each(['', '/a', 'a/', 'a//b', '../a', 'a/../b', './a', 'a\u0000b', 'a\\b', 'x'.repeat(1025)])(
    'refuses the key %j',
    async (key) => {
      await expect(store.get(key)).rejects.toBeInstanceOf(InvalidKey);
      await expect(store.put(key, 'x')).rejects.toBeInstanceOf(InvalidKey);
      await expect(store.size(key)).rejects.toBeInstanceOf(InvalidKey);
    },
  );

  it('refuses to list under a prefix that is none', async () => {
    await expect(store.list('../')).rejects.toBeInstanceOf(InvalidKey);
  });

  it('stops at a signal, and says that it was the signal', async () => {
    const reason = new Error('cancelled');
    await expect(store.get('once', AbortSignal.abort(reason))).rejects.toBe(reason);
    await expect(store.put('stopped', 'x', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('keeps evidence under its own digest, once', async () => {
    const ref = await putEvidence(store, 'acme/q4', 'a report');
    expect(ref.ref).toBe(`acme/q4/evidence/${ref.digest.slice('sha256:'.length)}`);
    expect(await putEvidence(store, 'acme/q4/', 'a report')).toEqual(ref);
    expect(text(await getEvidence(store, ref))).toBe('a report');
    expect(await putJsonEvidence(store, '', { b: 1, a: [2] })).toEqual(await putEvidence(store, '', '{"a":[2],"b":1}'));
  });

  it('does not give out evidence that is not what its digest says', async () => {
    const ref = await putEvidence(store, '', 'the truth');
    await store.put(ref.ref, 'something else');
    expect(await getEvidence(store, ref)).toBeUndefined();
  });
});
