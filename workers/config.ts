import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { S3Settings } from '../clients/store/s3.ts';

/** One value that a process takes from its environment. */
export interface Setting<T> {
  /** Name of the variable. For a secret, `NAME_FILE` may name a file that holds the value instead. */
  env: string;
  schema: z.ZodType<T>;
  /** For people: what it is. */
  about: string;
  secret?: boolean;
}

export type Settings = Record<string, Setting<unknown>>;
export type SettingValues<S extends Settings> = { [K in keyof S]: S[K] extends Setting<infer T> ? T : never };

/** Where a value came from, for start-up lines and `doctor`; a secret is never shown. */
export interface SettingSource {
  env: string;
  from: 'environment' | 'file' | 'default' | 'not set';
  shown: string;
}

export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** Reads all settings at once and names every problem at once: nobody wants to learn of them one restart at a time. */
export function readSettings<S extends Settings>(
  settings: S,
  environment: NodeJS.ProcessEnv = process.env,
): { values: SettingValues<S>; sources: SettingSource[] } {
  const values: Record<string, unknown> = {};
  const sources: SettingSource[] = [];
  const problems: string[] = [];
  for (const [name, setting] of Object.entries(settings)) {
    const { given, from } = lookUp(setting, environment, problems);
    const parsed = setting.schema.safeParse(given);
    if (!parsed.success) {
      const why = parsed.error.issues.map((issue) => issue.message).join('; ');
      problems.push(`${setting.env} (${setting.about}): ${given === undefined ? 'is not set' : why}`);
      continue;
    }
    values[name] = parsed.data;
    const source = from ?? (parsed.data === undefined ? 'not set' : 'default');
    sources.push({ env: setting.env, from: source, shown: setting.secret && from ? '(secret)' : shown(parsed.data) });
  }
  if (problems.length > 0) throw new ConfigError(`Settings are missing or wrong:\n  ${problems.join('\n  ')}`);
  return { values: values as SettingValues<S>, sources };
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

function lookUp(
  setting: Setting<unknown>,
  environment: NodeJS.ProcessEnv,
  problems: string[],
): { given?: string; from?: 'environment' | 'file' } {
  const direct = environment[setting.env]?.trim();
  if (direct) return { given: direct, from: 'environment' };
  const file = setting.secret ? environment[`${setting.env}_FILE`] : undefined;
  if (!file) return {};
  try {
    return { given: readFileSync(file, 'utf8').trim(), from: 'file' };
  } catch (error) {
    problems.push(`${setting.env}_FILE: ${error instanceof Error ? error.message : String(error)}`);
    return {};
  }
}

export const port = z.coerce.number().int().min(1).max(65_535);
export const milliseconds = z.coerce.number().int().min(1);

/** How every process of ours reaches S3. Without an endpoint it is AWS, without keys the SDK's own chain. */
export const s3Connection = {
  s3Endpoint: { env: 'GOLIVE_S3_ENDPOINT', schema: z.url().optional(), about: 'URL of the S3 server' },
  s3Region: { env: 'GOLIVE_S3_REGION', schema: z.string().default('us-east-1'), about: 'S3 region' },
  s3AccessKeyId: { env: 'GOLIVE_S3_ACCESS_KEY_ID', schema: z.string().optional(), about: 'S3 access key id' },
  s3SecretAccessKey: {
    env: 'GOLIVE_S3_SECRET_ACCESS_KEY',
    schema: z.string().optional(),
    about: 'S3 secret access key',
    secret: true,
  },
} satisfies Settings;

export function s3SettingsOf(values: SettingValues<typeof s3Connection>, bucket: string): S3Settings {
  const { s3Endpoint: endpoint, s3Region: region, s3AccessKeyId, s3SecretAccessKey } = values;
  const credentials =
    s3AccessKeyId && s3SecretAccessKey ? { accessKeyId: s3AccessKeyId, secretAccessKey: s3SecretAccessKey } : undefined;
  return { endpoint, region, bucket, credentials };
}

/** The SDK warns on every start that it will want a newer Node in 2027; which versions we test is our own affair. */
export function quietAwsSdk(): void {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
}
