import { afterEach, describe, expect, it } from 'vitest';
import { createHttpRecorder, type HttpRecorder } from '../../../clients/recorder/http.ts';
import { createMemoryStore } from '../../../clients/store/memory.ts';
import { ClientError } from '../../../clients/error.ts';
import { ADD_TOKEN, minted, openedLog, range, type OpenedLog } from './opened.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function opened(...of: Parameters<typeof openedLog>): Promise<{ log: OpenedLog; recorder: HttpRecorder }> {
  const log = await openedLog(...of);
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
const keys = async ({ store }: OpenedLog): Promise<string[]> => (await store.list('acme/log/seq/')).map(({ key }) => key);
const status = async (log: OpenedLog, path: string): Promise<number> => (await fetch(`${log.url}${path}`)).status;

describe('a group commit', () => {
  it('puts what gathered in an interval into one object, named by its first index', async () => {
    const { log, recorder } = await opened(undefined, { commitEveryMs: 1_500 });
    await recorder.add([minted(0)]);
    const indexes = await Promise.all(range(1, 21).map((n) => recorder.add([minted(n)])));
    expect(indexes.flat().sort((a, b) => a - b)).toEqual(range(1, 21));
    expect(await keys(log)).toEqual(['acme/log/seq/000000000000.jsonl', 'acme/log/seq/000000000001.jsonl']);
    const lines = new TextDecoder().decode(await log.store.get('acme/log/seq/000000000000.jsonl'));
    expect(lines).toBe(`${JSON.stringify(sorted(minted(0)))}\n`);
  });

  it('does not wait for the interval when enough entries wait', async () => {
    const { recorder } = await opened(undefined, { commitEveryMs: 60_000 });
    await recorder.add([minted(0)]);
    expect(await recorder.add(range(1, 1_501).map((n) => minted(n)))).toHaveLength(1_500);
  });

  it('answers at once for what it has already', async () => {
    const { recorder } = await opened(undefined, { commitEveryMs: 60_000 });
    await recorder.add([minted(0), minted(1)]);
    expect(await recorder.add([minted(1), minted(0)])).toEqual([1, 0]);
  });

  it('gives the same entry from two writers at once one index', async () => {
    const { recorder, log } = await opened(undefined, { commitEveryMs: 100 });
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
    const store = createMemoryStore((call) => (call === 'put' && away ? down() : undefined));
    const { log, recorder } = await opened(store);
    const waiting = recorder.add([minted(0)]);
    await expect.poll(() => status(log, '/readyz')).toBe(503);
    away = false;
    expect(await waiting).toEqual([0]);
    expect(await status(log, '/readyz')).toBe(200);
  });

  it('makes writers come back after a while, and never acknowledges what is not stored', async () => {
    let away = true;
    const store = createMemoryStore((call) => (call === 'put' && away ? down() : undefined));
    const { recorder } = await opened(store, { addTimeoutMs: 150 });
    const refused = await Promise.allSettled([recorder.add([minted(0)]), recorder.add([minted(1)])]);
    for (const answer of refused)
      expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'recorder_unreachable', retryAfterMs: 1_000 } });
    expect(await recorder.entry(0)).toBeUndefined();
    away = false;
    const again = await Promise.all([recorder.add([minted(0)]), recorder.add([minted(1)])]);
    expect(again.flat().sort()).toEqual([0, 1]);
  });

  it('that stored what it did not confirm has stored it once', async () => {
    let lost = true;
    const inner = createMemoryStore();
    const store: typeof inner = {
      ...inner,
      put: async (...of) => {
        const put = await inner.put(...of);
        if (lost) down();
        return put;
      },
    };
    const { log, recorder } = await opened(store, { addTimeoutMs: 150 });
    await expect(recorder.add([minted(0)])).rejects.toMatchObject({ code: 'recorder_unreachable' });
    lost = false;
    expect(await recorder.add([minted(1), minted(0)])).toEqual([1, 0]);
    expect(await keys(log)).toHaveLength(2);
  });
});

describe('a log that halts', () => {
  it('when somebody else has written, and takes nothing from then on', async () => {
    const { log, recorder } = await opened();
    await recorder.add([minted(0)]);
    await log.store.put('acme/log/seq/000000000001.jsonl', 'another writer\n');
    await expect(recorder.add([minted(1)])).rejects.toThrow('two log processes');
    expect((await log.halted).message).toContain('000000000001.jsonl was written by somebody else');
    await expect(recorder.add([minted(2)])).rejects.toMatchObject({ code: 'recorder_unreachable' });
    expect(await recorder.entry(0)).toMatchObject({ index: 0 });
    expect(await keys(log)).toHaveLength(2);
  });
});

describe('a log that closes', () => {
  it('commits what waits, and takes nothing more', async () => {
    const { log, recorder } = await opened(undefined, { commitEveryMs: 60_000 });
    await recorder.add([minted(0)]);
    const waiting = recorder.add([minted(1)]);
    await expect.poll(async () => (await fetch(`${log.url}/metrics`)).text()).toContain('golive_log_queue 1');
    await log.close(1_000);
    expect(await waiting).toEqual([1]);
    await expect(recorder.add([minted(2)])).rejects.toMatchObject({ code: 'recorder_unreachable' });
  });

  it('gives up on an S3 that is away, and says so to writers', async () => {
    const store = createMemoryStore((call) => (call === 'put' ? down() : undefined));
    const { log, recorder } = await opened(store);
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
