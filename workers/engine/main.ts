import { constants, setPriority } from 'node:os';
import { Worker } from '@temporalio/worker';
import {
  atBoundary,
  cohortActivities,
  drillActivities,
  remedyActivities,
  setActivities,
  waveActivities,
} from '../../activities/index.ts';
import { QUEUES } from '../../domain/ids.ts';
import { withBreakers } from '../breakers.ts';
import { quietAwsSdk } from '../config.ts';
import { portsOf, readTenants } from '../tenants.ts';
import { breakerGauge, childrenOf, connectClient, connectWorker, installRuntime } from '../temporal.ts';
import { readWorkerConfig } from '../worker-config.ts';
import { workflowBundle } from '../workflow-bundle.ts';

/** The queues `engine` (cohorts, waves, chunks) and `mint`, which waits at the platform's limit and would fill any other. */
quietAwsSdk();
// Where it shares a machine with them, orders, stops and the log come first: chunks can wait, people cannot.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
const { values: config } = readWorkerConfig();
const logger = installRuntime('golive-engine', config.logLevel, config.metrics);
const breakers = { worker: 'engine', part: config.name ?? 'engine', show: breakerGauge() } as const;
const ports = portsOf(withBreakers(readTenants(config.tenantsFile), breakers), childrenOf(await connectClient()));
const { connection, namespace } = await connectWorker();
const { mintChunk, ...cohort } = cohortActivities(ports);
const { mintNew, ...remedy } = remedyActivities(ports);
const common = { connection, namespace, maxHeartbeatThrottleInterval: '2s', shutdownGraceTime: '5s' } as const;

const [engine, mint] = await Promise.all([
  Worker.create({
    ...common,
    taskQueue: QUEUES.engine,
    workflowBundle: await workflowBundle(config.buildDir),
    activities: atBoundary({
      ...cohort,
      ...remedy,
      ...setActivities(ports),
      ...waveActivities(ports),
      ...drillActivities(ports),
    }),
    maxConcurrentActivityTaskExecutions: config.activities,
    // 250 cohorts and their waves stay in memory; more would be evicted and replayed.
    maxCachedWorkflows: 400,
  }),
  Worker.create({
    ...common,
    taskQueue: QUEUES.mint,
    activities: atBoundary({ mintChunk, mintNew }),
    maxConcurrentActivityTaskExecutions: config.mints,
  }),
]);
logger.info('engine is ready');
await Promise.all([engine.run(), mint.run()]);
await connection.close();
