import { afterEach, describe, expect, it } from 'vitest';
import { RecorderRefused } from '../../../clients/error.ts';
import { createHttpLogReader, type HttpLogReader } from '../../../clients/recorder/http-reader.ts';
import { createHttpRecorder, type HttpRecorder } from '../../../clients/recorder/http.ts';
import { createMemoryLog } from '../../../clients/recorder/memory.ts';
import type { Recorder } from '../../../clients/recorder/port.ts';
import type { LogReader } from '../../../clients/recorder/reader.ts';
import type { NewEntry, RecordedEntry } from '../../../domain/entry.ts';
import { ADD_TOKEN, minted, openedLog, range, READ_TOKEN, type OpenedLog } from '../../workers/log/opened.ts';

interface Both {
  recorder: Recorder;
  reader: LogReader;
}
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function overHttp(log?: OpenedLog): Promise<Both & { log: OpenedLog; recorder: HttpRecorder; reader: HttpLogReader }> {
  const opened = log ?? (await openedLog());
  const recorder = createHttpRecorder({ url: opened.url, token: ADD_TOKEN });
  const reader = createHttpLogReader({ url: `${opened.url}/`, token: READ_TOKEN });
  closing.push(
    () => opened.close(100),
    () => recorder.close(),
    () => reader.close(),
  );
  return { log: opened, recorder, reader };
}

async function all(entries: AsyncIterable<RecordedEntry>): Promise<number[]> {
  const indexes: number[] = [];
  for await (const entry of entries) indexes.push(entry.index);
  return indexes;
}

const KINDS: [string, () => Promise<Both>][] = [
  ['over HTTP', () => overHttp()],
  [
    'in memory',
    async () => {
      const log = createMemoryLog();
      return { recorder: log, reader: log };
    },
  ],
];

