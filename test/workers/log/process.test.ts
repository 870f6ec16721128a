import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateKeyFile } from '../../../clients/keys/local.ts';
import { createHttpLogReader } from '../../../clients/recorder/http-reader.ts';
import { createHttpRecorder, type HttpRecorder } from '../../../clients/recorder/http.ts';
import type { RecordedEntry } from '../../../domain/entry.ts';
import { answersOk, freePort } from '../../../scripts/processes/ports.ts';
import { startProcess, type ManagedProcess } from '../../../scripts/processes/process.ts';
import { sharedS3, uniqueName } from '../../support/servers/shared.ts';
import { freshS3Store } from '../../clients/store/stores.ts';
import { ADD_TOKEN, minted, ORIGIN, range, READ_TOKEN } from './opened.ts';

let dir: string;
let keyFile: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'golive-log-'));
  keyFile = join(dir, 'log.pem');
  await generateKeyFile(keyFile);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function environment(over: Record<string, string> = {}): Promise<Record<string, string>> {
  const { endpoint, region, accessKey, secretKey } = sharedS3();
  return {
    GOLIVE_S3_ENDPOINT: endpoint,
    GOLIVE_S3_REGION: region,
    GOLIVE_S3_ACCESS_KEY_ID: accessKey,
    GOLIVE_S3_SECRET_ACCESS_KEY: secretKey,
    GOLIVE_AUDIT_BUCKET: uniqueName('audit'),
    GOLIVE_AUDIT_PREFIX: 'acme',
    GOLIVE_LOG_CREATE_BUCKET: 'true',
    GOLIVE_LOG_PORT: String(await freePort()),
    GOLIVE_LOG_ORIGIN: ORIGIN,
    GOLIVE_LOG_KEY: keyFile,
    GOLIVE_LOG_WITNESS_EVERY_MS: '300',
    GOLIVE_LOG_ADD_TOKEN: ADD_TOKEN,
    GOLIVE_LOG_READ_TOKEN: READ_TOKEN,
    ...over,
  };
}

async function started(env: Record<string, string>): Promise<{ log: ManagedProcess; url: string }> {
  const url = `http://127.0.0.1:${env['GOLIVE_LOG_PORT'] ?? ''}`;
  const log = await startProcess({
    name: 'log',
    command: process.execPath,
    args: ['--import', 'tsx', 'workers/log/main.ts'],
    logFile: join(dir, `${uniqueName('log')}.txt`),
    env,
    ready: () => answersOk(`${url}/readyz`),
  });
  return { log, url };
}

/** What an activity does: the same batch again until it is acknowledged. */
async function untilAcknowledged(recorder: HttpRecorder, numbers: readonly number[]): Promise<number[]> {
  for (;;) {
    try {
      return await recorder.add(numbers.map((n) => minted(n)));
    } catch {
      await sleep(50);
    }
  }
}

describe('the log process', () => {
  it('killed again and again under load, has every acknowledged entry once, at its index', async () => {
    const { log, url } = await started(await environment({ GOLIVE_LOG_COMMIT_MS: '20' }));
    const recorder = createHttpRecorder({ url, token: ADD_TOKEN, timeoutMs: 5_000 });
    const reader = createHttpLogReader({ url, token: READ_TOKEN });
    const acknowledged = new Map<number, number>();
    const writers = range(0, 8).map(async (writer) => {
      for (const round of range(0, 40)) {
        const numbers = range(0, 25).map((i) => writer * 1_000 + round * 25 + i);
        const indexes = await untilAcknowledged(recorder, numbers);
        numbers.forEach((n, i) => acknowledged.set(n, indexes[i] ?? -1));
      }
    });
    for (const pause of [150, 90, 260]) {
      await sleep(pause);
      await log.kill9();
      await log.restart();
    }
    await Promise.all(writers);

    const stored: RecordedEntry[] = [];
    for await (const entry of reader.entries()) stored.push(entry);
    expect(stored.map((entry) => entry.index)).toEqual(range(0, 8_000));
    expect(acknowledged.size).toBe(8_000);
    for (const [n, index] of acknowledged) expect(stored[index]?.id).toBe(minted(n).id);
    const view = await reader.state({ customer: 'acme', deployment: 'q4' });
    await log.restart();
    expect(await reader.state({ customer: 'acme', deployment: 'q4' })).toEqual(view);
    await Promise.all([recorder.close(), reader.close(), log.stop()]);
  }, 90_000);

  it('ends with 0 when it is asked to, and has stored what it acknowledged', async () => {
    const { log, url } = await started(await environment());
    const recorder = createHttpRecorder({ url, token: ADD_TOKEN });
    await recorder.add([minted(0)]);
    const last = recorder.add([minted(1)]);
    await sleep(50);
    const [exit, indexes] = await Promise.all([log.stop(), last]);
    expect(exit).toEqual({ code: 0, signal: null });
    expect(indexes).toEqual([1]);
    await recorder.close();
  });

  it('ends with 1 on a log in the format before tiles, and leaves it as it is', async () => {
    const env = await environment();
    const store = await freshS3Store(env['GOLIVE_AUDIT_BUCKET']);
    await store.put('acme/log/seq/000000000005.jsonl', `${JSON.stringify(minted(5))}\n`);
    await expect(started(env)).rejects.toThrow(/exit code 1.*before tiles.*GOLIVE_AUDIT_PREFIX/s);
    expect(await store.list('acme/')).toHaveLength(1);
  });

  it('halts when somebody else writes the same log, and still answers readers', async () => {
    const env = await environment();
    const first = await started(env);
    const second = await started({ ...env, GOLIVE_LOG_PORT: String(await freePort()) });
    const [one, two] = [first, second].map(({ url }) => createHttpRecorder({ url, token: ADD_TOKEN }));
    const reader = createHttpLogReader({ url: second.url, token: READ_TOKEN });
    await one?.add([minted(0)]);
    await expect(two?.add([minted(1)])).rejects.toMatchObject({ code: 'recorder_unreachable' });
    expect((await reader.audit()).halted).toContain('Two log processes share this bucket');
    expect(await one?.add([minted(1)])).toEqual([1]);
    expect(await second.log.stop()).toEqual({ code: 1, signal: null });
    await Promise.all([one?.close(), two?.close(), reader.close(), first.log.stop()]);
  });

  it('names every setting that is missing', async () => {
    const {
      GOLIVE_LOG_PORT: _port,
      GOLIVE_AUDIT_BUCKET: _bucket,
      ...rest
    } = await environment({ GOLIVE_LOG_ADD_TOKEN: 'short' });
    await expect(started(rest)).rejects.toThrow(
      /GOLIVE_LOG_PORT .*is not set.*GOLIVE_AUDIT_BUCKET.*GOLIVE_LOG_ADD_TOKEN.*fewer than 16/s,
    );
  });
});
