import {
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectRetentionCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { putEvidence } from '../../clients/store/evidence.ts';
import { createS3Store } from '../../clients/store/s3.ts';
import { startS3, type S3Account, type S3Server } from '../../scripts/processes/s3.ts';
import { grant, PARTIES, type Party } from '../../scripts/stack/access.ts';
import { root } from '../../scripts/stack/root.ts';

const FOLDER = join(root, 'deploy', 'policies');
const AUDIT = 'audit-acme';
const WORK = 'audit-acme-work';
const MANIFESTS = 'manifests-acme';
const PREFIX = 'acme/q4/';
const TILE = `${PREFIX}log/tile/0/000`;
const HOUR_MS = 3_600_000;

let dir: string;
let s3: S3Server;
let admin: S3Client;
let tileVersion: string | undefined;
const accounts = Object.fromEntries(
  PARTIES.map((party) => [party, { accessKey: `acme-${party}`, secretKey: `secret-of-${party}` }]),
) as Record<Party, S3Account>;
const clients = new Map<Party, S3Client>();

const storeOf = (bucket: string, { accessKey, secretKey }: S3Account) =>
  createS3Store({
    ...{ endpoint: s3.endpoint, region: s3.region, bucket },
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
  });
const clientOf = ({ accessKey, secretKey }: S3Account) =>
  new S3Client({
    ...{ endpoint: s3.endpoint, region: s3.region, forcePathStyle: true },
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
  });

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'golive-policies-'));
  s3 = await startS3({ dir, accounts: Object.values(accounts) });
  admin = clientOf(s3);
  for (const [bucket, options] of [
    [AUDIT, { versioning: true, objectLock: true }],
    [WORK, {}],
    [MANIFESTS, {}],
  ] as const) {
    const store = storeOf(bucket, s3);
    await store.ensureBucket(options);
    store.close();
  }
  const put = (bucket: string, key: string) => admin.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: key }));
  await put(MANIFESTS, 'q4/deployment.yaml');
  await put(MANIFESTS, 'q4/set/manifests.txt');
  await put(WORK, `${PREFIX}log/lock`);
  await put(AUDIT, `${PREFIX}evidence/abc`);
  const kept = { ObjectLockMode: 'GOVERNANCE' as const, ObjectLockRetainUntilDate: new Date(Date.now() + 2 * HOUR_MS) };
  tileVersion = (await admin.send(new PutObjectCommand({ Bucket: AUDIT, Key: TILE, Body: TILE, ...kept }))).VersionId;
  await grant(s3, { auditBucket: AUDIT, auditPrefix: PREFIX, workBucket: WORK, manifestBucket: MANIFESTS }, accounts);
  for (const party of PARTIES) clients.set(party, clientOf(accounts[party]));
});
afterAll(async () => {
  for (const client of [admin, ...clients.values()]) client.destroy();
  await s3.stop();
  await rm(dir, { recursive: true, force: true });
});

const until = () => new Date(Date.now() + HOUR_MS);
const get = (Bucket: string, Key: string) => (c: S3Client) => c.send(new GetObjectCommand({ Bucket, Key }));
const put = (Bucket: string, Key: string) => (c: S3Client) => c.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
const list = (Bucket: string) => (c: S3Client) => c.send(new ListObjectsV2Command({ Bucket }));
const remove = (Bucket: string, Key: string) => (c: S3Client) => c.send(new DeleteObjectCommand({ Bucket, Key }));
const removeVersion = (c: S3Client) =>
  c.send(new DeleteObjectCommand({ Bucket: AUDIT, Key: TILE, VersionId: tileVersion, BypassGovernanceRetention: true }));
const putRetained = (Key: string) => (c: S3Client) => {
  const retained = { ObjectLockMode: 'GOVERNANCE' as const, ObjectLockRetainUntilDate: until() };
  return c.send(new PutObjectCommand({ Bucket: AUDIT, Key, Body: 'x', ...retained }));
};
const shorten = (c: S3Client) => {
  const Retention = { Mode: 'GOVERNANCE' as const, RetainUntilDate: until() };
  return c.send(new PutObjectRetentionCommand({ Bucket: AUDIT, Key: TILE, Retention, BypassGovernanceRetention: true }));
};
const versions = (c: S3Client) => c.send(new ListObjectVersionsCommand({ Bucket: AUDIT }));
const getVersion = (c: S3Client) => c.send(new GetObjectCommand({ Bucket: AUDIT, Key: TILE, VersionId: tileVersion }));
const suspend = (c: S3Client) =>
  c.send(new PutBucketVersioningCommand({ Bucket: AUDIT, VersioningConfiguration: { Status: 'Suspended' } }));
