import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { checkpointText } from '../../../../audit/tlog/checkpoint.ts';
import { policyText } from '../../../../audit/tlog/policy.ts';
import type { S3Store } from '../../../../clients/store/s3.ts';
import type { EntryOf } from '../../../../domain/entry.ts';
import type { ConnectionsFile } from '../../../../scripts/cli/connections.ts';
import { runCli } from '../../../../scripts/cli/run.ts';
import { freshS3Store } from '../../../clients/store/stores.ts';
import { sharedS3, uniqueName } from '../../../support/servers/shared.ts';
import type { SignedDeployment } from '../../../support/signed-deployment.ts';
import type { TestLog } from '../../../support/tiled-log.ts';
import { logOf, smallDeployment } from '../../../support/verified.ts';
import type { Ran } from '../desk.ts';

/** A finished deployment whose log, set and deployment file lie in real buckets, and a command line that reaches them. */
export interface Placed {
  dir: string;
  made: SignedDeployment;
  log: TestLog;
  audit: S3Store;
  manifests: S3Store;
  /** The bucket of the log's lock. */
  work: S3Store;
  prefix: string;
  connections: string;
  golive(...argv: string[]): Promise<Ran>;
  close(): Promise<void>;
}

export async function placed(over: { logEndpoint?: string } = {}): Promise<Placed> {
  const made = await smallDeployment();
  const log = await logOf(made);
  const { customer, deployment, audit: place, manifestSet } = made.file;
  const [bucket, manifestBucket] = [uniqueName('audit'), uniqueName('manifests')];
  const [audit, work, manifests] = await Promise.all([
    freshS3Store(bucket),
    freshS3Store(`${bucket}-work`),
    freshS3Store(manifestBucket),
  ]);
  for (const [path, bytes] of log.files) await audit.put(`${place.prefix}/${path}`, bytes);
  await work.put(`${place.prefix}/log/lock`, checkpointText(log.checkpoint));
  const opened = made.drafts.find(({ entry }) => entry.kind === 'deployment.opened')?.entry as EntryOf<'deployment.opened'>;
  const signature = made.drafts.find(
    ({ entry }) => entry.kind === 'evidence' && entry.data.subject.startsWith('deployment-file:'),
  );
  const evidenceOf = (digest: string): Uint8Array => made.evidence.get(digest.slice(7)) ?? Buffer.of();
  await manifests.put(`${deployment}/deployment.yaml`, evidenceOf(opened.data.deploymentFile.digest));
  const signed = signature?.entry as EntryOf<'evidence'>;
  await manifests.put(`${deployment}/deployment.dsse.json`, evidenceOf(signed.data.evidence.digest));
  await manifests.put(`${manifestSet.prefix}/manifests/one.yaml`, 'apiVersion: golive/v1\n');

  const dir = await mkdtemp(join(tmpdir(), 'golive-backup-'));
  const s3 = sharedS3();
  const connections = join(dir, 'golive.yaml');
  const file: ConnectionsFile = {
    apiVersion: 'golive/v1',
    kind: 'Connections',
    temporal: { address: '127.0.0.1:1', namespace: 'default' },
    customers: {
      [customer]: {
        log: { endpoint: over.logEndpoint ?? 'http://127.0.0.1:1', token: 'readers-token-0123' },
        store: {
          ...{ endpoint: s3.endpoint, region: s3.region, accessKeyId: s3.accessKey, secretAccessKey: s3.secretKey },
          ...{ manifestBucket, auditBucket: bucket, auditPrefix: place.prefix },
        },
        rootKeys: [made.rootKey],
        auditPolicy: policyText(log.policy),
        deployments: { [deployment]: {} },
      },
    },
  };
  await writeFile(connections, stringify(file));
  return {
    ...{ dir, made, log, audit, manifests, work, connections, prefix: place.prefix },
    async golive(...argv) {
      const said = { out: '', err: '' };
      const code = await runCli([...argv, '--connections', connections], {
        stdout: (text) => void (said.out += text),
        stderr: (text) => void (said.err += text),
        isTTY: false,
        now: () => Date.now(),
        columns: 140,
      });
      return { code, ...said, json: () => JSON.parse(said.out) as Record<string, unknown> };
    },
    async close() {
      for (const store of [audit, work, manifests]) store.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
