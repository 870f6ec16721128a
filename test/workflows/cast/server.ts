import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, type WorkflowHandle } from '@temporalio/client';
import { Worker, type WorkerOptions } from '@temporalio/worker';
import { atBoundary } from '../../../activities/index.ts';
import { QUEUES, SEARCH_ATTRIBUTES } from '../../../domain/ids.ts';
import { workflowBundle } from '../../../workers/workflow-bundle.ts';
import type { SharedTemporal } from '../../support/servers/global.ts';
import { connectToSharedTemporal, uniqueName } from '../../support/servers/shared.ts';
import { until } from '../../support/stack/until.ts';
import { dispatched } from './cast.ts';

/** Temporal's IndexedValueType, whose names live in a package that we do not depend on. */
const INDEXED_VALUE_TYPES = { KEYWORD: 2, KEYWORD_LIST: 7 } as const;

/** The bundle that the workers run, built once for all test files. */
export const bundle = () => workflowBundle(join(fileURLToPath(new URL('../../..', import.meta.url)), '.golive', 'build'));

/** A namespace of the file's own: the names of the queues are the product's, so two files would steal each other's work. */
export interface OwnNamespace {
  client: Client;
  namespace: string;
  /** Events of a workflow so far, decoded by Temporal's client. */
  events: (workflowId: string, runId?: string) => Promise<Events>;
  close: () => Promise<void>;
}
export type Events = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>;

/** Real workers with the real bundle; the activities are those of whoever plays the world (`cast.ts`). */
export async function startWorkers(options: Partial<WorkerOptions> = {}, server?: SharedTemporal): Promise<OwnNamespace> {
  const temporal = await connectToSharedTemporal(server);
  const namespace = uniqueName('workflows');
  await register(temporal.client, namespace);
  const common = {
    connection: temporal.nativeConnection,
    namespace,
    activities: atBoundary(dispatched()),
    maxHeartbeatThrottleInterval: '1s',
    ...options,
  } satisfies Partial<WorkerOptions>;
  const workflows = { workflowBundle: await bundle() };
  const workers = await Promise.all([
    Worker.create({ ...common, ...workflows, taskQueue: QUEUES.control }),
    Worker.create({ ...common, ...workflows, taskQueue: QUEUES.engine }),
    Worker.create({ ...common, taskQueue: QUEUES.mint }),
  ]);
  const running = workers.map((worker) => worker.run());
  const client = new Client({ connection: temporal.client.connection, namespace });
  return {
    client,
    namespace,
    events: async (workflowId, runId) => (await client.workflow.getHandle(workflowId, runId).fetchHistory()).events ?? [],
    async close() {
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
      await temporal.close();
    },
  };
}

async function register(client: Client, namespace: string): Promise<void> {
  const { workflowService, operatorService } = client.connection;
  await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds: 86_400 as never } });
  await until('the namespace is known', async () => {
    await operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(
        Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, INDEXED_VALUE_TYPES[type]]),
      ),
    });
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
    return Object.keys(SEARCH_ATTRIBUTES).every((name) => name in (customAttributes ?? {}));
  });
}