const openUp = (c: S3Client) => {
  const Statement = [{ Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: `arn:aws:s3:::${AUDIT}/*` }];
  return c.send(new PutBucketPolicyCommand({ Bucket: AUDIT, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }));
};

type Call = [string, (client: S3Client) => Promise<unknown>];

const MAY: Record<Party, Call[]> = {
  log: [
    ['publish a checkpoint', put(AUDIT, `${PREFIX}log/checkpoint`)],
    ['publish a tile that nobody may delete for a while', putRetained(`${PREFIX}log/tile/0/001`)],
    ['read a tile', get(AUDIT, TILE)],
    ['list what is published', list(AUDIT)],
    ['commit', put(WORK, `${PREFIX}log/lock`)],
    ['stage', put(WORK, `${PREFIX}log/staging/1`)],
    ['read the lock', get(WORK, `${PREFIX}log/lock`)],
    ['drop what was staged', remove(WORK, `${PREFIX}log/staging/1`)],
  ],
  engine: [
    ['read signed files', get(MANIFESTS, 'q4/deployment.yaml')],
    ['list a set', list(MANIFESTS)],
    ['keep evidence', put(AUDIT, `${PREFIX}evidence/def`)],
    ['read evidence', get(AUDIT, `${PREFIX}evidence/abc`)],
    ['read what the log published', get(AUDIT, TILE)],
  ],
  stop: [
    ['read who may stop', get(MANIFESTS, 'q4/deployment.yaml')],
    ['see which deployments there are', list(MANIFESTS)],
    ['keep evidence', put(AUDIT, `${PREFIX}evidence/stop`)],
    ['read evidence', get(AUDIT, `${PREFIX}evidence/abc`)],
  ],
  gateway: [['read who is who', get(MANIFESTS, 'q4/deployment.yaml')]],
  auditor: [
    ['read a tile', get(AUDIT, TILE)],
    ['read evidence', get(AUDIT, `${PREFIX}evidence/abc`)],
    ['list every version', versions],
    ['read an old version', getVersion],
    ['see that objects are locked', (c) => c.send(new GetObjectLockConfigurationCommand({ Bucket: AUDIT }))],
    ['see for how long an object is kept', (c) => c.send(new GetObjectRetentionCommand({ Bucket: AUDIT, Key: TILE }))],
  ],
  backup: [
    ['read a tile', get(AUDIT, TILE)],
    ['list every version', versions],
    ['read an old version', getVersion],
    ['read the lock', get(WORK, `${PREFIX}log/lock`)],
    ['list what is being committed', list(WORK)],
    ['read signed files', get(MANIFESTS, 'q4/deployment.yaml')],
    ['list a set', list(MANIFESTS)],
  ],
};

const NOBODY_MAY: Call[] = [
  ['delete a tile', remove(AUDIT, TILE)],
  ['delete a version', removeVersion],
  ['switch versioning off', suspend],
  ["change the bucket's policy", openUp],
  ['write beside the customer’s folder', put(AUDIT, 'globex/log/checkpoint')],
  ['write manifests', put(MANIFESTS, 'q4/deployment.yaml')],
];

// Not tried, since this server does not keep to S3's rules there: who may set a retention can also shorten one (AWS wants the
// right to bypass, which nobody has here), and only the owner of a bucket is told whether it has versioning.
const MAY_NOT: Record<Party, Call[]> = {
  log: [
    ['write evidence', put(AUDIT, `${PREFIX}evidence/abc`)],
    ['read manifests', get(MANIFESTS, 'q4/deployment.yaml')],
    ['read the log of somebody else', get(AUDIT, 'globex/log/checkpoint')],
  ],
  engine: [
    ['write a checkpoint', put(AUDIT, `${PREFIX}log/checkpoint`)],
    ['write a tile', put(AUDIT, TILE)],
    ['commit', put(WORK, `${PREFIX}log/lock`)],
    ['read what is being committed', get(WORK, `${PREFIX}log/lock`)],
    ['delete evidence', remove(AUDIT, `${PREFIX}evidence/abc`)],
    ['set a retention', putRetained(`${PREFIX}evidence/ghi`)],
    ['shorten a retention', shorten],
  ],
  stop: [
    ['read manifests', get(MANIFESTS, 'q4/set/manifests.txt')],
    ['write a checkpoint', put(AUDIT, `${PREFIX}log/checkpoint`)],
    ['read a tile', get(AUDIT, TILE)],
    ['commit', put(WORK, `${PREFIX}log/lock`)],
    ['delete evidence', remove(AUDIT, `${PREFIX}evidence/abc`)],
  ],
  gateway: [
    ['read manifests', get(MANIFESTS, 'q4/set/manifests.txt')],
    ['write evidence', put(AUDIT, `${PREFIX}evidence/abc`)],
    ['read evidence', get(AUDIT, `${PREFIX}evidence/abc`)],
    ['read a tile', get(AUDIT, TILE)],
    ['commit', put(WORK, `${PREFIX}log/lock`)],
  ],
  auditor: [
    ['shorten a retention', shorten],
    ['write a checkpoint', put(AUDIT, `${PREFIX}log/checkpoint`)],
    ['write evidence', put(AUDIT, `${PREFIX}evidence/abc`)],
    ['read manifests', get(MANIFESTS, 'q4/deployment.yaml')],
    ['read what is being committed', get(WORK, `${PREFIX}log/lock`)],
    ['write what is being committed', put(WORK, `${PREFIX}log/lock`)],
  ],
  backup: [
    ['write a checkpoint', put(AUDIT, `${PREFIX}log/checkpoint`)],
    ['write evidence', put(AUDIT, `${PREFIX}evidence/abc`)],
    ['commit', put(WORK, `${PREFIX}log/lock`)],
    ['drop the lock', remove(WORK, `${PREFIX}log/lock`)],
    ['shorten a retention', shorten],
  ],
};

