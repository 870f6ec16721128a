import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { parseYaml } from '../../clients/manifests/yaml.ts';
import { EXIT, CliError, usage, type CliIo } from './io.ts';

const address = z.url({ protocol: /^https?$/ });
const path = z.string().min(1);

/**
 * `golive.yaml`: where a person's customers are, and under which roots. Secrets by reference to a file (`tokenFile`,
 * `addTokenFile`, `keyFile`, `lowerKeyFile`, `secretAccessKeyFile`, `botTokenFile`); inline ones are for rehearsals on one machine. Relative paths start at the file itself.
 */
export const connectionsSchema = z.strictObject({
  apiVersion: z.literal('golive/v1'),
  kind: z.literal('Connections'),
  /** Without it: Temporal's own profiles and variables. */
  temporal: z.strictObject({ address: z.string().optional(), namespace: z.string().optional() }).optional(),
  customers: z.record(
    z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
    z.strictObject({
      /** Where orders are handed in. */
      gateway: address.optional(),
      /** With a token that may read; `addToken`, which may write, only where `golive audit adopt` is run. */
      log: z.strictObject({
        endpoint: address,
        token: z.string().optional(),
        tokenFile: path.optional(),
        addToken: z.string().optional(),
        addTokenFile: path.optional(),
      }),
      /** With a key that may read; `lowerKey`, which may only lower, where somebody is to stop without Temporal (`--direct`). */
      platform: z
        .strictObject({
          endpoint: address,
          key: z.string().optional(),
          keyFile: path.optional(),
          lowerKey: z.string().optional(),
          lowerKeyFile: path.optional(),
        })
        .optional(),
      store: z
        .strictObject({
          endpoint: address.optional(),
          region: z.string(),
          accessKeyId: z.string().optional(),
          secretAccessKey: z.string().optional(),
          secretAccessKeyFile: path.optional(),
          manifestBucket: z.string(),
          auditBucket: z.string(),
          auditPrefix: z.string().default(''),
          /** An account that may read the audit bucket, versions included, and nothing else: for `golive verify`. */
          auditor: z
            .strictObject({
              accessKeyId: z.string(),
              secretAccessKey: z.string().optional(),
              secretAccessKeyFile: path.optional(),
            })
            .optional(),
        })
        .optional(),
      /** Only where `golive doctor` is to look at Slack. */
      slack: z
        .strictObject({ botToken: z.string().optional(), botTokenFile: path.optional(), apiUrl: address.optional() })
        .optional(),
      /** `ed25519:…`: the roots under which this customer's deployment files are signed. */
      rootKeys: z.array(z.string().regex(/^ed25519:[A-Za-z0-9+/]{43}=$/)).min(1),
      /** Text of the auditor's policy file: the keys of log and witness, pinned. */
      auditPolicy: z.string().optional(),
      /** Folder with `<person>.pem`. */
      keysDir: path.optional(),
      /** Deployments whose file lies on this machine, with its signature `deployment.dsse.json` beside it. */
      deployments: z.record(z.string(), z.strictObject({ file: path.optional() })).optional(),
    }),
  ),
});

/** As it is written to the file. */
export type ConnectionsFile = z.input<typeof connectionsSchema>;
export type Connections = z.output<typeof connectionsSchema>;
export type CustomerConnection = Connections['customers'][string];

export interface LoadedConnections extends Connections {
  /** The file it came from; relative paths in it start at its folder. */
  source: string;
}

export const CONNECTIONS_FILE = 'golive.yaml';

/** Places in the order in which they are looked at. */
export function connectionPlaces(
  given: string | undefined,
  env: NonNullable<CliIo['env']> = {},
): { path: string; why: string }[] {
  if (given !== undefined) return [{ path: resolve(given), why: '--connections' }];
  if (env.GOLIVE_CONNECTIONS) return [{ path: resolve(env.GOLIVE_CONNECTIONS), why: 'GOLIVE_CONNECTIONS' }];
  const config = env.XDG_CONFIG_HOME ?? (env.HOME === undefined ? undefined : join(env.HOME, '.config'));
  return [
    { path: resolve(CONNECTIONS_FILE), why: 'this folder' },
    ...(config === undefined ? [] : [{ path: join(config, 'golive', CONNECTIONS_FILE), why: 'your configuration' }]),
  ];
}

export async function loadConnections(given: string | undefined, env: CliIo['env']): Promise<LoadedConnections> {
  const places = connectionPlaces(given, env);
  for (const { path: place, why } of places) {
    const bytes = await readFile(place).catch(() => undefined);
    if (bytes !== undefined) return { ...parseConnections(bytes, place), source: place };
    if (places.length === 1) throw usage(`There is no connections file ${place} (${why}).`, NEXT);
  }
  throw usage(`There is no connections file: looked for ${places.map((p) => p.path).join(' and ')}.`, NEXT);
}

const NEXT = 'Point to one with --connections FILE or GOLIVE_CONNECTIONS; golive up writes one for a deployment on this machine.';

export function parseConnections(bytes: Uint8Array, file: string): Connections {
  const text = parseYaml(bytes, file);
  if (text.problems)
    throw usage(
      `${file}: ${text.problems.map((p) => `line ${p.line ?? '?'}: ${p.rule.replace('A manifest', 'The file')}`).join(' ')}`,
    );
  const parsed = connectionsSchema.safeParse(text.value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`);
  throw usage(`${file} is not a connections file of golive/v1: ${issues.join('; ')}.`);
}

/** A secret, inline or from the file that stands for it. Its text never gets into a message. */
export async function secret(
  source: string,
  name: string,
  inline: string | undefined,
  file: string | undefined,
): Promise<string> {
  if (inline !== undefined) return inline;
  if (file === undefined) throw usage(`${source}: ${name} is missing: give it, or ${name}File.`);
  const place = resolve(dirname(source), file);
  try {
    return (await readFile(place, 'utf8')).trim();
  } catch {
    throw new CliError(EXIT.usage, `${name}File ${place} cannot be read.`);
  }
}
