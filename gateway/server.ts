import fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { z } from 'zod';
import { ENVELOPE_LIMIT_BYTES, parseEnvelope } from '../audit/envelope.ts';
import { CommandNotTaken, type Commands } from '../clients/commands/port.ts';
import { serveAlerts, type AlertSide } from './alerts.ts';
import { gatewayMetrics, type GatewayMetrics } from './metrics.ts';
import { serveSlack, type SlackSide } from './slack.ts';

/** Where orders go, the deployment's workflow, and whether it can be reached at all. */
export interface CommandSink extends Commands {
  check(): Promise<void>;
}

const body = z.strictObject({ envelope: z.string().min(2).max(ENVELOPE_LIMIT_BYTES), handedInAt: z.iso.datetime().optional() });

export interface GatewayOptions {
  /** Missing: orders come signed, over `POST /v1/commands`, and from nowhere else. */
  slack?: SlackSide;
  /** Missing: no alert stops anything. */
  alerts?: AlertSide;
  /** Where something of the process is counted before it is open. */
  metrics?: GatewayMetrics;
  logger?: FastifyBaseLogger;
}

/**
 * A relay that judges no order: it answers when one cannot be lost any more, and where one comes from Slack it says who gave
 * it. What is handed to `POST /v1/commands` is signed by its giver, and needs no trust in whoever passes it on.
 */
export function gateway(
  sink: CommandSink,
  { slack, alerts, logger, metrics = gatewayMetrics() }: GatewayOptions = {},
): FastifyInstance {
  const app: FastifyInstance = fastify({ bodyLimit: 2 * ENVELOPE_LIMIT_BYTES, logger: false });

  app.post('/v1/commands', async (request, reply) => {
    const answer = (status: number, outcome: string, content: Record<string, string>) => {
      metrics.order(outcome);
      return reply.code(status).send(content);
    };
    const given = body.safeParse(request.body);
    const envelope = given.success ? parseEnvelope(given.data.envelope) : undefined;
    if (!given.success || envelope === undefined || 'problem' in envelope) {
      return answer(400, 'malformed', {
        code: 'malformed_command',
        message: 'The body is {"envelope": "<DSSE envelope as JSON text>"}; use the golive CLI.',
      });
    }
    try {
      const { id } = await sink.handIn({ envelope: given.data.envelope, handedInAt: new Date().toISOString() });
      return answer(202, 'handed', { id });
    } catch (error) {
      if (error instanceof CommandNotTaken) {
        return answer(error.code === 'wrong_deployment' ? 404 : 400, error.code, { code: error.code, message: error.message });
      }
      return answer(503, 'unavailable', {
        code: 'unavailable',
        message: 'Temporal does not answer; the order is recorded nowhere yet. Hand the same envelope in again.',
      });
    }
  });

  app.get('/livez', () => ({ status: 'ok' }));
  const customers = { slack: slack?.customers.map((c) => c.customer) ?? [] };
  app.get('/readyz', async (_request, reply) => {
    try {
      await sink.check();
      return { status: 'ok', checks: { temporal: 'ok' }, ...customers };
    } catch {
      return reply.code(503).send({ status: 'unavailable', checks: { temporal: 'does not answer' }, ...customers });
    }
  });
  app.get('/metrics', async (_request, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()));
  if (slack) serveSlack(app, slack, metrics, logger ?? app.log);
  if (alerts) serveAlerts(app, sink, alerts, { metrics, logger: logger ?? app.log });
  return app;
}
