import fastify, { type FastifyInstance } from 'fastify';
import { Counter, Registry, collectDefaultMetrics } from 'prom-client';
import { z } from 'zod';
import { ENVELOPE_LIMIT_BYTES, parseEnvelope } from '../audit/envelope.ts';
import type { DeploymentName } from '../domain/ids.ts';

/** Where orders go: the deployment's workflow, by signal. */
export interface CommandSink {
  /** Resolves once the order is durable. `unknown`: there is no such open deployment. */
  hand(to: DeploymentName, message: { envelope: string; handedInAt: string }): Promise<'handed' | 'unknown'>;
  /** Throws when Temporal does not answer. */
  check(): Promise<void>;
}

const body = z.strictObject({ envelope: z.string().min(2).max(ENVELOPE_LIMIT_BYTES), handedInAt: z.iso.datetime().optional() });
/** All that the relay reads of an order; whether it is one is decided where the power is. */
const address = z.object({ id: z.string().max(100), customer: z.string().regex(/^[a-z0-9-]{1,63}$/), deployment: z.string().regex(/^[a-z0-9-]{1,63}$/) });

/** An untrusted relay: it knows no key and judges nothing; it answers 202 when the order cannot be lost any more. */
export function gateway(sink: CommandSink): FastifyInstance {
  const app = fastify({ bodyLimit: 2 * ENVELOPE_LIMIT_BYTES, logger: false });
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'golive_gateway_' });
  const commands = new Counter({ name: 'golive_gateway_commands_total', help: 'Orders handed in', labelNames: ['outcome'], registers: [registry] });

  app.post('/v1/commands', async (request, reply) => {
    const answer = (status: number, outcome: string, content: Record<string, string>) => {
      commands.inc({ outcome });
      return reply.code(status).send(content);
    };
    const given = body.safeParse(request.body);
    const envelope = given.success ? parseEnvelope(given.data.envelope) : undefined;
    if (!given.success || envelope === undefined || 'problem' in envelope) {
      return answer(400, 'malformed', { code: 'malformed_command', message: 'The body is {"envelope": "<DSSE envelope as JSON text>"}; use the golive CLI.' });
    }
    const to = address.safeParse(readPayload(envelope.payload));
    if (!to.success) return answer(400, 'malformed', { code: 'malformed_command', message: 'The envelope does not hold an order.' });
    const { id, customer, deployment } = to.data;
    try {
      const handed = await sink.hand({ customer, deployment }, { envelope: given.data.envelope, handedInAt: new Date().toISOString() });
      if (handed === 'unknown') return answer(404, 'unknown', { code: 'wrong_deployment', message: `There is no open deployment ${customer}/${deployment}.` });
      return answer(202, 'handed', { id });
    } catch {
      return answer(503, 'unavailable', { code: 'unavailable', message: 'Temporal does not answer; the order is recorded nowhere yet. Hand the same envelope in again.' });
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

function readPayload(base64: string): unknown {
  try {
    return JSON.parse(Buffer.from(base64, 'base64').toString('utf8'));
  } catch {
    return undefined;
  }
}
