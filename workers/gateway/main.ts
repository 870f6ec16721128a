import { pino } from 'pino';
import type { BreakerChange } from '../../clients/breaker/breaker.ts';
import { guardedCommands } from '../../clients/breaker/commands.ts';
import { breakerFor } from '../../clients/breaker/guarded.ts';
import { tellLog } from '../../clients/breaker/told.ts';
import { temporalClient, temporalDeployments } from '../../clients/commands/temporal.ts';
import { gatewayMetrics } from '../../gateway/metrics.ts';
import { gateway } from '../../gateway/server.ts';
import { WORKFLOW_NAMES } from '../../workflows/messages/names.ts';
import { ConfigError, quietAwsSdk } from '../config.ts';
import { alertsOf } from './alerts.ts';
import { readGatewayConfig } from './config.ts';
import { slackCustomer } from './slack.ts';

/** The gateway process: inbound HTTP, nothing else. It answers 503 while Temporal is away and needs no restart when it is back. */
const ANSWER_WITHIN_MS = 5000;
const CHECK_WITHIN_MS = 2000;

async function main(): Promise<void> {
  quietAwsSdk();
  const config = readGatewayConfig();
  const logger = pino({ name: 'golive-gateway' }, pino.destination({ fd: 2, sync: true }));
  const client = temporalClient();
  const temporal = temporalDeployments(client, WORKFLOW_NAMES, ANSWER_WITHIN_MS);
  const told: ((change: BreakerChange) => void)[] = [];
  const metrics = gatewayMetrics();
  metrics.breaker('Temporal', false);
  const onChange = (change: BreakerChange): void => {
    metrics.breaker('Temporal', change.state === 'open');
    told.forEach((tell) => tell(change));
  };
  const commands = guardedCommands(temporal, breakerFor('Temporal', { onChange }));
  const customers = await Promise.all(config.customers.map((customer) => slackCustomer(customer, commands)));
  for (const { customer, notes, log } of customers) told.push(tellLog({ part: 'gateway', customer, recorder: notes, log }));
  const alerts = await Promise.all(config.alerts.map(alertsOf));
  const slack = { customers, refusedEveryMs: config.refusedEveryMs, now: Date.now };
  const app = gateway(
    {
      handIn: (order) => commands.handIn(order),
      check: () => client.withDeadline(Date.now() + CHECK_WITHIN_MS, () => client.connection.ensureConnected()),
    },
    {
      logger,
      metrics,
      ...(customers.length > 0 ? { slack } : {}),
      ...(alerts.length > 0 ? { alerts: { customers: alerts, now: Date.now } } : {}),
    },
  );
  await app.listen({ port: config.port, host: config.host });
  logger.info({ port: config.port, slack: customers.map((c) => c.customer) }, 'the gateway is open');
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void app.close().then(() => temporal.close()));
}

main().catch((error: unknown) => {
  const told = error instanceof ConfigError ? error.message : String((error as Error).stack ?? error);
  process.stderr.write(`golive gateway: ${told}\n`);
  process.exit(1);
});
