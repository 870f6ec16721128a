import { Client } from '@temporalio/client';
import type { MetricTags } from '@temporalio/common';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { DefaultLogger, NativeConnection, Runtime, makeTelemetryFilterString } from '@temporalio/worker';
import { Connection } from '@temporalio/client';
import { pino, type Logger } from 'pino';
import type { Children } from '../activities/ports.ts';
import { BREAKER_OPEN } from '../clients/breaker/metric.ts';

/** One logger for us and the SDK: JSON lines on stderr, never a payload or a token. */
export function installRuntime(name: string, level: string, metricsAddress: string | undefined): Logger {
  const logger = pino({ name, level }, pino.destination({ fd: 2, sync: true }));
  Runtime.install({
    logger: new DefaultLogger('INFO', ({ level: at, message, meta }) => {
      const line = { ...meta, taskToken: undefined };
      if (at === 'ERROR') logger.error(line, message);
      else if (at === 'WARN') logger.warn(line, message);
      else logger.info(line, message);
    }),
    telemetryOptions: {
      logging: { filter: makeTelemetryFilterString({ core: 'WARN' }), forward: {} },
      ...(metricsAddress === undefined
        ? {}
        : {
            metrics: {
              prometheus: {
                bindAddress: metricsAddress,
                countersTotalSuffix: true,
                unitSuffix: true,
                useSecondsForDurations: true,
              },
            },
          }),
    },
  });
  return logger;
}

/** Shows what a breaker does, where the worker's own metrics are. */
export function breakerGauge(): (tags: MetricTags, isOpen: boolean) => void {
  const gauge = Runtime.instance().metricMeter.createGauge(BREAKER_OPEN.name, 'int', undefined, BREAKER_OPEN.help);
  return (tags, isOpen) => gauge.set(isOpen ? 1 : 0, tags);
}

/** Connects by the same profiles and variables as the Temporal CLI. */
export async function connectWorker(): Promise<{ connection: NativeConnection; namespace: string }> {
  const { connectionOptions, namespace } = loadClientConnectConfig({});
  return { connection: await NativeConnection.connect(connectionOptions), namespace: namespace ?? 'default' };
}

export async function connectClient(): Promise<Client> {
  const { connectionOptions, namespace } = loadClientConnectConfig({});
  const connection = await Connection.connect(connectionOptions);
  return new Client({ connection, namespace: namespace ?? 'default' });
}

/** An activity that asks Temporal waits no longer than this for all the answers that it needs. */
const ANSWERED_MS = 20_000;

/** Workflows of a deployment that ended as nobody wanted, by visibility: one question per gate. */
export function childrenOf(client: Client, answeredMs = ANSWERED_MS): Children {
  return { dead: (deployment) => client.withDeadline(Date.now() + answeredMs, () => deadOf(client, deployment)) };
}

async function deadOf(client: Client, deployment: string): Promise<string[]> {
  const name = deployment.replace(/^golive\//, '');
  const query = `GoliveDeployment = '${name}' AND ExecutionStatus IN ('Failed', 'Terminated', 'TimedOut', 'Canceled')`;
  const ids = new Set<string>();
  for await (const run of client.workflow.list({ query })) ids.add(run.workflowId);
  // One that was reset or started anew has a dead run behind it and lives.
  const gone: string[] = [];
  for (const id of ids) {
    const { status } = await client.workflow.getHandle(id).describe();
    if (status.name !== 'RUNNING' && status.name !== 'COMPLETED') gone.push(id);
  }
  return gone;
}
