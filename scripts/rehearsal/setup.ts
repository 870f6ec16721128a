import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeploymentFile } from '../../domain/deployment-file.ts';
import { generateCustomer, type GeneratedCustomer } from '../generate/customer.ts';
import { freePort } from '../processes/ports.ts';
import { ensureTools } from '../setup/tools.ts';
import { setUp } from '../setup/progress.ts';
import { startStack, type Stack } from '../stack/stack.ts';
import type { RehearsalOptions } from './options.ts';

export interface Rehearsal {
  stack: Stack;
  customer: GeneratedCustomer;
  file: DeploymentFile;
  /** Where the parts keep their data; removed and made anew with each rehearsal. */
  work: string;
}

/** A company from the seed, its signed set, and every part that takes it live. */
export async function prepare(options: RehearsalOptions, say: (line: string) => void): Promise<Rehearsal> {
  await setUp(['temporal', 'versitygw']);
  const tools = await ensureTools(['temporal', 'versitygw']);
  const work = join(options.out, 'work');
  await rm(options.out, { recursive: true, force: true });

  const platformPort = await freePort();
  const platform = `http://127.0.0.1:${platformPort}`;
  const { agents, speed } = options;
  const generated = await madeUp(options, { dir: join(work, 'customer'), platform });
  say(`${generated.set.manifests.length} manifests, ${agents} agents, set ${generated.manifestSetDigest.slice(0, 19)}…, signed`);
  const stack = await startStack({
    dir: work,
    customers: [{ dir: join(work, 'customer'), file: generated.deploymentFile, rootKeys: [generated.rootPublicKey] }],
    platformPort,
    tools,
    speed,
    onPart: (part, detail) => say(`${part}: ${detail}`),
  });
  return { stack, customer: generated, file: generated.deploymentFile, work };
}

/** The company that the options describe, in a folder of its own. */
export function madeUp(
  options: RehearsalOptions,
  { dir, platform }: { dir: string; platform: string },
): Promise<GeneratedCustomer> {
  const { customer, deployment, agents, cohorts, managers, seed, speed } = options;
  const failing = {
    ...(options.preflightShare === undefined ? {} : { preflightShare: options.preflightShare }),
    ...(options.smokeCohorts === undefined ? {} : { smokeCohorts: options.smokeCohorts }),
  };
  return generateCustomer({
    ...{ seed, agents, cohorts, managers, customer, deployment, speed, failing, dir },
    mintLimitPerHour: options.mintLimit,
    now: new Date().toISOString(),
    environment: 'rehearsal',
    slack: options.slack,
    personalFor: options.personalFor,
    logOrigin: `golive.rehearsal/${customer}`,
    manifestSet: { bucket: `manifests-${customer}`, prefix: `${deployment}/set` },
    audit: { bucket: `audit-${customer}`, prefix: '' },
    platform: { endpoint: platform },
    clusterEndpoint: `${platform}/k8s/${customer}`,
  });
}
