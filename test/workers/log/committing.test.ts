import { afterEach, describe, expect, it, vi } from 'vitest';
import { createHttpRecorder, type HttpRecorder } from '../../../clients/recorder/http.ts';
import { parseCheckpoint } from '../../../audit/tlog/checkpoint.ts';
import { bundleEntries } from '../../../audit/tlog/tiles.ts';
import { createMemoryStore } from '../../../clients/store/memory.ts';
import { ClientError } from '../../../clients/error.ts';
import { ADD_TOKEN, minted, openedLog, range, type OpenedLog } from './opened.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function opened(over: Parameters<typeof openedLog>[0] = {}): Promise<{ log: OpenedLog; recorder: HttpRecorder }> {
  const log = await openedLog(over);
  const recorder = createHttpRecorder({ url: log.url, token: ADD_TOKEN });
  closing.push(
    () => log.close(100),
    () => recorder.close(),
  );
  return { log, recorder };
}

const down = () => {
  throw new ClientError('store_unreachable', 'S3 is down');
};
const staged = async ({ work }: OpenedLog): Promise<string[]> =>
  (await work.list('acme/log/staging/')).map(({ key }) => key.replace(/-[0-9a-f]{64}$/, ''));
const lockedSize = async ({ work }: OpenedLog): Promise<number | undefined> =>
  parseCheckpoint((await work.get('acme/log/lock')) ?? '')?.size;
/** S3 takes nothing that entries need, once the log is open. */
const awayWhile = (away: () => boolean) =>
  createMemoryStore((call, key) => (call === 'put' && away() && !key.endsWith('/lock') ? down() : undefined));
/** A writer comes back until it is acknowledged. */
const untilTaken = <T>(add: () => Promise<T>): Promise<T> => vi.waitFor(add, { timeout: 10_000 });
const status = async (log: OpenedLog, path: string): Promise<number> => (await fetch(`${log.url}${path}`)).status;

describe('a group commit', () => {
  it('takes what gathered in an interval as one batch, under one signature', async () => {
    const { log, recorder } = await opened({ commitEveryMs: 1_500 });
    await recorder.add([minted(0)]);
    const indexes = await Promise.all(range(1, 21).map((n) => recorder.add([minted(n)])));
    expect(indexes.flat().sort((a, b) => a - b)).toEqual(range(1, 21));
    expect(await staged(log)).toEqual(['acme/log/staging/000000000000-1', 'acme/log/staging/000000000001-21']);
    expect(await lockedSize(log)).toBe(21);
    const [first] = await log.work.list('acme/log/staging/');
    const [entry] = bundleEntries((await log.work.get(first?.key ?? '')) ?? Buffer.alloc(0)) ?? [];
    expect(entry?.toString()).toBe(JSON.stringify(sorted(minted(0))));
  });

  it('does not wait for the interval when enough entries wait', async () => {
    const { recorder } = await opened({ commitEveryMs: 60_000 });
    await recorder.add([minted(0)]);
    expect(await recorder.add(range(1, 1_501).map((n) => minted(n)))).toHaveLength(1_500);
  });

  it('lets a few commits follow each other after a pause, and then waits for the interval', async () => {
    const { recorder, log } = await opened({ commitEveryMs: 60_000, commitBurst: 3 });
    for (const n of range(0, 3)) expect(await recorder.add([minted(n)])).toEqual([n]);
    await expect(recorder.add([minted(3)])).rejects.toThrow('nothing was acknowledged');
    expect(await lockedSize(log)).toBe(3);
  });

  it('answers at once for what it has already', async () => {
    const { recorder } = await opened({ commitEveryMs: 60_000 });
    await recorder.add([minted(0), minted(1)]);
    expect(await recorder.add([minted(1), minted(0)])).toEqual([1, 0]);
  });

  it('gives the same entry from two writers at once one index', async () => {
    const { recorder, log } = await opened({ commitEveryMs: 100 });
    await recorder.add([minted(9)]);
    const answers = await Promise.all([
      recorder.add([minted(0), minted(1)]),
      recorder.add([minted(1), minted(2)]),
      recorder.add([minted(1)]),
    ]);
    expect(new Set([answers[0]?.[1], answers[1]?.[0], answers[2]?.[0]]).size).toBe(1);
    expect(await status(log, '/readyz')).toBe(200);
    expect(await recorder.entry(4)).toBeUndefined();
  });

  it('takes all of a batch or nothing of it', async () => {
    const { recorder } = await opened();
    await expect(recorder.add([minted(0), { ...minted(1), customer: 'Acme Inc.' }])).rejects.toThrow('Entry 1: customer');
    expect(await recorder.entry(0)).toBeUndefined();
  });

  it('refuses an id that names something else', async () => {
    const { recorder } = await opened();
    const other = { ...minted(0), kind: 'watch-item' as const, data: { id: 'w', text: 't', owner: 'cfo' as const } };
    await recorder.add([minted(0)]);
    await expect(recorder.add([other])).rejects.toThrow('another kind');
    await expect(recorder.add([minted(1), { ...other, id: minted(1).id }])).rejects.toThrow('two kinds');
  });

  it('refuses what is too large', async () => {
    const { recorder } = await opened();
    const large = { ...minted(0), data: { ...minted(0).data, detail: 'x'.repeat(66_000) } } as ReturnType<typeof minted>;
    await expect(recorder.add([large])).rejects.toThrow('keep it as evidence');
  });
});

