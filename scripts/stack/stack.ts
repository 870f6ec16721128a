import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { childEnvironment } from '../environment.ts';
import type { ManagedProcess } from '../processes/process.ts';
import { answersOk, freePort } from '../processes/ports.ts';
import { startProcess } from '../processes/process.ts';
import { startS3, type S3Server } from '../processes/s3.ts';
import { startTemporal, type TemporalServer } from '../processes/temporal.ts';
import { newSecrets, upload, type CustomerFolder, type Secrets } from './customer.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface StackOptions {
  /** Everything lies in here: data, logs, credentials, and the connections file. */
  dir: string;
  customers: CustomerFolder[];
  /** Ports that were written into deployment files before anything ran. */
  platformPort: number;
  uiPort?: number;
  tools: { temporal: string; versitygw: string };
  speed: number;
  /** Told as each part is up. */
  onPart?: (part: string, detail: string) => void;
}

/** The parts that can be killed and restarted one by one. */
export interface Stack {
  temporal: TemporalServer;
  s3: S3Server;
  platform: ManagedProcess;
  logs: Record<string, ManagedProcess>;
  control: ManagedProcess;
  engine: ManagedProcess;
  gateway: ManagedProcess;
  /** The CLI's connections file. */
  connectionsFile: string;
  platformEndpoint: string;
  controlKey: string;
  secrets: Record<string, Secrets>;
  logEndpoints: Record<string, string>;
  stop(): Promise<void>;
}

/** Every real part on this machine, on loopback: Temporal, S3, the platform, a log per customer, the workers, the gateway. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { dir, customers, tools } = options;
  const told = options.onPart ?? (() => undefined);
  await mkdir(dir, { recursive: true });
  const secrets = Object.fromEntries(customers.map((c) => [c.file.customer, newSecrets()]));
  const running: { stop(): Promise<unknown> }[] = [];
  const keep = <T extends { stop(): Promise<unknown> }>(part: T): T => (running.push(part), part);

  try {
    const [temporal, s3] = await Promise.all([
      startTemporal({
        dir: join(dir, 'temporal'),
        executable: tools.temporal,
        ...(options.uiPort === undefined ? {} : { uiPort: options.uiPort }),
      }).then(keep),
      startS3({ dir: join(dir, 's3'), executable: tools.versitygw }).then(keep),
    ]);
    told('Temporal', temporal.uiUrl ?? temporal.address);
    for (const customer of customers) await upload(s3, customer);
    told('S3', s3.endpoint);

    const controlKey = newSecrets().cluster;
    const platform = keep(await startPlatform(options, secrets, controlKey));
    const platformEndpoint = `http://127.0.0.1:${options.platformPort}`;
    told('reference platform', platformEndpoint);

    const logs: Record<string, ManagedProcess> = {};
    const logEndpoints: Record<string, string> = {};
    for (const customer of customers) {
      const log = await startLog(dir, s3, customer, secrets[customer.file.customer] ?? newSecrets());
      logs[customer.file.customer] = keep(log.process);
      logEndpoints[customer.file.customer] = log.endpoint;
      told(`log of ${customer.file.customer}`, log.endpoint);
    }

    const tenantsFile = join(dir, 'tenants.json');
    await writePrivate(
      tenantsFile,
      JSON.stringify({ tenants: customers.map((c) => tenantOf(c, s3, platformEndpoint, logEndpoints, secrets)) }, null, 2),
    );
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
    const gatewayPort = await freePort();
    const gatewayEndpoint = `http://127.0.0.1:${gatewayPort}`;
    const [control, engine, gateway] = await Promise.all([
      ours('control', dir, 'workers/control/main.ts', env).then(keep),
      ours('engine', dir, 'workers/engine/main.ts', env).then(keep),
      ours('gateway', dir, 'workers/gateway/main.ts', { ...env, GOLIVE_GATEWAY_PORT: String(gatewayPort) }, () =>
        answersOk(`${gatewayEndpoint}/readyz`),
      ).then(keep),
    ]);
    told('workers and gateway', gatewayEndpoint);

    const connectionsFile = join(dir, 'golive.yaml');
    const connections = {
      apiVersion: 'golive/v1',
      kind: 'Connections',
      temporal: { address: temporal.address, namespace: temporal.namespace },
      customers: Object.fromEntries(
        customers.map((c) => [c.file.customer, connectionOf(c, s3, platformEndpoint, gatewayEndpoint, logEndpoints, secrets)]),
      ),
    };
    await writePrivate(connectionsFile, stringify(connections, { lineWidth: 0 }));
    const stop = async () => {
      for (const part of running.reverse()) await part.stop();
    };
    return {
      temporal,
      s3,
      platform,
      logs,
      control,
      engine,
      gateway,
      connectionsFile,
      platformEndpoint,
      controlKey,
      secrets,
      logEndpoints,
      stop,
    };
  } catch (error) {
    for (const part of running.reverse()) await part.stop();
    throw error;
  }
}

/** One of our own processes, from source, with its output in `dir/logs`. */
function ours(
  name: string,
  dir: string,
  file: string,
  env: Record<string, string>,
  ready?: () => Promise<boolean>,
): Promise<ManagedProcess> {
  return startProcess({
    name,
    command: process.execPath,
    args: ['--import', 'tsx', file],
    cwd: root,
    logFile: join(dir, 'logs', `${name}.log`),
    env,
    ...(ready === undefined ? {} : { ready, readyTimeoutMs: 60_000 }),
  });
}

