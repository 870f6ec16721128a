import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateKeyFile, loadKeyFile } from '../../../clients/keys/local.ts';
import { createHttpRecorder } from '../../../clients/recorder/http.ts';
import { createS3Store } from '../../../clients/store/s3.ts';
import { sharedS3, uniqueName } from '../../support/servers/shared.ts';
import type { CrashingLog, Step } from './crashing.ts';
import { ADD_TOKEN, minted, openedLog, range } from './opened.ts';
import { readPublished } from './published.ts';
import { inParallel } from '../../../domain/in-parallel.ts';

let dir: string;
let keyFile: string;
/** The process that crashes, in one file: it starts dozens of times, and starting from its sources takes longer than its work. */
let program: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'golive-kill-'));
  keyFile = join(dir, 'log.pem');
  program = join(dir, 'crashing.mjs');
  await generateKeyFile(keyFile);
  await build({
    ...{ entryPoints: ['test/workers/log/crashing.process.ts'], outfile: program, logLevel: 'error' },
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20' },
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** Commits that are published, some that are not, tiles that fill up; what comes last is only committed. */
const BATCHES: Step[] = ['publish', [0, 3], 'publish', [3, 5], [5, 305], 'publish', [305, 310]];
const ENTRIES = 310;
const PROCESSES_AT_ONCE = 3;

interface Told {
  batch?: [number, number];
  indexes?: number[];
  /** For each call to S3 or the key, whether it changed something. */
  calls?: boolean[];
}

async function freshBuckets(): Promise<Pick<CrashingLog, 's3' | 'work'>> {
  const { endpoint, region, accessKey, secretKey } = sharedS3();
  const bucket = uniqueName('kill');
  const s3 = { endpoint, region, bucket, credentials: { accessKeyId: accessKey, secretAccessKey: secretKey } };
  const work = `${bucket}-work`;
  for (const name of [bucket, work]) {
    const store = createS3Store({ ...s3, bucket: name });
    await store.ensureBucket();
    store.close();
  }
  return { s3, work };
}

/** Runs until the process has killed itself, and gives what it acknowledged until then. */
async function killed(log: CrashingLog): Promise<Told[]> {
  const child = spawn(process.execPath, [program, JSON.stringify(log)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let told = '';
  let errors = '';
  child.stdout.on('data', (data: Buffer) => (told += data.toString()));
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  const signal = await new Promise<string | null>((resolve) => child.once('close', (_code, by) => resolve(by)));
  expect(signal, errors).toBe('SIGKILL');
  return told
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Told);
}

/** Starts the log again where it was killed: all that was acknowledged is there, and the rest can be handed in again. */
async function goesOn({ s3, work }: Pick<CrashingLog, 's3' | 'work'>, told: Told[]): Promise<void> {
  const stores = { audit: createS3Store(s3), work: createS3Store({ ...s3, bucket: work }) };
  const signer = await loadKeyFile(keyFile);
  const log = await openedLog({ ...stores, signer });
  const recorder = createHttpRecorder({ url: log.url, token: ADD_TOKEN });
  for (const { batch, indexes } of told) {
    if (!batch) continue;
    const found = await Promise.all(range(...batch).map((n) => recorder.find(minted(n).id)));
    expect(found.map((entry) => entry?.index)).toEqual(indexes);
  }
  const indexes = await recorder.add(range(0, ENTRIES).map((n) => minted(n)));
  expect([...indexes].sort((a, b) => a - b)).toEqual(range(0, ENTRIES));
  await recorder.publish();
  const { ids } = await readPublished(stores.audit, signer.publicKey);
  expect(indexes.map((index) => ids[index])).toEqual(range(0, ENTRIES).map((n) => minted(n).id));
  expect(ids).toHaveLength(ENTRIES);
  await Promise.all([log.close(1_000), recorder.close()]);
  stores.audit.close();
  stores.work.close();
}

describe('a log process that is killed', () => {
  it('before or after any of its calls to S3 or to its key has every acknowledged entry once, and verifies', async () => {
    const whole = await freshBuckets();
    const clean = await killed({ ...whole, keyFile, batches: BATCHES });
    await goesOn(whole, clean);
    const calls = clean.at(-1)?.calls ?? [];
    expect(calls.filter((writes) => writes).length).toBeGreaterThan(25);

    // After a call that only reads, everything is as before the next one.
    const points = calls.flatMap((writes, number) =>
      (writes ? (['before', 'after'] as const) : (['before'] as const)).map((side) => ({ number, side })),
    );
    const failed: string[] = [];
    await inParallel(points, PROCESSES_AT_ONCE, async (crashAt) => {
      const buckets = await freshBuckets();
      const point = `${crashAt.side} call ${crashAt.number}`;
      await killed({ ...buckets, keyFile, crashAt, batches: BATCHES })
        .then((told) => goesOn(buckets, told))
        .catch((error: unknown) => failed.push(`${point}: ${error instanceof Error ? error.message : String(error)}`));
    });
    expect(failed).toEqual([]);
  }, 600_000);
});