describe('an S3 that is away', () => {
  it('makes writers wait, and loses nothing', async () => {
    let away = true;
    const work = awayWhile(() => away);
    const { log, recorder } = await opened({ work });
    const waiting = recorder.add([minted(0)]);
    await expect.poll(() => status(log, '/readyz')).toBe(503);
    away = false;
    expect(await waiting).toEqual([0]);
    expect(await status(log, '/readyz')).toBe(200);
  });

  it('makes writers come back after a while, and never acknowledges what is not stored', async () => {
    let away = true;
    const work = awayWhile(() => away);
    const { recorder } = await opened({ work, addTimeoutMs: 150 });
    const refused = await Promise.allSettled([recorder.add([minted(0)]), recorder.add([minted(1)])]);
    for (const answer of refused)
      expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'recorder_unreachable', retryAfterMs: 1_000 } });
    expect(await recorder.entry(0)).toBeUndefined();
    away = false;
    const again = await Promise.all([0, 1].map((n) => untilTaken(() => recorder.add([minted(n)]))));
    expect(again.flat().sort()).toEqual([0, 1]);
  });

  it('that stored what it did not confirm has stored it once', async () => {
    let lost = false;
    const inner = createMemoryStore();
    const work: typeof inner = {
      ...inner,
      put: async (...of) => {
        const put = await inner.put(...of);
        if (lost) down();
        return put;
      },
    };
    const { log, recorder } = await opened({ work, addTimeoutMs: 150 });
    lost = true;
    await expect(recorder.add([minted(0)])).rejects.toMatchObject({ code: 'recorder_unreachable' });
    lost = false;
    expect(await untilTaken(() => recorder.add([minted(1), minted(0)]))).toEqual([1, 0]);
    expect([await staged(log), await lockedSize(log)]).toEqual([expect.objectContaining({ length: 2 }), 2]);
  });
});

describe('a log that halts', () => {
  it('when somebody else has written, and takes nothing from then on', async () => {
    const { log, recorder } = await opened();
    await recorder.add([minted(0)]);
    await log.work.put('acme/log/lock', 'another writer\n');
    await expect(recorder.add([minted(1)])).rejects.toThrow('Two log processes');
    expect((await log.halted).message).toContain('acme/log/lock was written by somebody else');
    await expect(recorder.add([minted(2)])).rejects.toMatchObject({ code: 'recorder_unreachable' });
    await expect(recorder.publish()).rejects.toMatchObject({ code: 'recorder_unreachable' });
    expect(await recorder.entry(0)).toMatchObject({ index: 0 });
    expect(Buffer.from((await log.work.get('acme/log/lock')) ?? []).toString()).toBe('another writer\n');
    expect(await status(log, '/readyz')).toBe(503);
    expect(await (await fetch(`${log.url}/metrics`)).text()).toContain('golive_log_halted 1');
  });
});

describe('a log that closes', () => {
  it('commits what waits, and takes nothing more', async () => {
    const { log, recorder } = await opened({ commitEveryMs: 60_000 });
    await recorder.add([minted(0)]);
    const waiting = recorder.add([minted(1)]);
    await expect.poll(async () => (await fetch(`${log.url}/metrics`)).text()).toContain('golive_log_queue 1');
    await log.close(1_000);
    expect(await waiting).toEqual([1]);
    await expect(recorder.add([minted(2)])).rejects.toMatchObject({ code: 'recorder_unreachable' });
  });

  it('gives up on an S3 that is away, and says so to writers', async () => {
    const work = awayWhile(() => true);
    const { log, recorder } = await opened({ work });
    const waiting = recorder.add([minted(0)]);
    const answer = expect(waiting).rejects.toMatchObject({ code: 'recorder_unreachable' });
    await expect.poll(() => status(log, '/readyz')).toBe(503);
    await log.close(50);
    await answer;
  });
});

const sorted = (value: unknown): unknown =>
  value !== null && typeof value === 'object'
    ? Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, inner]) => [key, sorted(inner)]),
      )
    : value;
