import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { policyText } from '../../../audit/tlog/policy.ts';
import { createS3Store, type S3Store } from '../../../clients/store/s3.ts';
import { writeTo } from '../../../scripts/generate/write.ts';
import { runCli } from '../../../scripts/cli/run.ts';
import { sharedS3, uniqueName } from '../../support/servers/shared.ts';
import type { TestLog } from '../../support/tiled-log.ts';
import { logOf, smallDeployment } from '../../support/verified.ts';

const PREFIX = 'acme/q4';
let dir: string;
let log: TestLog;
let bucket: string;
let store: S3Store;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'golive-verify-'));
  const made = await smallDeployment();
  log = await logOf(made);
  for (const [path, bytes] of log.files) await writeTo(join(dir, 'copy', path), bytes);
  await writeFile(join(dir, 'policy'), policyText(log.policy));

  const { endpoint, region, accessKey, secretKey } = sharedS3();
  bucket = uniqueName('verify');
  store = createS3Store({ endpoint, region, bucket, credentials: { accessKeyId: accessKey, secretAccessKey: secretKey } });
  await store.ensureBucket({ versioning: true });
  await Promise.all([...log.files].map(([path, bytes]) => store.put(`${PREFIX}/${path}`, bytes)));
  const connections = {
    apiVersion: 'golive/v1',
    kind: 'Connections',
    customers: {
      acme: {
        log: { endpoint: 'http://127.0.0.1:1' },
        store: {
          endpoint,
          region,
          accessKeyId: accessKey,
          secretAccessKey: secretKey,
          manifestBucket: 'none',
          auditBucket: bucket,
        },
        rootKeys: [made.rootKey],
      },
    },
  };
  await writeFile(join(dir, 'golive.yaml'), stringify(connections));
});
afterAll(async () => {
  store.close();
  await rm(dir, { recursive: true, force: true });
});

async function verify(place: string, ...options: string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const argv = ['verify', place, '--policy', join(dir, 'policy'), '--connections', join(dir, 'golive.yaml'), ...options];
  const io = {
    stdout: (t: string) => void out.push(t),
    stderr: (t: string) => void err.push(t),
    isTTY: false,
    now: () => Date.now(),
  };
  return { code: await runCli(argv, io), out: out.join(''), err: err.join('') };
}

interface Report {
  verified: boolean;
  root: string;
  read: { versions: number };
  findings: { rule: string; file?: string; next: string }[];
}

describe('golive verify', () => {
  it('says in its last line what was verified, and ends with 0', async () => {
    const { code, out } = await verify(join(dir, 'copy'));
    expect(code).toBe(0);
    expect(out.trimEnd().split('\n').at(-1)).toBe(`verified: size ${log.tree.size}, root ${log.tree.root().toString('base64')}`);
  });

  it('reads a bucket with all that it remembers', async () => {
    const { code, out, err } = await verify(`s3://${bucket}/${PREFIX}`, '--json');
    expect([code, err]).toEqual([0, '']);
    const report = JSON.parse(out) as Report;
    expect(report).toMatchObject({ verified: true, root: log.tree.root().toString('base64'), findings: [] });
    expect(report.read.versions).toBe(log.files.size);
  });

  it('names rule, file and what to do, and ends with 6', async () => {
    await writeTo(join(dir, 'copy', 'log/tile/0/007'), 'x');
    const { code, out } = await verify(join(dir, 'copy'), '--json');
    await rm(join(dir, 'copy', 'log/tile/0/007'));
    expect(code).toBe(6);
    const [finding] = (JSON.parse(out) as Report).findings;
    expect(finding).toMatchObject({ rule: 'file_extra', file: 'log/tile/0/007' });
    expect(finding?.next).not.toBe('');
  });

  it('finds in a bucket what was replaced and put back, and what was deleted', async () => {
    const path = `${PREFIX}/log/tile/0/000`;
    await store.put(path, 'forged');
    await store.put(path, log.files.get('log/tile/0/000') ?? '');
    const [copy = ''] = [...log.files.keys()].filter((p) => p.startsWith('log/checkpoints/'));
    await store.remove(`${PREFIX}/${copy}`);
    const { code, out } = await verify(`s3://${bucket}/${PREFIX}`, '--json');
    expect(code).toBe(6);
    const rules = (JSON.parse(out) as Report).findings.map(({ rule }) => rule);
    expect(rules).toContain('overwritten');
    expect(rules).toContain('deleted');
  });

  it('asks for what it needs, and ends with 2', async () => {
    expect((await verify(dir)).code).toBe(2);
    expect((await verify(join(dir, 'copy'), '--since', join(dir, 'nothing'))).code).toBe(2);
    await writeFile(join(dir, 'no-policy'), 'quorum none\n');
    const { code, err } = await verify(join(dir, 'copy'), '--policy', join(dir, 'no-policy'));
    expect([code, err]).toEqual([2, expect.stringContaining('exactly one log is expected')]);
  });
});
