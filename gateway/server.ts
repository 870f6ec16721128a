import fastify, { type FastifyInstance } from 'fastify';
import { Counter, Registry, collectDefaultMetrics } from 'prom-client';
import { z } from 'zod';
import { ENVELOPE_LIMIT_BYTES, parseEnvelope } from '../audit/envelope.ts';
import { CommandNotTaken, type Commands } from '../clients/commands/port.ts';

/** Where orders go, the deployment's workflow, and whether it can be reached at all. */
export interface CommandSink extends Commands {
  check(): Promise<void>;
}

const body = z.strictObject({ envelope: z.string().min(2).max(ENVELOPE_LIMIT_BYTES), handedInAt: z.iso.datetime().optional() });

/** An untrusted relay: it knows no key and judges nothing; it answers 202 when the order cannot be lost any more. */
export function gateway(sink: CommandSink): FastifyInstance {
  const app = fastify({ bodyLimit: 2 * ENVELOPE_LIMIT_BYTES, logger: false });
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'golive_gateway_' });
  const commands = new Counter({
    name: 'golive_gateway_commands_total',
    help: 'Orders handed in',
    labelNames: ['outcome'],
    registers: [registry],
  });

  app.post('/v1/commands', async (request, reply) => {
    const answer = (status: number, outcome: string, content: Record<string, string>) => {
      commands.inc({ outcome });
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
  app.get('/readyz', async (_request, reply) => {
    try {
      await sink.check();
      return { status: 'ok', checks: { temporal: 'ok' } };
    } catch {
      return reply.code(503).send({ status: 'unavailable', checks: { temporal: 'does not answer' } });
    }
  });
  app.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
  return app;
}
