import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { temporalClient } from '../../../clients/commands/temporal.ts';
import { generateCustomer } from '../../../scripts/generate/customer.ts';
import type { Failing } from '../../../scripts/generate/world.ts';
import type { AuditRetention, DeploymentFile } from '../../../domain/deployment-file.ts';
import { freePort } from '../../../scripts/processes/ports.ts';
import { ensureTools } from '../../../scripts/setup/tools.ts';
import { startStack, type Stack, type StackOptions } from '../../../scripts/stack/stack.ts';
import { TestCustomer } from './customer.ts';

export interface CustomerOptions {
  agents?: number;
  cohorts?: number;
  managers?: number;
  seed?: number;
  failing?: Failing;
  /** Executives sign from Slack. */
  slack?: boolean;
  personalFor?: DeploymentFile['personalFor'];
  /** Of the published log; without it nothing is locked. */
  retention?: AuditRetention;
  /** Tighter than the runbook's. */
  limits?: Partial<DeploymentFile['limits']>;
}

export interface TestStack<Name extends string> {
  /** Every real part, each of which can be killed and restarted. */
  parts: Stack;
  /** Data, credentials and logs of all parts. */
  dir: string;
  client: Client;
  customers: Record<Name, TestCustomer>;
  stop(): Promise<void>;
}

/** Nothing fails unless a test says so. */
const NOTHING_FAILS: Failing = { preflightShare: 0, smokeCohorts: 0, exampleCohorts: 0, unstableCohorts: 0 };
export const DEPLOYMENT = 'q4';

/** Every real part on this machine, for customers side by side; none of them is started on its way yet. */
export async function startTestStack<Name extends string>(
  speed: number,
  customers: Record<Name, CustomerOptions>,
  more: Pick<StackOptions, 'temporalArgs'> = {},
): Promise<TestStack<Name>> {
  const tools = await ensureTools(['temporal', 'versitygw']);
  const dir = await mkdtemp(join(tmpdir(), 'golive-e2e-'));
  const platformPort = await freePort();
  const platform = `http://127.0.0.1:${platformPort}`;
  const names = Object.keys(customers) as Name[];
  const generated = await Promise.all(
    names.map((customer) => {
      const {
        agents = 24,
        cohorts = 4,
        managers = 6,
        seed = 1,
        failing,
        retention,
        slack,
        personalFor,
        limits,
      } = customers[customer];
      return generateCustomer({
        ...{ seed, agents, cohorts, managers, customer, deployment: DEPLOYMENT, speed, slack, personalFor, limits },
        failing: { ...NOTHING_FAILS, ...failing },
        mintLimitPerHour: null,
        dir: join(dir, 'customers', customer),
        now: new Date().toISOString(),
        environment: 'rehearsal',
        logOrigin: `golive.test/${customer}`,
        manifestSet: { bucket: `manifests-${customer}`, prefix: `${DEPLOYMENT}/set` },
        audit: { bucket: `audit-${customer}`, prefix: '', ...(retention === undefined ? {} : { retention }) },
        platform: { endpoint: platform },
        clusterEndpoint: `${platform}/k8s/${customer}`,
      });
    }),
  );
  const parts = await startStack({
    dir,
    customers: generated.map((g, i) => ({
      dir: join(dir, 'customers', names[i] ?? ''),
      file: g.deploymentFile,
      rootKeys: [g.rootPublicKey],
    })),
    platformPort,
    tools,
    speed,
    ...more,
  });
  const client = temporalClient({ address: parts.temporal.address, namespace: parts.temporal.namespace });
  const made = names.map((name, i) => {
    const mine = generated[i];
    if (mine === undefined) throw new Error(`nothing was generated for ${name}`);
    return [name, new TestCustomer({ parts, dir, client, generated: mine })] as const;
  });
  return {
    parts,
    dir,
    client,
    customers: Object.fromEntries(made) as Record<Name, TestCustomer>,
    async stop() {
      await Promise.all(made.map(([, customer]) => customer.close()));
      await client.connection.close();
      await parts.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
