import { Worker } from '@temporalio/worker';
import {
  atBoundary,
  channelActivities,
  controlActivities,
  peopleActivities,
  stopAfterActivities,
  watchActivities,
} from '../../activities/index.ts';
import { temporalDeployments } from '../../clients/commands/temporal.ts';
import { QUEUES } from '../../domain/ids.ts';
import { WORKFLOW_NAMES } from '../../workflows/messages/names.ts';
import { withBreakers } from '../breakers.ts';
import { quietAwsSdk } from '../config.ts';
import { portsOf, readTenants } from '../tenants.ts';
import { breakerGauge, childrenOf, connectClient, connectWorker, installRuntime } from '../temporal.ts';
import { readWorkerConfig } from '../worker-config.ts';
import { workflowBundle } from '../workflow-bundle.ts';

/** The queue `control`: deployments and everything between a command and its answer, in a process that no chunk can fill. */
quietAwsSdk();
const { values: config } = readWorkerConfig();
const logger = installRuntime('golive-control', config.logLevel, config.metrics);
const breakers = { worker: 'control', part: config.name ?? 'control', show: breakerGauge() } as const;
const client = await connectClient();
const ports = portsOf(withBreakers(readTenants(config.tenantsFile), breakers), childrenOf(client));
const commands = temporalDeployments(client, WORKFLOW_NAMES);
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
    ...watchActivities(ports, commands),
  }),
  maxCachedWorkflows: 50,
  maxHeartbeatThrottleInterval: '2s',
  shutdownGraceTime: '5s',
});
logger.info('control is ready');
await worker.run();
await connection.close();
