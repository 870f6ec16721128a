import { afterEach, describe, expect, it } from 'vitest';
import { cosignedAt } from '../../../audit/tlog/cosignature.ts';
import { parseCheckpoint } from '../../../audit/tlog/checkpoint.ts';
import { leafHash } from '../../../audit/tlog/merkle.ts';
import { verifierOf } from '../../../audit/tlog/note.ts';
import { parseReceipt, receiptProblem } from '../../../audit/tlog/receipt.ts';
import { temporarySigner } from '../../../clients/keys/local.ts';
import { createHttpLogReader, type HttpLogReader } from '../../../clients/recorder/http-reader.ts';
import { createHttpRecorder, type HttpRecorder } from '../../../clients/recorder/http.ts';
import { createMemoryStore } from '../../../clients/store/memory.ts';
import { ClientError } from '../../../clients/error.ts';
import { ADD_TOKEN, minted, openedLog, ORIGIN, range, READ_TOKEN, type OpenedLog } from './opened.ts';
import { readPublished } from './published.ts';
import { witnessOf, WITNESS, type TestWitness } from './witnessed.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Opened {
  log: OpenedLog;
  recorder: HttpRecorder;
  reader: HttpLogReader;
}

async function opened(over: Parameters<typeof openedLog>[0] = {}): Promise<Opened> {
  const log = await openedLog(over);
  const recorder = createHttpRecorder({ url: log.url, token: ADD_TOKEN });
  const reader = createHttpLogReader({ url: log.url, token: READ_TOKEN });
  closing.push(
    () => log.close(500),
    () => recorder.close(),
    () => reader.close(),
  );
  return { log, recorder, reader };
}

const signer = temporarySigner();
const log = verifierOf(ORIGIN, 'log', signer.publicKey);

async function witnessed(over: Parameters<typeof openedLog>[0] = {}): Promise<Opened & { witness: TestWitness }> {
  const witness = await witnessOf(log);
  closing.push(() => witness.close());
  return { ...(await opened({ signer, witness: { url: witness.url, verifier: witness.verifier }, ...over })), witness };
}

const entries = (from: number, to: number) => range(from, to).map((n) => minted(n));
const metric = async ({ url }: OpenedLog, name: string): Promise<number> =>
  Number(new RegExp(`^${name}(?:{.*})? (.*)$`, 'm').exec(await (await fetch(`${url}/metrics`)).text())?.[1]);

describe('a publication', () => {
  it('is what anybody can verify, and carries what was committed until then', async () => {
    const { log, recorder, reader } = await opened();
    await recorder.add(entries(0, 700));
    const checkpoint = await recorder.publish();
    expect(parseCheckpoint(checkpoint)).toMatchObject({ origin: ORIGIN, size: 700 });
    expect(await reader.checkpoint()).toBe(checkpoint);
    expect((await readPublished(log.audit, log.signer.publicKey)).ids).toEqual(entries(0, 700).map(({ id }) => id));
    await recorder.add(entries(700, 710));
    expect(await reader.audit()).toMatchObject({ size: 710, published: { size: 700 }, witness: null, halted: null });
  });

  it('follows by itself when enough entries wait', async () => {
    const { recorder, reader } = await opened({ publishAtEntries: 50 });
    await recorder.publish();
    await recorder.add(entries(0, 20));
    expect((await reader.audit()).published).toMatchObject({ size: 0 });
    await recorder.add(entries(20, 60));
    await expect.poll(async () => (await reader.audit()).published?.size).toBe(60);
  });

  it('takes away what was staged for it', async () => {
    const { log, recorder } = await opened();
    await recorder.add(entries(0, 3));
    expect(await log.work.list('acme/log/staging/')).toHaveLength(1);
    await recorder.publish();
    await expect.poll(() => log.work.list('acme/log/staging/')).toEqual([]);
  });

  it('that fails keeps nobody from committing, and is made up for', async () => {
    let away = true;
    const audit = createMemoryStore((call) => {
      if (call === 'put' && away) throw new ClientError('store_unreachable', 'S3 is down');
    });
    const { recorder, reader, log } = await opened({ audit, witnessEveryMs: 50 });
    expect(await recorder.add(entries(0, 3))).toEqual([0, 1, 2]);
    await expect(recorder.publish()).rejects.toMatchObject({ code: 'recorder_unreachable' });
    expect((await reader.audit()).published).toBeNull();
    away = false;
    await expect.poll(async () => (await reader.audit()).published?.size, { timeout: 5_000 }).toBe(3);
    expect(await metric(log, 'golive_log_publish_failures_total')).toBeGreaterThan(0);
  });

  it('of 20,000 entries needs few signatures and few objects', async () => {
    const { log, recorder } = await opened();
    for (let n = 0; n < 20_000; n += 1_000) await recorder.add(entries(n, n + 1_000));
    await recorder.publish();
    expect(await metric(log, 'golive_log_signatures_total')).toBeLessThanOrEqual(20_000 / 100);
    expect(await metric(log, 'golive_log_published_objects_total')).toBeLessThanOrEqual(20_000 / 50);
    expect((await log.audit.list('')).length).toBeLessThanOrEqual(20_000 / 50);
  }, 60_000);

  it('has bundles and tiles kept for as long as the bucket is told to', async () => {
    const inner = createMemoryStore();
    const kept = new Map<string, unknown>();
    const audit: typeof inner = { ...inner, put: (...of) => (kept.set(of[0], of[2]?.retention?.mode), inner.put(...of)) };
    const { recorder } = await opened({ audit, retention: { mode: 'governance', days: 7 } });
    await recorder.add(entries(0, 3));
    await recorder.publish();
    const modes = [...kept].map(([key, mode]) => [key.replace(/\d+-\d+$/, 'copy'), mode]);
    expect(Object.fromEntries(modes)).toEqual({
      'acme/log/checkpoint': undefined,
      'acme/log/checkpoints/copy': 'governance',
      'acme/log/tile/0/000.p/3': 'governance',
      'acme/log/tile/entries/000.p/3': 'governance',
    });
  });
});

