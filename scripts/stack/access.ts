import { PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folder } from '../../clients/store/key.ts';
import type { S3Account, S3Server } from '../processes/s3.ts';
import { root } from './root.ts';

/** Who has an account of its own in S3. The witness has none: it needs no S3 at all. */
export const PARTIES = ['log', 'engine', 'stop', 'gateway', 'auditor', 'backup'] as const;
export type Party = (typeof PARTIES)[number];

/** The names that the files under deploy/policies are filled in with. */
export interface Places {
  auditBucket: string;
  /** A folder in it, or nothing. */
  auditPrefix: string;
  workBucket: string;
  manifestBucket: string;
}

interface Statement {
  Effect: 'Allow' | 'Deny';
  Principal?: unknown;
  Action: string | string[];
  Resource: string | string[];
  Condition?: unknown;
}

const ARN = 'arn:aws:s3:::';

/**
 * Gives each party in the customer's buckets what its file under deploy/policies gives it in production, and no more. The
 * S3 server knows no roles, so what is a role's policy there stands in the buckets' own policies here; what hangs on a
 * condition (TLS, KMS) has no meaning on this machine and is left out.
 */
export async function grant(s3: S3Server, places: Places, accounts: Record<Party, S3Account>): Promise<void> {
  const statements = await statementsFor('audit-bucket', places);
  for (const party of PARTIES) {
    const Principal = { AWS: [accounts[party].accessKey] };
    for (const statement of await statementsFor(party, places)) statements.push({ ...statement, Principal });
  }
  const client = new S3Client({
    endpoint: s3.endpoint,
    region: s3.region,
    forcePathStyle: true,
    credentials: { accessKeyId: s3.accessKey, secretAccessKey: s3.secretKey },
  });
  for (const bucket of new Set([places.auditBucket, places.workBucket, places.manifestBucket])) {
    const Statement = statements.flatMap((s) => {
      const Resource = listed(s.Resource).filter((r) => r === `${ARN}${bucket}` || r.startsWith(`${ARN}${bucket}/`));
      return Resource.length === 0 ? [] : [{ ...s, Resource }];
    });
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
  }
  client.destroy();
}

async function statementsFor(file: Party | 'audit-bucket', places: Places): Promise<Statement[]> {
  const text = await readFile(join(root, 'deploy', 'policies', `${file}.json`), 'utf8');
  const filled = text
    .replaceAll('${AUDIT_BUCKET}', places.auditBucket)
    .replaceAll('${AUDIT_PREFIX}', folder(places.auditPrefix))
    .replaceAll('${WORK_BUCKET}', places.workBucket)
    .replaceAll('${MANIFEST_BUCKET}', places.manifestBucket);
  const { Statement } = JSON.parse(filled) as { Statement: Statement[] };
  return Statement.filter((s) => s.Condition === undefined && listed(s.Action).every((a) => a.startsWith('s3:')));
}

const listed = (one: string | string[]): string[] => (Array.isArray(one) ? one : [one]);
