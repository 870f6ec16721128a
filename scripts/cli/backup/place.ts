import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkpointText, parseCheckpoint, signHead } from '../../../audit/tlog/checkpoint.ts';
import { verifierOf, type NoteSigner } from '../../../audit/tlog/note.ts';
import { policyText } from '../../../audit/tlog/policy.ts';
import { generateKeyFile } from '../../../clients/keys/local.ts';
import { folder } from '../../../clients/store/key.ts';
import { createS3Store } from '../../../clients/store/s3.ts';
import { answersOk, freePort } from '../../processes/ports.ts';
import type { ManagedProcess } from '../../processes/process.ts';
import { startS3, type S3Server } from '../../processes/s3.ts';
import { ours } from '../../stack/parts.ts';
import { CliError, EXIT } from '../io.ts';
import { filesIn, type Manifest } from './manifest.ts';
import { inParallel } from '../../../domain/in-parallel.ts';

/** An S3 of its own on this machine, empty, with the log of a backup restored into it. */
export interface RestoredPlace {
  endpoint: string;
  tokens: { add: string; read: string };
  s3: S3Server;
  /** As in the customer's own bucket: the log names its evidence by it. */
  prefix: string;
  /** Text of a policy that believes this copy: the key of the drill, and no witness. */
  policy: string;
  rootKeys: string[];
  /** Stops everything and removes it. */
  remove(): Promise<void>;
  logFile: string;
}

const token = (): string => randomBytes(24).toString('base64url');
const AT_ONCE = 16;

/**
 * Restores the log, and opens it for writing. Its heads are signed anew with a key that is made here and thrown away: a
 * drill that wrote under the real key would make a second history that the real key vouches for.
 */
export async function restoreLog(
  backup: string,
  { log: { origin }, source }: Manifest,
  rootKeys: string[],
  versitygw: string,
): Promise<RestoredPlace> {
  const dir = await mkdtemp(join(tmpdir(), 'golive-drill-'));
  const running: { stop(): Promise<unknown> }[] = [];
  const remove = async (): Promise<void> => {
    for (const part of running.reverse()) await part.stop();
    await rm(dir, { recursive: true, force: true });
  };
  try {
    const s3 = await startS3({ dir: join(dir, 's3'), executable: versitygw });
    running.push(s3);
    const keyFile = join(dir, 'key.pem');
    const key = await generateKeyFile(keyFile);
    const prefix = source.slice(source.indexOf('/') + 1);
    const under = folder(prefix);
    await upload(s3, { bucket: 'drill-audit', under, from: join(backup, 'audit'), heads: ['log/checkpoint'] }, key);
    await upload(s3, { bucket: 'drill-work', under, from: join(backup, 'work'), heads: ['log/lock'] }, key);
    await upload(s3, { bucket: 'drill-manifests', under: '', from: join(backup, 'manifests'), heads: [] }, key);
    const tokens = { add: token(), read: token() };
    const { process, endpoint } = await openLog({ dir, s3, keyFile, origin, tokens, prefix });
    running.push(process);
    const policy = policyText({ log: verifierOf(origin, 'log', key.publicKey), witnesses: [], rootKeys });
    return { endpoint, tokens, s3, prefix, policy, rootKeys, remove, logFile: process.logFile };
  } catch (error) {
    await remove();
    throw error;
  }
}

interface Upload {
  bucket: string;
  /** Folder in the bucket. */
  under: string;
  from: string;
  /** Files to be signed anew. */
  heads: readonly string[];
}

async function upload(s3: S3Server, { bucket, under, from, heads }: Upload, key: NoteSigner): Promise<void> {
  const credentials = { accessKeyId: s3.accessKey, secretAccessKey: s3.secretKey };
  const store = createS3Store({ endpoint: s3.endpoint, region: s3.region, bucket, credentials });
  try {
    await store.ensureBucket();
    const files = (await filesIn(from).catch(() => [])).filter((path) => path !== 'policy');
    await inParallel(files, AT_ONCE, async (path) => {
      const bytes = await readFile(join(from, path));
      await store.put(`${under}${path}`, heads.includes(path) ? await signedAnew(bytes, key) : bytes, { if: 'absent' });
    });
  } finally {
    store.close();
  }
}

async function signedAnew(bytes: Buffer, key: NoteSigner): Promise<string> {
  const head = parseCheckpoint(bytes);
  if (!head)
    throw new CliError(EXIT.unverified, 'A head of the log in the backup is no checkpoint.', { code: 'archive_damaged' });
  return checkpointText(await signHead({ origin: head.origin, size: head.size, root: head.root }, key));
}

async function openLog(given: {
  dir: string;
  s3: S3Server;
  keyFile: string;
  origin: string;
  tokens: RestoredPlace['tokens'];
  prefix: string;
}): Promise<{ process: ManagedProcess; endpoint: string }> {
  const { dir, s3, keyFile, origin, tokens, prefix } = given;
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const env = {
    GOLIVE_LOG_PORT: String(port),
    GOLIVE_AUDIT_BUCKET: 'drill-audit',
    GOLIVE_AUDIT_PREFIX: prefix,
    GOLIVE_LOG_WORK_BUCKET: 'drill-work',
    GOLIVE_LOG_ADD_TOKEN: tokens.add,
    GOLIVE_LOG_READ_TOKEN: tokens.read,
    GOLIVE_LOG_ORIGIN: origin,
    GOLIVE_LOG_KEY: keyFile,
    GOLIVE_LOG_RETENTION_MODE: 'none',
    GOLIVE_S3_ENDPOINT: s3.endpoint,
    GOLIVE_S3_REGION: s3.region,
    GOLIVE_S3_ACCESS_KEY_ID: s3.accessKey,
    GOLIVE_S3_SECRET_ACCESS_KEY: s3.secretKey,
  };
  return {
    process: await ours('restored-log', dir, 'workers/log/main.ts', env, () => answersOk(`${endpoint}/readyz`)),
    endpoint,
  };
}
