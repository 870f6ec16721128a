import { z } from 'zod';
import { parseVkey, type Verifier } from '../../audit/tlog/note.ts';
import {
  ConfigError,
  milliseconds,
  port,
  readSettings,
  s3Connection,
  s3SettingsOf,
  type SettingSource,
  type Settings,
} from '../config.ts';
import type { S3Settings } from '../../clients/store/s3.ts';

const token = z.string().min(16, 'has fewer than 16 characters');

const witnessKey = z.string().transform((text, ctx): Verifier => {
  const verifier = parseVkey(text);
  if (verifier?.type === 'witness') return verifier;
  ctx.addIssue({ code: 'custom', message: `"${text.slice(0, 80)}" is not the vkey of a witness (name+id+key)` });
  return z.NEVER;
});

/** Everything that the log process takes from its environment. */
const settings = {
  ...s3Connection,
  port: { env: 'GOLIVE_LOG_PORT', schema: port, about: 'port to listen on' },
  host: { env: 'GOLIVE_LOG_HOST', schema: z.string().default('127.0.0.1'), about: 'address to listen on' },
  bucket: { env: 'GOLIVE_AUDIT_BUCKET', schema: z.string().min(3), about: 'bucket that holds the log' },
  prefix: { env: 'GOLIVE_AUDIT_PREFIX', schema: z.string().default(''), about: 'folder in the bucket' },
  workBucket: {
    env: 'GOLIVE_LOG_WORK_BUCKET',
    schema: z.string().min(3).optional(),
    about: 'bucket for what is replaced and removed, without Object Lock; by default the audit bucket with -work behind it',
  },
  origin: { env: 'GOLIVE_LOG_ORIGIN', schema: z.string().min(1), about: 'name of the log, logOrigin of the deployment file' },
  key: { env: 'GOLIVE_LOG_KEY', schema: z.string().min(1), about: 'PEM file or awskms:<key> to sign checkpoints with' },
  witnessUrl: { env: 'GOLIVE_LOG_WITNESS_URL', schema: z.url().optional(), about: 'URL of the witness' },
  witnessKey: {
    env: 'GOLIVE_LOG_WITNESS_KEY',
    schema: witnessKey.optional(),
    about: 'vkey of the witness; without a line under it, nothing counts as cosigned',
  },
  witnessEveryMs: {
    env: 'GOLIVE_LOG_WITNESS_EVERY_MS',
    schema: milliseconds.default(300_000),
    about: 'how often the log is published and cosigned, with or without new entries',
  },
  retentionMode: {
    env: 'GOLIVE_LOG_RETENTION_MODE',
    schema: z.enum(['none', 'governance', 'compliance']).default('none'),
    about: 'how published objects are kept from being deleted (Object Lock)',
  },
  retentionDays: {
    env: 'GOLIVE_LOG_RETENTION_DAYS',
    schema: z.coerce.number().int().min(1).optional(),
    about: 'for how long they are kept',
  },
  createBucket: {
    env: 'GOLIVE_LOG_CREATE_BUCKET',
    schema: z.stringbool().default(false),
    about: 'create the buckets when there are none (rehearsals)',
  },
  addToken: { env: 'GOLIVE_LOG_ADD_TOKEN', schema: token, about: 'bearer token of writers', secret: true },
  readToken: { env: 'GOLIVE_LOG_READ_TOKEN', schema: token, about: 'bearer token of readers', secret: true },
  noteToken: {
    env: 'GOLIVE_LOG_NOTE_TOKEN',
    schema: token.optional(),
    about: 'bearer token of the gateway, which may add what it turned away and nothing else',
    secret: true,
  },
  commitEveryMs: { env: 'GOLIVE_LOG_COMMIT_MS', schema: milliseconds.default(250), about: 'time between commits, on average' },
  commitBurst: {
    env: 'GOLIVE_LOG_COMMIT_BURST',
    schema: z.coerce.number().int().min(1).default(4),
    about: 'commits that may follow each other without that time after a pause',
  },
  commitAtEntries: {
    env: 'GOLIVE_LOG_COMMIT_ENTRIES',
    schema: z.coerce.number().int().min(1).default(1_000),
    about: 'entries that do not wait for that time',
  },
  addTimeoutMs: {
    env: 'GOLIVE_LOG_ADD_TIMEOUT_MS',
    schema: milliseconds.default(10_000),
    about: 'how long a writer is kept waiting while S3 does not answer, before it is told to come back',
  },
  logLevel: {
    env: 'LOG_LEVEL',
    schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    about: 'how much the process says',
  },
} satisfies Settings;

export interface LogConfig {
  port: number;
  host: string;
  prefix: string;
  origin: string;
  /** PEM file or `awskms:<key>`. */
  key: string;
  witness: { url: string; verifier: Verifier } | undefined;
  witnessEveryMs: number;
  /** From when an object is put. */
  retention: { mode: 'governance' | 'compliance'; days: number } | undefined;
  createBucket: boolean;
  addToken: string;
  readToken: string;
  noteToken?: string | undefined;
  commitEveryMs: number;
  commitBurst: number;
  commitAtEntries: number;
  addTimeoutMs: number;
  logLevel: string;
  s3: S3Settings;
  workS3: S3Settings;
}

export function readLogConfig(environment?: NodeJS.ProcessEnv): { config: LogConfig; sources: SettingSource[] } {
  const { values, sources } = readSettings(settings, environment);
  const { bucket, workBucket = `${bucket}-work`, witnessUrl, witnessKey: verifier, retentionMode, retentionDays } = values;
  if ((witnessUrl === undefined) !== (verifier === undefined))
    throw new ConfigError('GOLIVE_LOG_WITNESS_URL and GOLIVE_LOG_WITNESS_KEY belong together: set both, or neither.');
  if (retentionMode !== 'none' && retentionDays === undefined)
    throw new ConfigError(`GOLIVE_LOG_RETENTION_DAYS is not set, and GOLIVE_LOG_RETENTION_MODE is ${retentionMode}.`);
  if (workBucket === bucket)
    throw new ConfigError('GOLIVE_LOG_WORK_BUCKET must be another bucket than GOLIVE_AUDIT_BUCKET: its objects are replaced.');
  const config = {
    ...values,
    witness: witnessUrl !== undefined && verifier !== undefined ? { url: witnessUrl, verifier } : undefined,
    retention: retentionMode !== 'none' && retentionDays !== undefined ? { mode: retentionMode, days: retentionDays } : undefined,
    s3: s3SettingsOf(values, bucket),
    workS3: s3SettingsOf(values, workBucket),
  };
  return { config, sources };
}