async function startPlatform(
  options: StackOptions,
  secrets: Record<string, Secrets>,
  controlKey: string,
): Promise<ManagedProcess> {
  const { dir, customers, speed, platformPort } = options;
  const config = join(dir, 'platform.json');
  const entries = customers.map(({ dir: folder, file }) => {
    const s = secrets[file.customer] ?? newSecrets();
    return { customer: file.customer, keys: s.platform, cluster: { token: s.cluster }, world: join(folder, 'world.json') };
  });
  await writePrivate(config, JSON.stringify({ speed, controlKey, customers: entries }));
  return startProcess({
    name: 'platform',
    command: process.execPath,
    args: [
      '--import',
      'tsx',
      'rehearsal/platform/main.ts',
      '--port',
      String(platformPort),
      '--dir',
      join(dir, 'platform'),
      '--config',
      config,
    ],
    cwd: root,
    logFile: join(dir, 'logs', 'platform.log'),
    ready: () => answersOk(`http://127.0.0.1:${platformPort}/v1/health`),
    readyTimeoutMs: 60_000,
  });
}

async function startLog(
  dir: string,
  s3: S3Server,
  { file }: CustomerFolder,
  secrets: Secrets,
): Promise<{ process: ManagedProcess; endpoint: string }> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const env = {
    GOLIVE_LOG_PORT: String(port),
    GOLIVE_AUDIT_BUCKET: file.audit.bucket,
    GOLIVE_AUDIT_PREFIX: file.audit.prefix,
    GOLIVE_LOG_ADD_TOKEN: secrets.log.add,
    GOLIVE_LOG_READ_TOKEN: secrets.log.read,
    GOLIVE_S3_ENDPOINT: s3.endpoint,
    GOLIVE_S3_REGION: s3.region,
    GOLIVE_S3_ACCESS_KEY_ID: s3.accessKey,
    GOLIVE_S3_SECRET_ACCESS_KEY: s3.secretKey,
  };
  return {
    process: await ours(`log-${file.customer}`, dir, 'workers/log/main.ts', env, () => answersOk(`${endpoint}/readyz`)),
    endpoint,
  };
}

const storeOf = (file: CustomerFolder['file'], s3: S3Server) => ({
  endpoint: s3.endpoint,
  region: s3.region,
  accessKeyId: s3.accessKey,
  secretAccessKey: s3.secretKey,
  manifestBucket: file.manifestSet.bucket,
  auditBucket: file.audit.bucket,
  auditPrefix: file.audit.prefix,
});

function tenantOf(
  { file, rootKeys }: CustomerFolder,
  s3: S3Server,
  platform: string,
  logs: Record<string, string>,
  secrets: Record<string, Secrets>,
) {
  const s = secrets[file.customer];
  return {
    customer: file.customer,
    rootKeys,
    store: storeOf(file, s3),
    platform: { endpoint: platform, key: s?.platform.forward },
    cluster: { endpoint: file.cluster.endpoint, token: s?.cluster },
    log: { endpoint: logs[file.customer], addToken: s?.log.add, readToken: s?.log.read },
  };
}

function connectionOf(
  { dir, file, rootKeys }: CustomerFolder,
  s3: S3Server,
  platform: string,
  gateway: string,
  logs: Record<string, string>,
  secrets: Record<string, Secrets>,
) {
  const s = secrets[file.customer];
  return {
    gateway,
    log: { endpoint: logs[file.customer], token: s?.log.read },
    platform: { endpoint: platform, key: s?.platform.read },
    store: storeOf(file, s3),
    rootKeys,
    keysDir: join(dir, 'keys'),
    deployments: { [file.deployment]: { file: join(dir, 'deployment.yaml') } },
  };
}

/** Files with credentials are their owner's alone. */
async function writePrivate(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  await chmod(path, 0o600);
}