describe.each(KINDS)('a recorder %s', (_name, make) => {
  it('gives one index per entry, in order, and the same id always the same', async () => {
    const { recorder, reader } = await make();
    expect(await recorder.add([minted(1), minted(2)])).toEqual([0, 1]);
    expect(await recorder.add([minted(3), minted(1), minted(3)])).toEqual([2, 0, 2]);
    expect(await recorder.add([])).toEqual([]);
    expect(await reader.size()).toBe(3);
  });

  it('keeps what was said first', async () => {
    const { recorder } = await make();
    await recorder.add([minted(1)]);
    await recorder.add([{ ...minted(1), at: '2027-01-01T00:00:00.000Z' }]);
    expect(await recorder.entry(0)).toEqual({ ...minted(1), index: 0 });
  });

  it('finds by index and by id', async () => {
    const { recorder } = await make();
    await recorder.add([minted(1), minted(2)]);
    expect(await recorder.find(minted(2).id)).toEqual({ ...minted(2), index: 1 });
    expect(await recorder.find('acme/q4/nobody said this')).toBeUndefined();
    expect(await recorder.entry(2)).toBeUndefined();
  });

  it('is read by deployment, cohort and kind', async () => {
    const { recorder, reader } = await make();
    await recorder.add([minted(1), minted(2, 'hr-lead'), minted(3, 'hr-lead', 'q5'), minted(4)]);
    expect(await all(reader.entries())).toEqual([0, 1, 2, 3]);
    expect(await all(reader.entries({ from: 2 }))).toEqual([2, 3]);
    expect(await all(reader.entries({ deployment: { customer: 'acme', deployment: 'q4' } }))).toEqual([0, 1, 3]);
    expect(await all(reader.entries({ cohort: 'hr-lead' }))).toEqual([1, 2]);
    expect(await all(reader.entries({ cohort: 'nobody' }))).toEqual([]);
    expect(await all(reader.entries({ kinds: ['intent'] }))).toEqual([]);
    expect((await reader.deployments()).map((d) => [d.deployment, d.entries])).toEqual([
      ['q4', 3],
      ['q5', 1],
    ]);
  });

  it('gives the fold of a deployment', async () => {
    const { recorder, reader } = await make();
    expect(await reader.state({ customer: 'acme', deployment: 'q4' })).toBeUndefined();
    await recorder.add([minted(1), minted(2)]);
    const view = await reader.state({ customer: 'acme', deployment: 'q4' });
    expect(view).toMatchObject({ progress: { minted: 2 }, ledger: {}, figures: { entries: 2 } });
    expect(await reader.state({ customer: 'acme', deployment: 'q4' })).toEqual(view);
    await recorder.add([minted(3)]);
    expect((await reader.state({ customer: 'acme', deployment: 'q4' }))?.progress.minted).toBe(3);
  });

  it('feeds what is there and what comes', async () => {
    const { recorder, reader } = await make();
    await recorder.add([minted(1), minted(2, 'hr-lead')]);
    const stop = new AbortController();
    const seen: number[] = [];
    const reading = (async () => {
      for await (const entry of reader.feed({ from: 1 }, stop.signal)) {
        seen.push(entry.index);
        if (seen.length === 1) await recorder.add([minted(3)]);
        if (seen.length === 2) stop.abort();
      }
    })();
    await reading;
    expect(seen).toEqual([1, 2]);
  });

  it('adds nothing for a caller who has gone', async () => {
    const { recorder, reader } = await make();
    const reason = new Error('cancelled');
    await expect(recorder.add([minted(1)], AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(await reader.size()).toBe(0);
  });
});

describe('over HTTP', () => {
  it('cuts what is too much for one request', async () => {
    const { recorder, reader } = await overHttp();
    expect(await recorder.add(range(0, 4_500).map((n) => minted(n)))).toEqual(range(0, 4_500));
    const long = range(0, 100).map(
      (n): NewEntry =>
        ({ ...minted(n, 'long'), actor: 'golive', data: { ...minted(n).data, detail: 'é'.repeat(30_000) } }) as NewEntry,
    );
    expect(await recorder.add(long)).toEqual(range(4_500, 4_600));
    expect(await all(reader.entries({ cohort: 'sales-ic-research' }))).toEqual(range(0, 4_500));
    expect(await all(reader.entries({ cohort: 'long' }))).toEqual(range(4_500, 4_600));
  });

  it('a feed goes on where it was when the log comes back', async () => {
    const { recorder, reader, log } = await overHttp();
    await recorder.add([minted(1)]);
    const stop = new AbortController();
    const seen: number[] = [];
    for await (const entry of reader.feed({}, stop.signal)) {
      seen.push(entry.index);
      if (seen.length === 2) stop.abort();
      else {
        await log.close(100);
        const { audit, work, signer } = log;
        const again = await openedLog({ audit, work, signer, port: Number(new URL(log.url).port) });
        closing.push(() => again.close(100));
        await recorder.add([minted(2)]);
      }
    }
    expect(seen).toEqual([0, 1]);
  });

  it('tells a mistake from a log that is away', async () => {
    const { recorder, log } = await overHttp();
    const nameless = { ...minted(1), id: 'other/q4/x' };
    await expect(recorder.add([nameless])).rejects.toBeInstanceOf(RecorderRefused);
    await expect(recorder.add([nameless])).rejects.toThrow('begins with customer/deployment/');
    await log.close(100);
    await expect(recorder.add([minted(1)])).rejects.toMatchObject({ name: 'ClientError', code: 'recorder_unreachable' });
    await expect(recorder.find('x')).rejects.toMatchObject({ code: 'recorder_unreachable' });
  });

  it('lets readers read and only writers write', async () => {
    const { log } = await overHttp();
    const asReader = createHttpRecorder({ url: log.url, token: READ_TOKEN });
    const asNobody = createHttpLogReader({ url: log.url, token: 'x'.repeat(16) });
    closing.push(
      () => asReader.close(),
      () => asNobody.close(),
    );
    await expect(asReader.add([minted(1)])).rejects.toMatchObject({ code: 'recorder_unreachable' });
    expect(await asReader.entry(0)).toBeUndefined();
    await expect(asNobody.size()).rejects.toThrow('401');
  });
});
