import type { Client } from '@temporalio/client';
import { loadClientConfigProfile } from '@temporalio/envconfig';
import { deploymentId, QUEUES, SEARCH_ATTRIBUTES, type DeploymentName } from '../../../domain/ids.ts';
import type { LoadedConnections } from '../connections.ts';
import type { CliIo } from '../io.ts';
import type { Check } from './checks.ts';

const RETENTION_DAYS = 45;
const DEFAULT_ADDRESS = 'localhost:7233';
const POLLED = Object.values(QUEUES);

/** Temporal as this person would reach it, and what deployments need of it. */
export function temporalChecks(
  client: Client,
  connections: LoadedConnections,
  env: CliIo['env'],
  name: DeploymentName | undefined,
): Check[] {
  const { address, namespace } = effective(connections, env);
  const { workflowService, operatorService } = client.connection;
  const ns = { namespace: namespace.value };
  return [
    {
      what: 'Temporal',
      next: 'Check the address, and whether the server runs.',
      look: async () => {
        await workflowService.getSystemInfo({});
        return `${address.value} (from ${address.from}), namespace ${namespace.value} (from ${namespace.from})`;
      },
    },
    {
      what: 'retention of the namespace',
      next: `temporal operator namespace update --retention ${RETENTION_DAYS}d ${namespace.value}`,
      look: async () => {
        const { config } = await workflowService.describeNamespace(ns);
        const days = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) / 86_400;
        return { ok: days >= RETENTION_DAYS, detail: `${Math.round(days)} days, ${RETENTION_DAYS} are needed` };
      },
    },
    {
      what: 'search attributes',
      next: `temporal operator search-attribute create --namespace ${namespace.value} --name NAME --type Keyword; an unregistered one stalls a run`,
      look: async () => {
        const { customAttributes } = await operatorService.listSearchAttributes(ns);
        const missing = Object.keys(SEARCH_ATTRIBUTES).filter((attribute) => !Object.hasOwn(customAttributes ?? {}, attribute));
        return {
          ok: missing.length === 0,
          detail:
            missing.length > 0 ? `missing: ${missing.join(', ')}` : `all ${Object.keys(SEARCH_ATTRIBUTES).length} registered`,
        };
      },
    },
    ...POLLED.map((queue) => ({
      what: `workers on queue ${queue}`,
      next: 'Start the workers; until then work on this queue waits.',
      look: () => pollers(client, namespace.value, queue),
    })),
    ...(name === undefined
      ? []
      : [
          {
            what: 'runs that were reset',
            next: 'Look at them in the Temporal UI; fences keep a forgotten hold harmless.',
            look: () => resets(client, name),
          },
        ]),
  ];
}

async function pollers({ connection }: Client, namespace: string, queue: string) {
  // 1: workflow tasks, 2: activity tasks. A queue may be of one kind only.
  const answers = await Promise.all(
    [1, 2].map((taskQueueType) =>
      connection.workflowService.describeTaskQueue({ namespace, taskQueue: { name: queue }, taskQueueType }),
    ),
  );
  const identities = new Set(answers.flatMap((answer) => (answer.pollers ?? []).map((poller) => poller.identity ?? '?')));
  return { ok: identities.size > 0, detail: identities.size > 0 ? [...identities].join(', ') : 'nobody polls it' };
}

/** A reset ends the old run and starts another under the same id. */
async function resets(client: Client, name: DeploymentName): Promise<string> {
  const query = (status: string) => `GoliveDeployment = '${deploymentId(name)}' AND ExecutionStatus = '${status}'`;
  const ended = new Set<string>();
  for await (const run of client.workflow.list({ query: query('Terminated') })) ended.add(run.workflowId);
  if (ended.size === 0) return 'none';
  const again = new Set<string>();
  for await (const run of client.workflow.list({ query: query('Running') }))
    if (ended.has(run.workflowId)) again.add(run.workflowId);
  return again.size === 0 ? 'none' : [...again].join(', ');
}

interface Origin {
  value: string;
  from: string;
}

/** Each value with where it came from, in the order in which they win. */
export function effective(
  connections: Pick<LoadedConnections, 'temporal' | 'source'>,
  env: CliIo['env'] = {},
): { address: Origin; namespace: Origin } {
  const profile = loadClientConfigProfile();
  const pick = (given: string | undefined, variable: string, fromProfile: string | undefined, otherwise: string): Origin => {
    if (given !== undefined) return { value: given, from: connections.source };
    const set = env[variable];
    if (set) return { value: set, from: variable };
    return fromProfile === undefined
      ? { value: otherwise, from: 'the default' }
      : { value: fromProfile, from: `Temporal profile ${env.TEMPORAL_PROFILE ?? 'default'}` };
  };
  return {
    address: pick(connections.temporal?.address, 'TEMPORAL_ADDRESS', profile.address, DEFAULT_ADDRESS),
    namespace: pick(connections.temporal?.namespace, 'TEMPORAL_NAMESPACE', profile.namespace, 'default'),
  };
}
