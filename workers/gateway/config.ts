import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { ConfigError, milliseconds, port, readSettings } from '../config.ts';
import { alertsFile, type GivenAlerts } from './alerts.ts';

const settings = {
  port: { env: 'GOLIVE_GATEWAY_PORT', schema: port, about: 'port to listen on' },
  host: { env: 'GOLIVE_GATEWAY_HOST', schema: z.string().default('127.0.0.1'), about: 'address to listen on' },
  slack: {
    env: 'GOLIVE_SLACK',
    schema: z.enum(['on', 'off']).default('on'),
    about: 'off: nothing is taken from Slack, and no file is needed',
  },
  file: {
    env: 'GOLIVE_GATEWAY_FILE',
    schema: z.string().optional(),
    about: 'JSON file, mode 0600, with what is needed to take orders from Slack',
  },
  alertsFile: {
    env: 'GOLIVE_ALERTS_FILE',
    schema: z.string().optional(),
    about: 'JSON file, mode 0600, with which alerts of Alertmanager stop what; without it none does',
  },
  refusedEveryMs: {
    env: 'GOLIVE_GATEWAY_REFUSED_EVERY_MS',
    schema: milliseconds.default(60_000),
    about: 'how often what was turned away is counted in the log',
  },
};

const token = z.string().min(16, 'has fewer than 16 characters');
const customer = z.strictObject({
  customer: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
  /** The root under which this customer's deployment files are signed. */
  rootKeys: z.array(z.string().startsWith('ed25519:')).min(1),
  store: z.strictObject({
    endpoint: z.url().optional(),
    region: z.string(),
    accessKeyId: z.string().optional(),
    secretAccessKey: z.string().optional(),
    manifestBucket: z.string(),
  }),
  /** `noteToken` adds what was turned away, and nothing else. */
  log: z.strictObject({ endpoint: z.url(), readToken: token, noteToken: token }),
  /** With a key that reads: what a stop did is told from there. */
  platform: z.strictObject({ endpoint: z.url(), readKey: token }).optional(),
  slack: z.strictObject({
    team: z.string().regex(/^[A-Z][A-Z0-9]{2,39}$/),
    signingSecret: token,
    botToken: z.string().startsWith('xox'),
    apiUrl: z.url().optional(),
    /** The gateway's own key, a PEM file or `awskms:<key>`; its public half stands in the deployment files. */
    keyFile: z.string().min(1),
  }),
});
const gatewayFile = z.strictObject({
  customers: z
    .array(customer)
    .min(1)
    .refine((all) => new Set(all.map((c) => c.customer)).size === all.length, 'names a customer twice'),
});

export type GatewayCustomer = z.output<typeof customer>;

export interface GatewayConfig {
  port: number;
  host: string;
  /** Empty: Slack is off. */
  customers: GatewayCustomer[];
  /** Empty: no alert stops anything. */
  alerts: GivenAlerts[];
  refusedEveryMs: number;
}

/** A gateway that is to take orders from Slack and lacks a secret does not start: it would take them from anybody, or from nobody. */
export function readGatewayConfig(environment?: NodeJS.ProcessEnv): GatewayConfig {
  const { values } = readSettings(settings, environment);
  const { slack, file, alertsFile: alertsPath, ...rest } = values;
  const config = {
    ...rest,
    alerts: alertsPath === undefined ? [] : inFile('GOLIVE_ALERTS_FILE', alertsPath, alertsFile).customers,
  };
  if (slack === 'off') return { ...config, customers: [] };
  if (file === undefined)
    throw new ConfigError('GOLIVE_GATEWAY_FILE is not set. Without Slack the gateway starts with GOLIVE_SLACK=off.');
  return { ...config, customers: inFile('GOLIVE_GATEWAY_FILE', file, gatewayFile).customers };
}

function inFile<T extends z.ZodType>(env: string, path: string, schema: T): z.output<T> {
  const wrong = (why: string) => new ConfigError(`${env}: ${why}`);
  let text: string;
  try {
    const { mode } = statSync(path);
    if ((mode & 0o077) !== 0) throw wrong(`${path} can be read by others; run: chmod 600 ${path}`);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw wrong(`${path} cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
  const parsed = schema.safeParse(jsonIn(text));
  if (parsed.success) return parsed.data;
  throw wrong(parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; '));
}

/** Without the parser's own words: they quote the file, and it holds credentials. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