const clientFor = (party: Party): S3Client => clients.get(party) ?? admin;
const cases = (of: Record<Party, Call[]>) =>
  PARTIES.flatMap((party) => of[party].map(([what, call]) => [party, what, call] as const));

/** The SDK's errors hold the whole connection; a test that fails shall print a name. */
const answered = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );

describe('with the policies of deploy/policies, a real S3', () => {
  it.each(cases(MAY))('lets the %s %s', async (party, _what, call) => {
    expect(await answered(call(clientFor(party)))).toBe('done');
  });

  it.each([...PARTIES.flatMap((party) => NOBODY_MAY.map(([what, call]) => [party, what, call] as const)), ...cases(MAY_NOT)])(
    'does not let the %s %s',
    async (party, _what, call) => {
      expect(await answered(call(clientFor(party)))).toBe('AccessDenied');
    },
  );

  it('tells log and engine that an object is not there, instead of that they may not know', async () => {
    for (const [party, key] of [
      ['log', 'log/none'],
      ['engine', 'evidence/none'],
    ] as const) {
      const store = storeOf(AUDIT, accounts[party]);
      expect(await store.get(`${PREFIX}${key}`)).toBeUndefined();
      store.close();
    }
  });

  it('lets the engine keep evidence that is there already', async () => {
    const store = storeOf(AUDIT, accounts.engine);
    const first = await putEvidence(store, PREFIX, 'what was seen');
    expect(await putEvidence(store, PREFIX, 'what was seen')).toEqual(first);
    store.close();
  });
});

interface Statement {
  Sid: string;
  Effect: string;
  Principal?: unknown;
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string>>;
}
const statementsOf = async (file: string): Promise<Statement[]> => {
  const parsed = JSON.parse(await readFile(join(FOLDER, file), 'utf8')) as { Version: string; Statement: Statement[] };
  expect(parsed.Version).toBe('2012-10-17');
  return parsed.Statement;
};
const all = (one: string | string[]): string[] => [one].flat();

describe('the files under deploy/policies', () => {
  it('allow nothing by a wildcard, and nothing on everything', async () => {
    const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.json'));
    expect(files).toHaveLength(PARTIES.length + 2);
    for (const file of files) {
      const allowed = (await statementsOf(file)).filter((s) => s.Effect === 'Allow');
      expect(allowed.flatMap((s) => all(s.Action)).join()).not.toContain('*');
      for (const s of allowed) for (const resource of all(s.Resource)) expect(resource).toMatch(/\$\{[A-Z_]+\}/);
      // Who may do it is decided where the policy is attached to; a role's own policy names nobody.
      for (const s of allowed) expect(s.Principal).toBeUndefined();
    }
  });

  it('give the witness its key and no S3 at all', async () => {
    const actions = (await statementsOf('witness.json')).flatMap((s) => all(s.Action));
    expect(actions.sort()).toEqual(['kms:GetPublicKey', 'kms:Sign']);
  });

  it('let log and witness sign in the one way that notes are verified in, each with its own key', async () => {
    for (const [file, key] of [
      ['log.json', '${LOG_KEY_ARN}'],
      ['witness.json', '${WITNESS_KEY_ARN}'],
    ] as const) {
      const [sign, ...more] = (await statementsOf(file)).filter((s) => all(s.Action).includes('kms:Sign'));
      expect(more).toEqual([]);
      expect(sign).toMatchObject({
        Resource: key,
        Condition: { StringEquals: { 'kms:SigningAlgorithm': 'ED25519_SHA_512', 'kms:MessageType': 'RAW' } },
      });
    }
  });
});
