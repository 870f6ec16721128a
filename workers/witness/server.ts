import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { MAX_REQUEST_BYTES } from '../../audit/tlog/witness.ts';
import { MemoryDamaged, type Memory } from './memory.ts';
import { createMetrics } from './metrics.ts';
import type { Witness, WitnessAnswer } from './witness.ts';

export interface WitnessServerParts {
  witness: Witness;
  memory: Memory;
  logger: FastifyBaseLogger;
  onDamage: (damage: MemoryDamaged) => void;
}

/** C2SP tlog-witness over HTTP. Anybody may ask: what counts is the log's signature on the checkpoint. */
export function createWitnessServer({ witness, memory, logger, onDamage }: WitnessServerParts): FastifyInstance {
  const metrics = createMetrics(memory);
  let failing: string | undefined;
  const app = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_REQUEST_BYTES,
    forceCloseConnections: true,
  });
  // The protocol names no content type, and clients differ.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  app.setErrorHandler(async (error, _request, reply) => {
    const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 503;
    if (status >= 500) {
      failing = error instanceof Error ? error.message : String(error);
      logger.error({ err: error }, 'A checkpoint could not be cosigned');
    }
    if (error instanceof MemoryDamaged) onDamage(error);
    metrics.answered(status);
    return reply
      .code(status)
      .type('text/plain')
      .send(`${status >= 500 ? 'The witness cannot cosign now; see its log.' : messageOf(error)}\n`);
  });

  app.post('/add-checkpoint', async (request, reply) => {
    const answer = await witness.add(Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));
    if (answer.status === 200) failing = undefined;
    metrics.answered(answer.status);
    if (answer.status !== 200) logger.warn({ status: answer.status, reason: answer.reason }, 'A checkpoint was refused');
    return reply
      .code(answer.status)
      .type(answer.status === 409 ? 'text/x.tlog.size' : 'text/plain')
      .send(textOf(answer));
  });

  app.get('/livez', async () => ({ ok: true }));
  app.get('/readyz', async (_request, reply) =>
    failing === undefined ? { ok: true, witness: witness.vkey } : reply.code(503).send({ ok: false, reason: failing }),
  );
  app.get('/metrics', async (_request, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()));
  return app;
}

function textOf(answer: WitnessAnswer): string {
  if (answer.status === 200) return answer.lines;
  return answer.status === 409 ? `${answer.size}\n` : `${answer.reason}\n`;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'failed');
