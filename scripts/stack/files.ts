import { join } from 'node:path';
import { stringify } from 'yaml';
import type { ConnectionsFile } from '../cli/connections.ts';
import type { S3Account, S3Server } from '../processes/s3.ts';
import type { CustomerFolder, Secrets } from './customer.ts';
import { writePrivate } from './parts.ts';
import { apiUrlOf, pagerUrlOf, teamsWebhookOf } from './slack.ts';

/** One customer's part of a stack, with what it takes to reach it. */
export interface CustomerSystems {
  folder: CustomerFolder;
  secrets: Secrets;
  /** Text of the policy file. */
  policy: string;
  s3: S3Server;
  /** Endpoints. */
  log: string;
  platform: string;
  /** Where Slack and the webhooks beside it are. */
  slack?: string;
}

/** What the workers read: credentials that act. Those that stop can only lower. */
export async function writeTenants(
  path: string,
  systems: readonly CustomerSystems[],
  who: 'engine' | 'stop' = 'engine',
): Promise<void> {
  const stops = who === 'stop';
  const tenants = systems.map(({ folder: { dir, file, rootKeys }, secrets, policy, s3, log, platform, slack }) => ({
    customer: file.customer,
    rootKeys,
    auditPolicy: policy,
    store: storeOf(file, s3, stops ? secrets.s3.stop : secrets.s3.engine),
    platform: { endpoint: platform, key: stops ? secrets.platform.lower : secrets.platform.forward },
    cluster: { endpoint: file.cluster.endpoint, token: secrets.cluster },
    log: { endpoint: log, addToken: secrets.log.add, readToken: secrets.log.read },
    ...(stops || file.machine === undefined ? {} : { machineKey: join(dir, 'keys', 'machine.pem') }),
    ...(stops || slack === undefined || file.slack === undefined
      ? {}
      : {
          slack: { botToken: secrets.slack.botToken, apiUrl: apiUrlOf(slack) },
          teams: { webhook: teamsWebhookOf(slack, file.customer) },
          pager: { url: pagerUrlOf(slack), token: secrets.pager },
        }),
  }));
  await writePrivate(path, JSON.stringify({ tenants }, null, 2));
}

/** What people's command lines read: credentials that look, the one that lowers without Temporal, and the one that enters that later. */
export async function writeConnections(
  path: string,
  systems: readonly CustomerSystems[],
  shared: { temporal: { address: string; namespace: string }; gateway: string },
): Promise<void> {
  const { address, namespace } = shared.temporal;
  const customers = systems.map(({ folder: { dir, file, rootKeys }, secrets, policy, s3, log, platform, slack }) => [
    file.customer,
    {
      gateway: shared.gateway,
      log: { endpoint: log, token: secrets.log.read, addToken: secrets.log.add },
      platform: { endpoint: platform, key: secrets.platform.read, lowerKey: secrets.platform.lower },
      store: { ...storeOf(file, s3, s3), auditor: keysOf(secrets.s3.auditor) },
      ...(slack === undefined || file.slack === undefined
        ? {}
        : { slack: { botToken: secrets.slack.botToken, apiUrl: apiUrlOf(slack) } }),
      rootKeys,
      auditPolicy: policy,
      keysDir: join(dir, 'keys'),
      deployments: { [file.deployment]: { file: join(dir, 'deployment.yaml') } },
    } satisfies ConnectionsFile['customers'][string],
  ]);
  const connections: ConnectionsFile = {
    apiVersion: 'golive/v1',
    kind: 'Connections',
    temporal: { address, namespace },
    customers: Object.fromEntries(customers) as ConnectionsFile['customers'],
  };
  await writePrivate(path, stringify(connections, { lineWidth: 0 }));
}

const keysOf = ({ accessKey, secretKey }: S3Account) => ({ accessKeyId: accessKey, secretAccessKey: secretKey });

const storeOf = (file: CustomerFolder['file'], { endpoint, region }: S3Server, account: S3Account) => ({
  ...{ endpoint, region },
  ...keysOf(account),
  manifestBucket: file.manifestSet.bucket,
  auditBucket: file.audit.bucket,
  auditPrefix: file.audit.prefix,
});
