import { Worker } from '@temporalio/worker';
import {
  atBoundary,
  channelActivities,
  controlActivities,
  peopleActivities,
  stopAfterActivities,
} from '../../activities/index.ts';
import { QUEUES } from '../../domain/ids.ts';
import { quietAwsSdk } from '../config.ts';
import { portsOf, readTenants } from '../tenants.ts';
import { childrenOf, connectClient, connectWorker, installRuntime } from '../temporal.ts';
import { readWorkerConfig } from '../worker-config.ts';
import { workflowBundle } from '../workflow-bundle.ts';

/** The queue `control`: deployments and everything between a command and its answer, in a process that no chunk can fill. */
quietAwsSdk();
const { values: config } = readWorkerConfig();
const logger = installRuntime('golive-control', config.logLevel, config.metrics);
const ports = portsOf(readTenants(config.tenantsFile), childrenOf(await connectClient()));
const { connection, namespace } = await connectWorker();
const worker = await Worker.create({
  connection,
  namespace,
  taskQueue: QUEUES.control,
  workflowBundle: await workflowBundle(config.buildDir),
  activities: atBoundary({
    ...controlActivities(ports),
    ...channelActivities(ports),
    ...peopleActivities(ports),
    ...stopAfterActivities(ports),
  }),
  maxCachedWorkflows: 50,
  maxHeartbeatThrottleInterval: '2s',
  shutdownGraceTime: '5s',
});
logger.info('control is ready');
await worker.run();
await connection.close();