describe('a witness', () => {
  it('cosigns what is published, and again when nothing is new', async () => {
    const { recorder, reader, witness, log } = await witnessed({ witnessEveryMs: 300 });
    await recorder.add(entries(0, 5));
    const checkpoint = parseCheckpoint(await recorder.publish());
    expect(checkpoint && cosignedAt(checkpoint.note, witness.verifier)).toBeDefined();
    const before = (await reader.audit()).witness;
    expect(before).toMatchObject({ name: WITNESS, size: 5, failingSince: null, refused: false });
    await expect.poll(async () => (await reader.audit()).witness?.at, { timeout: 5_000 }).not.toBe(before?.at);
    expect((await readPublished(log.audit, signer.publicKey)).copies.length).toBeGreaterThan(1);
  });

  it('that is away is named with its lag, and the log is published without its line', async () => {
    const { recorder, reader, witness, log } = await witnessed();
    await recorder.add(entries(0, 5));
    await recorder.publish();
    await witness.stop();
    await recorder.add(entries(5, 9));
    const checkpoint = parseCheckpoint(await recorder.publish());
    expect(checkpoint?.note.signatures.map(({ name }) => name)).toEqual([ORIGIN]);
    const state = (await reader.audit()).witness;
    expect(state).toMatchObject({ size: 5, refused: false, reason: expect.stringContaining('does not answer') as unknown });
    expect(state?.failingSince).not.toBeNull();
    expect(await metric(log, 'golive_log_witness_failures_total')).toBe(1);
    expect(await metric(log, 'golive_log_witness_lag_seconds')).toBeGreaterThanOrEqual(0);
  });

  it('that has forgotten or missed something is shown how the log came to be', async () => {
    const { recorder, reader, witness } = await witnessed();
    await recorder.add(entries(0, 300));
    await recorder.publish();
    await witness.restart({ forgetting: true });
    await recorder.add(entries(300, 310));
    await recorder.publish();
    expect((await reader.audit()).witness).toMatchObject({ size: 310, failingSince: null });
  });

  it('that has seen another history of the log makes it an incident, and the log goes on without its line', async () => {
    const { recorder, witness } = await witnessed();
    await recorder.add(entries(0, 20));
    await recorder.publish();
    for (const rewritten of [entries(100, 110), entries(100, 120), entries(100, 140)]) {
      const fork = await opened({ signer, witness: { url: witness.url, verifier: witness.verifier } });
      await fork.recorder.add(rewritten);
      const checkpoint = parseCheckpoint(await fork.recorder.publish());
      expect(checkpoint?.note.signatures.map(({ name }) => name)).toEqual([ORIGIN]);
      const { witness: state, size } = await fork.reader.audit();
      expect([size, state?.refused, state?.reason]).toEqual([rewritten.length, true, expect.stringContaining('has cosigned')]);
      expect(await metric(fork.log, 'golive_log_witness_failures_total')).toBeGreaterThan(0);
    }
  });

  it('that signs with another key than the pinned one is not taken for it', async () => {
    const other = verifierOf(WITNESS, 'witness', temporarySigner().publicKey);
    const witness = await witnessOf(log);
    closing.push(() => witness.close());
    const { recorder, reader } = await opened({ signer, witness: { url: witness.url, verifier: other } });
    const checkpoint = parseCheckpoint(await recorder.publish());
    expect(checkpoint?.note.signatures).toHaveLength(1);
    expect((await reader.audit()).witness).toMatchObject({
      at: null,
      reason: expect.stringContaining('does not hold') as unknown,
    });
  });

  it('is remembered over a restart of the log', async () => {
    const { recorder, witness, log: first } = await witnessed();
    await recorder.add(entries(0, 5));
    await recorder.publish();
    await witness.stop();
    await recorder.add(entries(5, 6));
    await recorder.publish();
    await first.close(500);
    const { audit, work } = first;
    const again = await opened({ audit, work, signer, witness: { url: witness.url, verifier: witness.verifier } });
    expect((await again.reader.audit()).witness).toMatchObject({ size: 5 });
    expect((await again.reader.audit()).witness?.at).not.toBeNull();
  });
});

describe('a receipt', () => {
  it('proves an entry to whoever holds the policy and nothing else', async () => {
    const { recorder, reader, witness } = await witnessed();
    await recorder.add(entries(0, 300));
    await expect(reader.receipt(7)).rejects.toMatchObject({ code: 'recorder_unreachable', retryAfterMs: 60_000 });
    await recorder.publish();
    const receipt = parseReceipt((await reader.receipt(7)) ?? '');
    const { index: _index, ...entry } = (await reader.entry(7)) ?? { index: 0 };
    const policy = { log, witnesses: [{ label: 'w', verifier: witness.verifier }], quorum: 'w', rootKeys: [] };
    const bytes = Buffer.from(JSON.stringify(entry));
    expect(leafHash(bytes)).toHaveLength(32);
    expect(receipt && receiptProblem(receipt, bytes, policy)).toBeNull();
    expect(await reader.receipt(300)).toBeUndefined();
  });
});
