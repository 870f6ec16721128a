import { afterEach, describe, expect, it } from 'vitest';
import { temporarySigner } from '../../../clients/keys/local.ts';
import { ClientError } from '../../../clients/error.ts';
import { createHttpRecorder, type HttpRecorder } from '../../../clients/recorder/http.ts';
import { createHttpLogReader } from '../../../clients/recorder/http-reader.ts';
import type { Store } from '../../../clients/store/port.ts';
import { freshS3Store } from '../../clients/store/stores.ts';
import { crashingStore, type Crash } from './crashing.ts';
import { ADD_TOKEN, minted, openedLog, range, READ_TOKEN, type OpenedLog } from './opened.ts';
import { readPublished } from './published.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const signer = temporarySigner();
const busy = () => new ClientError('store_unreachable', 'S3 put failed (SlowDown, HTTP 503)');

interface Buckets {
  audit: Store;
  work: Store;
}

async function buckets(): Promise<Buckets> {
  const [audit, work] = [await freshS3Store(), await freshS3Store()];
  closing.push(async () => (audit.close(), work.close()));
  return { audit, work };
}

async function opened(stores: Buckets, at: Crash): Promise<{ log: OpenedLog; recorder: HttpRecorder }> {
  const faulty = { audit: crashingStore(stores.audit, at), work: crashingStore(stores.work, at) };
  const log = await openedLog({ ...faulty, signer, witnessEveryMs: 200, publishAtEntries: 100 });
  const recorder = createHttpRecorder({ url: log.url, token: ADD_TOKEN });
  closing.push(
    () => recorder.close(),
    () => log.close(2_000),
  );
  return { log, recorder };
}

async function untilAcknowledged(recorder: HttpRecorder, from: number, to: number): Promise<number[]> {
  for (;;) {
    const indexes = await recorder.add(range(from, to).map((n) => minted(n))).catch(() => undefined);
    if (indexes) return indexes;
  }
}

async function published(log: OpenedLog, recorder: HttpRecorder, audit: Store): Promise<string[]> {
  await expect.poll(() => recorder.publish().then(() => true, () => false), { timeout: 30_000 }).toBe(true); // prettier-ignore
  return (await readPublished(audit, log.signer.publicKey)).ids;
}

describe('an S3 that answers every fifth call with 503, having done the work or not', () => {
  it('loses nothing and doubles nothing', async () => {
    let calls = 0;
    let broken = false;
    const stores = await buckets();
    const { log, recorder } = await opened(stores, async (_writes, call) => {
      const fault = broken && ++calls % 5 === 0;
      if (fault && calls % 2 === 0) throw busy();
      const answer = await call();
      if (fault) throw busy();
      return answer;
    });
    broken = true;
    const writers = range(0, 8).map(async (w) => {
      const indexes: number[] = [];
      for (let n = w * 100; n < w * 100 + 100; n += 10) indexes.push(...(await untilAcknowledged(recorder, n, n + 10)));
      return indexes;
    });
    const indexes = (await Promise.all(writers)).flat();
    const ids = await published(log, recorder, stores.audit);
    expect(indexes.map((index) => ids[index])).toEqual(range(0, 800).map((n) => minted(n).id));
    expect(ids).toHaveLength(800);
  }, 90_000);
});

describe('an S3 that is down', () => {
  it('makes work wait and says so; then everything goes on', async () => {
    let down = false;
    const stores = await buckets();
    const { log, recorder } = await opened(stores, (_writes, call) => (down ? Promise.reject(busy()) : call()));
    await recorder.add([minted(0)]);
    down = true;
    const waiting = range(1, 21).map((n) => untilAcknowledged(recorder, n, n + 1));
    const ready = async () => (await fetch(`${log.url}/readyz`)).json() as Promise<{ ok: boolean; reason?: string }>;
    await expect
      .poll(ready, { timeout: 5_000 })
      .toMatchObject({ ok: false, reason: expect.stringContaining('S3 fails since') as unknown });
    const reader = createHttpLogReader({ url: log.url, token: READ_TOKEN });
    expect((await reader.audit()).failing).toMatchObject({ what: 'S3' });
    await reader.close();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    down = false;
    const indexes = (await Promise.all(waiting)).flat();
    expect([...indexes].sort((a, b) => a - b)).toEqual(range(1, 21));
    expect(await ready()).toMatchObject({ ok: true });
    expect(await published(log, recorder, stores.audit)).toHaveLength(21);
  }, 60_000);
});

// S3 promises that a conditional write is one step. The server here looks and writes in two, and of two writers at once
// both may win; one call after the other is what S3 would do.
let last: Promise<unknown> = Promise.resolve();
const oneByOne: Crash = (_writes, call) => {
  const mine = last.then(call, call);
  last = mine.catch(() => undefined);
  return mine;
};

describe('two writers of one log', () => {
  it('one wins each swap, the other halts, and nothing is lost or doubled', async () => {
    const stores = await buckets();
    const both = [await opened(stores, oneByOne), await opened(stores, oneByOne)];
    const acknowledged = new Map<number, number>();
    const writer = async ({ log, recorder }: (typeof both)[number], offset: number): Promise<void> => {
      let halted = false;
      void log.halted.then(() => (halted = true));
      for (let n = offset; n < 400 && !halted; n += 2) {
        const indexes = await recorder.add([minted(n)]).catch(() => undefined);
        if (indexes) acknowledged.set(n, indexes[0] ?? -1);
      }
    };
    await Promise.all(both.map((one, i) => writer(one, i)));
    const halted = await Promise.all(
      both.map(async ({ log }) => (await (await fetch(`${log.url}/metrics`)).text()).includes('golive_log_halted 1')),
    );
    expect(halted.filter((is) => is)).toHaveLength(1);
    const winner = both[halted.indexOf(false)];
    if (!winner) throw new Error('both halted');
    const ids = await published(winner.log, winner.recorder, stores.audit);
    for (const [n, index] of acknowledged) expect(ids[index]).toBe(minted(n).id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(acknowledged.size);
  }, 60_000);
});
