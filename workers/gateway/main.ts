import { pino } from 'pino';
import { z } from 'zod';
import { temporalClient, temporalDeployments } from '../../clients/commands/temporal.ts';
import { gateway } from '../../gateway/server.ts';
import { commandSignal, DEPLOYMENT_WORKFLOW } from '../../workflows/messages/deployment.ts';
import { port, readSettings } from '../config.ts';

/** The gateway process: inbound HTTP, nothing else. It answers 503 while Temporal is away and needs no restart when it is back. */
const { values: config } = readSettings({
  port: { env: 'GOLIVE_GATEWAY_PORT', schema: port, about: 'port to listen on' },
  host: { env: 'GOLIVE_GATEWAY_HOST', schema: z.string().default('127.0.0.1'), about: 'address to listen on' },
});
const ANSWER_WITHIN_MS = 5000;
const CHECK_WITHIN_MS = 2000;

const logger = pino({ name: 'golive-gateway' }, pino.destination({ fd: 2, sync: true }));
const client = temporalClient();
const commands = temporalDeployments(
  client,
  { workflow: DEPLOYMENT_WORKFLOW, commandSignal: commandSignal.name },
  ANSWER_WITHIN_MS,
);
const app = gateway({
  handIn: (order) => commands.handIn(order),
  check: () => client.withDeadline(Date.now() + CHECK_WITHIN_MS, () => client.connection.ensureConnected()),
});
await app.listen({ port: config.port, host: config.host });
logger.info({ port: config.port }, 'the gateway is open');
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void app.close().then(() => commands.close()));
