import { Client, WorkflowNotFoundError } from '@temporalio/client';
import { Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { pino } from 'pino';
import { z } from 'zod';
import { gateway, type CommandSink } from '../../gateway/server.ts';
import { deploymentWorkflowId } from '../../domain/ids.ts';
import { commandSignal } from '../../workflows/messages/deployment.ts';
import { port, readSettings } from '../config.ts';

/** The gateway process: inbound HTTP, nothing else. */
const { values: config } = readSettings({
  port: { env: 'GOLIVE_GATEWAY_PORT', schema: port, about: 'port to listen on' },
  host: { env: 'GOLIVE_GATEWAY_HOST', schema: z.string().default('127.0.0.1'), about: 'address to listen on' },
});
const logger = pino({ name: 'golive-gateway' }, pino.destination({ fd: 2, sync: true }));
const { connectionOptions, namespace } = loadClientConnectConfig({});
// Lazy: the gateway answers 503 while Temporal is away and needs no restart when it is back.
const client = new Client({ connection: Connection.lazy(connectionOptions), namespace: namespace ?? 'default' });
const ANSWER_WITHIN_MS = 5000;

const sink: CommandSink = {
  async hand(to, message) {
    try {
      await client.withDeadline(Date.now() + ANSWER_WITHIN_MS, () => client.workflow.getHandle(deploymentWorkflowId(to)).signal(commandSignal, message));
      return 'handed';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'unknown';
      logger.error({ err: error }, 'an order could not be handed on');
      throw error;
    }
  },
  async check() {
    await client.withDeadline(Date.now() + 2000, () => client.connection.ensureConnected());
  },
};

const app = gateway(sink);
await app.listen({ port: config.port, host: config.host });
logger.info({ port: config.port }, 'the gateway is open');
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void app.close());
