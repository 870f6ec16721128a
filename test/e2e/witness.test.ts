import { DeleteObjectCommand, GetObjectRetentionCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCheckpoint } from '../../audit/tlog/checkpoint.ts';
import { cosignedAt } from '../../audit/tlog/cosignature.ts';
import { parsePolicy, type Policy } from '../../audit/tlog/policy.ts';
import { createHttpRecorder } from '../../clients/recorder/http.ts';
import { createS3Store } from '../../clients/store/s3.ts';
import { startTestStack, type TestStack } from '../support/stack/stack.ts';
import { until } from '../support/stack/until.ts';

let stack: TestStack<'acme'>;
let policy: Policy;
beforeAll(async () => {
  stack = await startTestStack(1440, { acme: { retention: { mode: 'governance', days: 2 } } });
  const parsed = parsePolicy(stack.parts.policies['acme'] ?? '');
  if (!parsed.policy) throw new Error(parsed.problem);
  policy = parsed.policy;
  await stack.customers.acme.start();
}, 120_000);
afterAll(() => stack.stop());

const witnessKey = () => policy.witnesses[0]?.verifier ?? policy.log;

/** How many entries the last published checkpoint has that the pinned keys of log and witness stand for, and since when. */
async function cosigned(): Promise<{ size: number; at: number } | undefined> {
  const checkpoint = parseCheckpoint((await stack.customers.acme.log.checkpoint()) ?? '');
  const at = checkpoint && cosignedAt(checkpoint.note, witnessKey());
  return checkpoint && at !== undefined ? { size: checkpoint.size, at } : undefined;
}

const laterThan = (before: { at: number } | undefined) => async () => {
  const now = await cosigned();
  return now !== undefined && now.at > (before?.at ?? 0) && now;
};

describe('witness and log of a stack', () => {
  it('have keys of their own, which nobody else reads and the policy pins', async () => {
    const files = ['log', 'witness'].map((part) => join(stack.dir, part, 'acme', 'key.pem'));
    for (const file of files) expect((await stat(file)).mode & 0o777).toBe(0o600);
    const [log, witness] = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    expect(log).not.toBe(witness);
    const first = await until('a cosigned checkpoint', async () => ((await cosigned())?.size ?? 0) > 0 && cosigned());
    expect(first?.size).toBeGreaterThan(0);
    expect(policy.quorum).toBe(policy.witnesses[0]?.label);
    expect(policy.rootKeys).toEqual([stack.customers.acme.generated.rootPublicKey]);
  });

  it('go on under the same keys and with the same memory after a kill -9 of either', async () => {
    const before = await cosigned();
    const { witnesses, logs } = stack.parts;
    await witnesses['acme']?.kill9();
    await witnesses['acme']?.restart();
    const between = await until('a cosignature after the witness was killed', laterThan(before));
    await logs['acme']?.kill9();
    await logs['acme']?.restart();
    const after = await until('a cosignature after the log was killed', laterThan(between));
    expect(after.size).toBeGreaterThanOrEqual(between.size);
  });

  it('do not answer for each other: without the witness there is no line of its key, and it is told since when', async () => {
    const { witnesses } = stack.parts;
    await witnesses['acme']?.kill9();
    const killedAt = Date.now() / 1000;
    const recorder = createHttpRecorder({
      url: stack.parts.logEndpoints['acme'] ?? '',
      token: stack.parts.secrets['acme']?.log.add ?? '',
    });
    // Not at once, when a copy of the same second is there: then the log asks to come back.
    const published = parseCheckpoint(await until('a publication', () => recorder.publish()));
    await recorder.close();
    expect(published?.size).toBeGreaterThan(0);
    expect((published && cosignedAt(published.note, witnessKey())) ?? 0).toBeLessThanOrEqual(killedAt);
    const state = await until('the failure', async () => {
      const { witness } = await stack.customers.acme.log.audit();
      return witness?.failingSince != null && witness;
    });
    expect(state).toMatchObject({ refused: false, reason: expect.stringContaining('does not answer') as string });
    await witnesses['acme']?.restart();
    await until('the witness again', async () => (await stack.customers.acme.log.audit()).witness?.failingSince === null);
  });

  it('are verified out of the bucket by an auditor whose account can only read', async () => {
    const file = join(stack.dir, 'policy');
    await writeFile(file, stack.parts.policies['acme'] ?? '');
    const { acme } = stack.customers;
    const answer = await acme.golive('verify', `s3://${acme.file.audit.bucket}`, '--policy', file, '--json');
    expect(answer.exitCode, answer.stdout.slice(0, 2_000) + answer.stderr).toBe(0);
    expect(JSON.parse(answer.stdout)).toMatchObject({ verified: true });

    const connections = await readFile(stack.parts.connectionsFile, 'utf8');
    const auditor = stack.parts.secrets['acme']?.s3.auditor;
    expect(connections).toContain(auditor?.accessKey);
    const store = createS3Store({
      ...{ endpoint: stack.parts.s3.endpoint, region: stack.parts.s3.region, bucket: acme.file.audit.bucket },
      credentials: { accessKeyId: auditor?.accessKey ?? '', secretAccessKey: auditor?.secretKey ?? '' },
    });
    expect(await store.size('log/checkpoint')).toBeGreaterThan(0);
    await expect(store.put('log/checkpoint', 'mine')).rejects.toThrow('AccessDenied');
    store.close();
  });

  it('leave nothing published that can be deleted before the retention of the deployment file is over', async () => {
    const { endpoint, region, accessKey, secretKey } = stack.parts.s3;
    const { bucket } = stack.customers.acme.file.audit;
    const owner = new S3Client({
      ...{ endpoint, region, forcePathStyle: true },
      credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
    });
    const { Versions = [] } = await owner.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: 'log/tile/' }));
    expect(Versions.length).toBeGreaterThan(0);
    for (const { Key, VersionId } of Versions.slice(0, 5)) {
      const { Retention } = await owner.send(new GetObjectRetentionCommand({ Bucket: bucket, Key, VersionId }));
      expect(Retention?.Mode).toBe('GOVERNANCE');
      expect((Retention?.RetainUntilDate?.getTime() ?? 0) - Date.now()).toBeGreaterThan(47 * 3_600_000);
      const refused = await owner.send(new DeleteObjectCommand({ Bucket: bucket, Key, VersionId })).catch(nameOf);
      expect(refused).toBe('AccessDenied');
    }
    owner.destroy();
  });
});

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : String(error));
