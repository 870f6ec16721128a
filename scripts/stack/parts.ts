import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { answersOk, freePort } from '../processes/ports.ts';
import { startProcess, type ManagedProcess } from '../processes/process.ts';
import type { S3Server } from '../processes/s3.ts';
import { witnessEveryMs, type AuditKeys } from './audit.ts';
import { root } from './root.ts';
import { workBucketOf, type CustomerFolder, type Secrets } from './customer.ts';

/** One of our own processes, from source, with its output in `dir/logs`. */
export function ours(
  name: string,
  dir: string,
  file: string,
  env: Record<string, string>,
  ready?: () => Promise<boolean>,
  given: string[] = [],
): Promise<ManagedProcess> {
  return startProcess({
    name,
    command: process.execPath,
    args: ['--import', 'tsx', file, ...given],
    cwd: root,
    logFile: join(dir, 'logs', `${name}.log`),
    env,
    ...(ready === undefined ? {} : { ready, readyTimeoutMs: 60_000 }),
  });
}

export async function startPlatform(
  options: { dir: string; customers: CustomerFolder[]; speed: number; platformPort: number; platformArgs?: string[] },
  secretsOf: (customer: CustomerFolder) => Secrets,
  controlKey: string,
): Promise<ManagedProcess> {
  const { dir, customers, speed, platformPort, platformArgs = [] } = options;
  const config = join(dir, 'platform.json');
  const entries = customers.map((folder) => {
    const { platform, cluster } = secretsOf(folder);
    const world = join(folder.dir, 'world.json');
    return { customer: folder.file.customer, keys: platform, cluster: { token: cluster }, world };
  });
  await writePrivate(config, JSON.stringify({ speed, controlKey, customers: entries }));
  const given = ['--port', String(platformPort), '--dir', join(dir, 'platform'), '--config', config];
  return startProcess({
    name: 'platform',
    command: process.execPath,
    args: [...platformArgs, '--import', 'tsx', 'rehearsal/platform/main.ts', ...given],
    cwd: root,
    logFile: join(dir, 'logs', 'platform.log'),
    ready: () => answersOk(`http://127.0.0.1:${platformPort}/v1/health`),
    readyTimeoutMs: 60_000,
  });
}

/** A process that listens on a port of its own. */
export interface Serving {
  process: ManagedProcess;
  endpoint: string;
}

/** The customer's witness: it knows the log's public key, and nothing that S3 or Temporal would ask of it. */
export async function startWitness(dir: string, customer: string, keys: AuditKeys): Promise<Serving> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const env = {
    GOLIVE_WITNESS_PORT: String(port),
    GOLIVE_WITNESS_NAME: keys.witnessName,
    GOLIVE_WITNESS_KEY: keys.witnessKeyFile,
    GOLIVE_WITNESS_LOGS: keys.logVkey,
    GOLIVE_WITNESS_STATE: keys.witnessStateFile,
  };
  const ready = () => answersOk(`${endpoint}/readyz`);
  return { process: await ours(`witness-${customer}`, dir, 'workers/witness/main.ts', env, ready), endpoint };
}

export async function startLog(options: {
  dir: string;
  s3: S3Server;
  file: CustomerFolder['file'];
  secrets: Secrets;
  keys: AuditKeys;
  /** Endpoint of the witness. */
  witness: string;
  speed: number;
}): Promise<Serving> {
  const { dir, s3, file, secrets, keys, witness, speed } = options;
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const { retention = { mode: 'none' } } = file.audit;
  const env = {
    GOLIVE_LOG_PORT: String(port),
    GOLIVE_AUDIT_BUCKET: file.audit.bucket,
    GOLIVE_AUDIT_PREFIX: file.audit.prefix,
    GOLIVE_LOG_WORK_BUCKET: workBucketOf(file),
    GOLIVE_LOG_ADD_TOKEN: secrets.log.add,
    GOLIVE_LOG_READ_TOKEN: secrets.log.read,
    GOLIVE_LOG_NOTE_TOKEN: secrets.log.note,
    GOLIVE_LOG_ORIGIN: file.logOrigin,
    GOLIVE_LOG_KEY: keys.logKeyFile,
    GOLIVE_LOG_WITNESS_URL: witness,
    GOLIVE_LOG_WITNESS_KEY: keys.witnessVkey,
    GOLIVE_LOG_WITNESS_EVERY_MS: String(witnessEveryMs(speed)),
    GOLIVE_LOG_RETENTION_MODE: retention.mode,
    ...(retention.mode === 'none' ? {} : { GOLIVE_LOG_RETENTION_DAYS: String(retention.days) }),
    GOLIVE_S3_ENDPOINT: s3.endpoint,
    GOLIVE_S3_REGION: s3.region,
    GOLIVE_S3_ACCESS_KEY_ID: secrets.s3.log.accessKey,
    GOLIVE_S3_SECRET_ACCESS_KEY: secrets.s3.log.secretKey,
  };
  const ready = () => answersOk(`${endpoint}/readyz`);
  return { process: await ours(`log-${file.customer}`, dir, 'workers/log/main.ts', env, ready), endpoint };
}

/** Files with credentials are their owner's alone. */
export async function writePrivate(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  await chmod(path, 0o600);
}
