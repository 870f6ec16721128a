import { Worker } from '@temporalio/worker';
import { atBoundary } from '../../activities/boundary.ts';
import { stopActivities } from '../../activities/stop/activities.ts';
import { QUEUES } from '../../domain/ids.ts';
import { withBreakers } from '../breakers.ts';
import { quietAwsSdk } from '../config.ts';
import { portsOf, readTenants } from '../tenants.ts';
import { breakerGauge, connectWorker, installRuntime } from '../temporal.ts';
import { workflowBundle } from '../workflow-bundle.ts';
import { readStopConfig } from './config.ts';
import { keptFiles } from './kept-files.ts';

/**
 * The queue `stop`, in processes that do nothing else; two of them in production. Its platform key can only lower. No workflow
 * stays in memory: whichever of the two lives goes on with what the other began.
 */
quietAwsSdk();
const { values: config } = readStopConfig();
const logger = installRuntime('golive-stop', config.logLevel, config.metrics);
const breakers = { worker: 'stop', part: config.name ?? 'stop', show: breakerGauge() } as const;
const tenants = withBreakers(readTenants(config.tenantsFile), breakers);
const files = keptFiles(config.cacheDir, tenants, logger);
// Beside the start, not before it: with a bucket that is away what is kept already is enough.
const refreshed = files.refresh();
const refreshing = setInterval(() => void files.refresh(), config.refreshMs);

const ports = portsOf(tenants, { dead: () => Promise.resolve([]) });
const { connection, namespace } = await connectWorker();
const worker = await Worker.create({
  connection,
  namespace,
  taskQueue: QUEUES.stop,
  workflowBundle: await workflowBundle(config.buildDir, 'stop'),
  activities: atBoundary(stopActivities({ tenant: (customer) => ports.tenant(customer), now: () => ports.now(), files })),
  maxCachedWorkflows: 0,
  maxConcurrentActivityTaskExecutions: 100,
  maxHeartbeatThrottleInterval: '500ms',
  shutdownGraceTime: '2s',
});
logger.info('stop is ready');
await worker.run();
clearInterval(refreshing);
await refreshed;
await connection.close();
