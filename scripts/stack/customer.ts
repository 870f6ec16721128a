import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createS3Store } from '../../clients/store/s3.ts';
import type { S3Account, S3Server } from '../processes/s3.ts';
import { grant, type Party } from './access.ts';
import type { DeploymentFile } from '../../domain/deployment-file.ts';

/** A customer's folder as `scripts/generate` or a real customer's team leaves it. */
export interface CustomerFolder {
  dir: string;
  file: DeploymentFile;
  rootKeys: string[];
}

/** Keys of one customer's systems, made for the life of a stack. Nothing outside its folder ever sees them. */
export interface Secrets {
  platform: { forward: string; lower: string; read: string };
  cluster: string;
  log: { add: string; read: string; note: string };
  slack: { botToken: string; signingSecret: string };
  pager: string;
  /** Of the customer's Alertmanager. */
  alerts: string;
  s3: Record<Party, S3Account>;
}

export const secret = (): string => randomBytes(24).toString('base64url');

export const newSecrets = (customer: string): Secrets => ({
  platform: { forward: secret(), lower: secret(), read: secret() },
  cluster: secret(),
  log: { add: secret(), read: secret(), note: secret() },
  slack: { botToken: `xoxb-${secret()}`, signingSecret: secret() },
  pager: secret(),
  alerts: secret(),
  s3: {
    log: account(customer, 'log'),
    engine: account(customer, 'engine'),
    stop: account(customer, 'stop'),
    gateway: account(customer, 'gateway'),
    auditor: account(customer, 'auditor'),
    backup: account(customer, 'backup'),
  },
});

const account = (customer: string, party: Party): S3Account => ({ accessKey: `${customer}-${party}`, secretKey: secret() });

/** Where the log keeps what it replaces and removes: never under Object Lock. */
export const workBucketOf = (file: DeploymentFile): string => `${file.audit.bucket}-work`;

const UPLOADS_AT_ONCE = 16;

/** Buckets as the deployment file names them, with the signed files in the one and room for the log in the others. */
export async function upload(s3: S3Server, folder: CustomerFolder, accounts: Secrets['s3']): Promise<void> {
  const { dir, file } = folder;
  const store = (bucket: string) =>
    createS3Store({
      endpoint: s3.endpoint,
      region: s3.region,
      bucket,
      credentials: { accessKeyId: s3.accessKey, secretAccessKey: s3.secretKey },
    });
  const audit = store(file.audit.bucket);
  await audit.ensureBucket({ versioning: true, objectLock: (file.audit.retention?.mode ?? 'none') !== 'none' });
  audit.close();
  const work = store(workBucketOf(file));
  await work.ensureBucket();
  work.close();

  const manifests = store(file.manifestSet.bucket);
  await manifests.ensureBucket();
  const prefix = file.manifestSet.prefix.replace(/\/?$/, '/');
  const set = (await readdir(join(dir, 'set'), { recursive: true, withFileTypes: true })).filter((f) => f.isFile());
  const files = [
    ...['deployment.yaml', 'deployment.dsse.json'].map((name) => ({ path: join(dir, name), key: `${file.deployment}/${name}` })),
    ...set.map((f) => {
      const path = join(f.parentPath, f.name);
      return { path, key: `${prefix}${path.slice(join(dir, 'set').length + 1)}` };
    }),
  ];
  for (let i = 0; i < files.length; i += UPLOADS_AT_ONCE) {
    await Promise.all(files.slice(i, i + UPLOADS_AT_ONCE).map(async ({ path, key }) => manifests.put(key, await readFile(path))));
  }
  manifests.close();
  await grant(
    s3,
    {
      auditBucket: file.audit.bucket,
      auditPrefix: file.audit.prefix,
      workBucket: workBucketOf(file),
      manifestBucket: file.manifestSet.bucket,
    },
    accounts,
  );
}
