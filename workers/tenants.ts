import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Ports, Tenant } from '../activities/ports.ts';
import { parsePolicy } from '../audit/tlog/policy.ts';
import { httpCluster } from '../clients/cluster/http.ts';
import { openSigner } from '../clients/keys/open.ts';
import type { Signer } from '../clients/keys/port.ts';
import { parseDeploymentFile } from '../clients/manifests/parse.ts';
import { storeSource } from '../clients/manifests/store.ts';
import { alertmanagerPager } from '../clients/notify/pager/alertmanager.ts';
import { slackChannel } from '../clients/notify/slack/channel.ts';
import { teamsWebhook } from '../clients/notify/teams/webhook.ts';
import { httpPlatform } from '../clients/platform/http.ts';
import { createHttpLogReader } from '../clients/recorder/http-reader.ts';
import { createHttpRecorder } from '../clients/recorder/http.ts';
import { createS3Store } from '../clients/store/s3.ts';
import { ConfigError } from './config.ts';

const tenant = z.strictObject({
  customer: z.string(),
  /** The root under which this customer's deployment files are signed. Pinned here and nowhere else. */
  rootKeys: z.array(z.string().startsWith('ed25519:')).min(1),
  /** Text of the policy file: under which keys of log and witness receipts and checkpoints are believed. */
  auditPolicy: z.string().transform((text, ctx) => {
    const { policy, problem } = parsePolicy(text);
    if (policy) return policy;
    ctx.addIssue({ code: 'custom', message: problem });
    return z.NEVER;
  }),
  store: z.strictObject({
    endpoint: z.url().optional(),
    region: z.string(),
    accessKeyId: z.string().optional(),
    secretAccessKey: z.string().optional(),
    manifestBucket: z.string(),
    auditBucket: z.string(),
    auditPrefix: z.string().default(''),
  }),
  platform: z.strictObject({ endpoint: z.url(), key: z.string() }),
  cluster: z.strictObject({ endpoint: z.url(), token: z.string() }),
  log: z.strictObject({ endpoint: z.url(), addToken: z.string(), readToken: z.string() }),
  /** How people are reached; what is missing is not used. */
  slack: z.strictObject({ botToken: z.string(), apiUrl: z.url().optional() }).optional(),
  teams: z.strictObject({ webhook: z.url() }).optional(),
  pager: z.strictObject({ url: z.url(), token: z.string().optional() }).optional(),
  /** The engine's own key, a PEM file or `awskms:<key>`; its public half stands in the deployment files. Missing: it orders nothing. */
  machineKey: z.string().min(1).optional(),
});
const tenantsFile = z.strictObject({ tenants: z.array(tenant).min(1) });

/** The customers that this worker serves, from a JSON file with mode 0600: it holds the credentials that act for them. */
export function readTenants(path: string): Map<string, Tenant> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigError(
      `GOLIVE_TENANTS_FILE: ${path} cannot be read (${cause instanceof Error ? cause.message : String(cause)})`,
    );
  }
  const parsed = tenantsFile.safeParse(jsonIn(path, text));
  if (!parsed.success)
    throw new ConfigError(
      `GOLIVE_TENANTS_FILE: ${parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ')}`,
    );
  return new Map(parsed.data.tenants.map((t) => [t.customer, connect(t)]));
}

/** Without the parser's own words: they quote the file, and it holds credentials. */
function jsonIn(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ConfigError(`GOLIVE_TENANTS_FILE: ${path} is not JSON`);
  }
}

/** Opened when it is first needed, and tried again when it could not be. */
function keyAt(spec: string): () => Promise<Signer> {
  let opened: Promise<Signer> | undefined;
  return () => {
    opened ??= openSigner(spec).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
}

function connect(t: z.output<typeof tenant>): Tenant {
  const { endpoint, region, accessKeyId, secretAccessKey, manifestBucket, auditBucket, auditPrefix } = t.store;
  const credentials = accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined;
  const bucket = (name: string) => createS3Store({ endpoint, region, bucket: name, credentials });
  const manifests = bucket(manifestBucket);
  return {
    customer: t.customer,
    rootKeys: t.rootKeys,
    policy: t.auditPolicy,
    manifests,
    set: (prefix) => storeSource(manifests, prefix),
    readDeploymentFile: (bytes) => parseDeploymentFile(bytes),
    audit: bucket(auditBucket),
    auditPrefix,
    platform: httpPlatform(t.platform),
    cluster: httpCluster(t.cluster),
    recorder: createHttpRecorder({ url: t.log.endpoint, token: t.log.addToken }),
    log: createHttpLogReader({ url: t.log.endpoint, token: t.log.readToken }),
    ...(t.machineKey === undefined ? {} : { machine: keyAt(t.machineKey) }),
    notify: {
      ...(t.slack === undefined ? {} : { slack: slackChannel(t.slack) }),
      ...(t.teams === undefined ? {} : { teams: teamsWebhook(t.teams) }),
      ...(t.pager === undefined ? {} : { pager: alertmanagerPager(t.pager) }),
    },
  };
}

export function portsOf(tenants: Map<string, Tenant>, children: Ports['children']): Ports {
  return {
    tenant(customer) {
      const found = tenants.get(customer);
      if (!found) throw new Error(`this worker does not serve ${customer}; see GOLIVE_TENANTS_FILE`);
      return found;
    },
    children,
    now: () => Date.now(),
  };
}
