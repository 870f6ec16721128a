import { describe, expect, it } from 'vitest';
import { checkpointText, signHead } from '../../../audit/tlog/checkpoint.ts';
import { temporarySigner } from '../../../clients/keys/local.ts';
import { createHttpRecorder } from '../../../clients/recorder/http.ts';
import { createMemoryStore } from '../../../clients/store/memory.ts';
import type { Store } from '../../../clients/store/port.ts';
import { ADD_TOKEN, minted, openedLog, ORIGIN, range } from './opened.ts';

const signer = temporarySigner();

interface Buckets {
  audit: Store;
  work: Store;
}

/** A log of 300 published entries and five that are only committed, in batches of three and two. */
async function stopped(): Promise<Buckets> {
  const audit = createMemoryStore();
  const inner = createMemoryStore();
  let away = false;
  const closed: Store = { ...audit, put: (...of) => (away ? new Promise(() => {}) : audit.put(...of)) };
  const log = await openedLog({ audit: closed, work: inner, signer });
  const recorder = createHttpRecorder({ url: log.url, token: ADD_TOKEN });
  await recorder.add(range(0, 300).map((n) => minted(n)));
  await recorder.publish();
  await expect.poll(() => inner.list('acme/log/staging/')).toEqual([]);
  away = true;
  await recorder.add(range(300, 303).map((n) => minted(n)));
  await recorder.add(range(303, 305).map((n) => minted(n)));
  await recorder.close();
  await log.app.close();
  return { audit, work: inner };
}

const sizeOf = async (buckets: Buckets): Promise<number> => {
  const log = await openedLog({ ...buckets, signer });
  const { size } = (await (await fetch(`${log.url}/size`, { headers: { authorization: `Bearer ${ADD_TOKEN}` } })).json()) as {
    size: number;
  };
  await log.close(1_000);
  return size;
};

const headOf = async (size: number, by = signer, origin = ORIGIN): Promise<string> =>
  checkpointText(await signHead({ origin, size, root: Buffer.alloc(32, 7) }, by));
const flipped = async (store: Store, key: string, at: number): Promise<void> => {
  const bytes = (await store.get(key)) ?? Buffer.alloc(0);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await store.put(key, bytes);
};
const staged = async ({ work }: Buckets, at: number): Promise<string> => (await work.list('acme/log/staging/'))[at]?.key ?? '';
const at = (path: string): string => `acme/log/${path}`;

describe('a log that starts', () => {
  it('has what was published and what was only committed', async () => {
    expect(await sizeOf(await stopped())).toBe(305);
  });

  it('is not led astray by a batch that was staged and never committed', async () => {
    const buckets = await stopped();
    const first = await staged(buckets, 0);
    const other = (await buckets.work.get(await staged(buckets, 1))) ?? '';
    await buckets.work.put(first.replace(/[0-9a-f]{64}$/, '0'.repeat(64)), other);
    await buckets.work.put(first.replace(/303-.*$/, `302-${'1'.repeat(64)}`), other);
    expect(await sizeOf(buckets)).toBe(305);
  });

  it('begins anew only where there is nothing', async () => {
    expect(await sizeOf({ audit: createMemoryStore(), work: createMemoryStore() })).toBe(0);
  });

  it.each<[string, string, (buckets: Buckets) => Promise<unknown>]>([
    ['a lock that is gone', 'no lock', ({ work }) => work.remove(at('lock'))],
    ['another work bucket', 'GOLIVE_LOG_WORK_BUCKET', async (b) => (b.work = createMemoryStore())],
    ['a lock that is older than the log', 'older than the log', async ({ work }) => work.put(at('lock'), await headOf(299))],
    ['a lock of another tree', 'no staged batches lead', async ({ work }) => work.put(at('lock'), await headOf(305))],
    ['a lock of the published size and another tree', 'differ', async ({ work }) => work.put(at('lock'), await headOf(300))],
    [
      'a lock under another key',
      'GOLIVE_LOG_KEY',
      async ({ work }) => work.put(at('lock'), await headOf(305, temporarySigner())),
    ],
    [
      'a lock of another log',
      'GOLIVE_LOG_ORIGIN',
      async ({ work }) => work.put(at('lock'), await headOf(305, signer, 'log.other.example/q4')),
    ],
    ['a checkpoint that was edited', 'not a checkpoint of', ({ audit }) => flipped(audit, at('checkpoint'), 30)],
    ['a checkpoint of another tree', 'root', async ({ audit }) => audit.put(at('checkpoint'), await headOf(300))],
    ['a checkpoint that is gone', 'no staged batches lead', ({ audit }) => audit.remove(at('checkpoint'))],
    ['a copy of a larger tree', 'older than the log', ({ audit }) => audit.put(at('checkpoints/400-1'), 'x')],
    ['a missing bundle', 'is published and not there', ({ audit }) => audit.remove(at('tile/entries/000'))],
    ['a missing tile', 'is published and not there', ({ audit }) => audit.remove(at('tile/0/001.p/44'))],
    ['a changed entry', 'Nothing was changed', ({ audit }) => flipped(audit, at('tile/entries/000'), 100)],
    ['a changed tile', 'does not hold the hashes', ({ audit }) => flipped(audit, at('tile/0/000'), 100)],
    ['a missing staged batch', 'no staged batches lead', async (b) => b.work.remove(await staged(b, 0))],
    ['a changed staged batch', 'no staged batches lead', async (b) => flipped(b.work, await staged(b, 1), 50)],
  ])('halts on %s, and changes nothing', async (_what, sentence, damage) => {
    const buckets = await stopped();
    await damage(buckets);
    const before = await contents(buckets);
    const start = openedLog({ ...buckets, signer });
    await expect(start).rejects.toMatchObject({ name: 'LogDamaged', message: expect.stringContaining(sentence) as unknown });
    expect(await contents(buckets)).toEqual(before);
  });
});

const contents = async ({ audit, work }: Buckets) => [await audit.list(''), await work.list('')];
