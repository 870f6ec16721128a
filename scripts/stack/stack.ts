import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { childEnvironment } from '../environment.ts';
import type { ManagedProcess } from '../processes/process.ts';
import { freePort } from '../processes/ports.ts';
import { startS3, type S3Server } from '../processes/s3.ts';
import { startTemporal, type TemporalServer } from '../processes/temporal.ts';
import { auditKeys } from './audit.ts';
import { newSecrets, secret, upload, type CustomerFolder, type Secrets } from './customer.ts';
import { writeConnections, writeTenants, type CustomerSystems } from './files.ts';
import { root } from './root.ts';
import { startGateway } from './gateway.ts';
import { startStopWorkers } from './stop.ts';
import { startSlack, type SlackPart } from './slack.ts';
import { ours, startLog, startPlatform, startWitness } from './parts.ts';

export interface StackOptions {
  /** Everything lies in here: data, logs, credentials, and the connections file. */
  dir: string;
  customers: CustomerFolder[];
  /** Ports that were written into deployment files before anything ran. */
  platformPort: number;
  uiPort?: number;
  tools: { temporal: string; versitygw: string };
  speed: number;
  /** For Temporal's server, besides what it always has. */
  temporalArgs?: string[];
  /** Node's own, for the reference platform. */
  platformArgs?: string[];
  /** Told as each part is up. */
  onPart?: (part: string, detail: string) => void;
}

/** The parts that can be killed and restarted one by one. */
export interface Stack {
  temporal: TemporalServer;
  s3: S3Server;
  platform: ManagedProcess;
  /** By customer, as are the logs. */
  witnesses: Record<string, ManagedProcess>;
  logs: Record<string, ManagedProcess>;
  control: ManagedProcess;
  engine: ManagedProcess;
  /** Either of the two is enough. */
  stops: ManagedProcess[];
  gateway: ManagedProcess;
  /** Where a customer has one. */
  slack?: SlackPart;
  /** The CLI's connections file. */
  connectionsFile: string;
  platformEndpoint: string;
  gatewayEndpoint: string;
  controlKey: string;
  secrets: Record<string, Secrets>;
  logEndpoints: Record<string, string>;
  /** What each customer's auditor pins: the text of a policy file. */
  policies: Record<string, string>;
  stop(): Promise<void>;
}

/** Every real part on this machine, on loopback: Temporal, S3, the platform, Slack, a witness and a log per customer, the workers, the gateway. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { dir, customers, tools } = options;
  const told = options.onPart ?? (() => undefined);
  await mkdir(dir, { recursive: true });
  const secrets = Object.fromEntries(customers.map((c) => [c.file.customer, newSecrets(c.file.customer)]));
  const secretsOf = ({ file: { customer } }: CustomerFolder) => secrets[customer] ?? newSecrets(customer);
  const accounts = Object.values(secrets).flatMap((own) => Object.values(own.s3));
  const running: { stop(): Promise<unknown> }[] = [];
  const keep = <T extends { stop(): Promise<unknown> }>(part: T): T => (running.push(part), part);

  try {
    const [temporal, s3] = await Promise.all([
      startTemporal({
        dir: join(dir, 'temporal'),
        executable: tools.temporal,
        ...(options.temporalArgs === undefined ? {} : { extraArgs: options.temporalArgs }),
        ...(options.uiPort === undefined ? {} : { uiPort: options.uiPort }),
      }).then(keep),
      startS3({ dir: join(dir, 's3'), executable: tools.versitygw, accounts }).then(keep),
    ]);
    told('Temporal', temporal.uiUrl ?? temporal.address);
    for (const folder of customers) await upload(s3, folder, secretsOf(folder).s3);
    told('S3', s3.endpoint);

    const controlKey = secret();
    const platform = keep(await startPlatform(options, secretsOf, controlKey));
    const platformEndpoint = `http://127.0.0.1:${options.platformPort}`;
    told('reference platform', platformEndpoint);

    const gatewayPort = await freePort();
    const gatewayEndpoint = `http://127.0.0.1:${gatewayPort}`;
    const slack = await slackFor(options, secretsOf, gatewayEndpoint);
    if (slack) {
      keep(slack.process);
      told('Slack', slack.endpoint);
    }

    const witnesses: Record<string, ManagedProcess> = {};
    const logs: Record<string, ManagedProcess> = {};
    const systems: CustomerSystems[] = [];
    for (const folder of customers) {
      const { customer } = folder.file;
      const keys = await auditKeys(dir, folder);
      const witness = await startWitness(dir, customer, keys);
      witnesses[customer] = keep(witness.process);
      told(`witness of ${customer}`, witness.endpoint);
      const own = secretsOf(folder);
      const log = await startLog({
        ...{ dir, s3, keys, file: folder.file, secrets: own, witness: witness.endpoint, speed: options.speed },
      });
      logs[customer] = keep(log.process);
      told(`log of ${customer}`, log.endpoint);
      systems.push({
        folder,
        secrets: own,
        policy: keys.policy,
        s3,
        log: log.endpoint,
        platform: platformEndpoint,
        slack: slack?.endpoint,
      });
    }

    const tenantsFile = join(dir, 'tenants.json');
    await writeTenants(tenantsFile, systems);
    const env = {
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      GOLIVE_TENANTS_FILE: tenantsFile,
      GOLIVE_BUILD_DIR: join(root, '.golive', 'build'),
    };
    await promisify(execFile)(process.execPath, ['--import', 'tsx', 'workers/bundle/main.ts'], {
      cwd: root,
      env: childEnvironment(env),
    });
    const [control, engine, stops, gateway] = await Promise.all([
      ours('control', dir, 'workers/control/main.ts', env).then(keep),
      ours('engine', dir, 'workers/engine/main.ts', env).then(keep),
      startStopWorkers({ dir, env, systems }).then((workers) => workers.map(keep)),
      startGateway({ dir, port: gatewayPort, env, systems, slack: slack?.endpoint }).then(keep),
    ]);
    told('workers and gateway', gatewayEndpoint);

    const connectionsFile = join(dir, 'golive.yaml');
    await writeConnections(connectionsFile, systems, { temporal, gateway: gatewayEndpoint });
    const by = <T>(of: (one: CustomerSystems) => T) =>
      Object.fromEntries(systems.map((one) => [one.folder.file.customer, of(one)]));
    const stop = async () => {
      for (const part of running.reverse()) await part.stop();
    };
    return {
      temporal,
      s3,
      platform,
      witnesses,
      logs,
      control,
      engine,
      stops,
      gateway,
      ...(slack === undefined ? {} : { slack }),
      connectionsFile,
      platformEndpoint,
      gatewayEndpoint,
      controlKey,
      secrets,
      logEndpoints: by((one) => one.log),
      policies: by((one) => one.policy),
      stop,
    };
  } catch (error) {
    for (const part of running.reverse()) await part.stop();
    throw error;
  }
}

async function slackFor(
  { dir, customers }: StackOptions,
  secretsOf: (customer: CustomerFolder) => Secrets,
  gateway: string,
): Promise<SlackPart | undefined> {
  const withSlack = customers.filter(({ file }) => file.slack !== undefined);
  if (withSlack.length === 0) return undefined;
  const given = withSlack.map((folder) => ({ file: folder.file, secrets: secretsOf(folder) }));
  return startSlack({ dir, port: await freePort(), gateway, controlKey: secret(), customers: given });
}
