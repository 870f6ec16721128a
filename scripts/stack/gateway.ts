import { join } from 'node:path';
import type { ManagedProcess } from '../processes/process.ts';
import { answersOk } from '../processes/ports.ts';
import type { CustomerSystems } from './files.ts';
import { ours, writePrivate } from './parts.ts';
import { apiUrlOf } from './slack.ts';

/** The gateway; without a customer who has Slack it is a relay and holds nothing. */
export async function startGateway(options: {
  dir: string;
  port: number;
  env: Record<string, string>;
  systems: readonly CustomerSystems[];
  slack: string | undefined;
}): Promise<ManagedProcess> {
  const { dir, port, env, slack } = options;
  const withSlack = options.systems.filter(({ folder }) => folder.file.slack !== undefined);
  const file = join(dir, 'gateway.json');
  const serving = slack !== undefined && withSlack.length > 0;
  if (serving) {
    await writePrivate(file, JSON.stringify({ customers: withSlack.map((one) => customerOf(one, apiUrlOf(slack))) }, null, 2));
  }
  const withMachine = options.systems.filter(({ folder }) => folder.file.machine !== undefined);
  const alerts = join(dir, 'alerts.json');
  if (withMachine.length > 0) await writePrivate(alerts, JSON.stringify({ customers: withMachine.map(alertsOf) }, null, 2));
  return ours(
    'gateway',
    dir,
    'workers/gateway/main.ts',
    {
      ...env,
      GOLIVE_GATEWAY_PORT: String(port),
      ...(serving ? { GOLIVE_GATEWAY_FILE: file } : { GOLIVE_SLACK: 'off' }),
      ...(withMachine.length > 0 ? { GOLIVE_ALERTS_FILE: alerts } : {}),
    },
    () => answersOk(`http://127.0.0.1:${port}/readyz`),
  );
}

const customerOf = ({ folder: { dir, file, rootKeys }, secrets, s3, log, platform }: CustomerSystems, apiUrl: string) => ({
  customer: file.customer,
  rootKeys,
  store: {
    ...{ endpoint: s3.endpoint, region: s3.region, manifestBucket: file.manifestSet.bucket },
    ...{ accessKeyId: secrets.s3.gateway.accessKey, secretAccessKey: secrets.s3.gateway.secretKey },
  },
  log: { endpoint: log, readToken: secrets.log.read, noteToken: secrets.log.note },
  platform: { endpoint: platform, readKey: secrets.platform.read },
  slack: { team: file.slack?.team, ...secrets.slack, apiUrl, keyFile: join(dir, 'keys', 'gateway.pem') },
});

/** What a customer's Alertmanager may stop by itself. */
const alertsOf = ({ folder: { dir, file }, secrets }: CustomerSystems) => ({
  customer: file.customer,
  token: secrets.alerts,
  keyFile: join(dir, 'keys', 'machine.pem'),
  deployments: { [file.deployment]: { environment: file.environment, logOrigin: file.logOrigin } },
  rules: [{ alert: 'TooManyWrites', order: 'rollback', row: 'write-rate', scope: { level: 'cohort', label: 'cohort' } }],
});
