import { z } from 'zod';
import { milliseconds, port, readSettings, s3Connection, s3SettingsOf, type SettingSource, type Settings } from '../config.ts';
import type { S3Settings } from '../../clients/store/s3.ts';

const token = z.string().min(16, 'has fewer than 16 characters');

/** Everything that the log process takes from its environment. */
const settings = {
  ...s3Connection,
  port: { env: 'GOLIVE_LOG_PORT', schema: port, about: 'port to listen on' },
  host: { env: 'GOLIVE_LOG_HOST', schema: z.string().default('127.0.0.1'), about: 'address to listen on' },
  bucket: { env: 'GOLIVE_AUDIT_BUCKET', schema: z.string().min(3), about: 'bucket that holds the log' },
  prefix: { env: 'GOLIVE_AUDIT_PREFIX', schema: z.string().default(''), about: 'folder in the bucket' },
  createBucket: {
    env: 'GOLIVE_LOG_CREATE_BUCKET',
    schema: z.stringbool().default(false),
    about: 'create the bucket when there is none (rehearsals)',
  },
  addToken: { env: 'GOLIVE_LOG_ADD_TOKEN', schema: token, about: 'bearer token of writers', secret: true },
  readToken: { env: 'GOLIVE_LOG_READ_TOKEN', schema: token, about: 'bearer token of readers', secret: true },
  commitEveryMs: { env: 'GOLIVE_LOG_COMMIT_MS', schema: milliseconds.default(250), about: 'least time between commits' },
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
  createBucket: boolean;
  addToken: string;
  readToken: string;
  commitEveryMs: number;
  commitAtEntries: number;
  addTimeoutMs: number;
  logLevel: string;
  s3: S3Settings;
}

export function readLogConfig(environment?: NodeJS.ProcessEnv): { config: LogConfig; sources: SettingSource[] } {
  const { values, sources } = readSettings(settings, environment);
  return { config: { ...values, s3: s3SettingsOf(values, values.bucket) }, sources };
}
