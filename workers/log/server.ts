import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { NewEntry } from '../../domain/entry.ts';
import { deploymentId } from '../../domain/ids.ts';
import { auditRoutes, type AuditedLog } from './audit-routes.ts';
import type { BatchWriter } from './batch-writer.ts';
import { Busy, type Committer } from './committer.ts';
import type { LogMetrics } from './metrics.ts';
import { BatchRefused, MAX_BATCH_BYTES, prepareBatch } from './prepare.ts';
import { readRoutes, type ReadableLog } from './read-routes.ts';

export interface LogServerParts extends ReadableLog, AuditedLog {
  addToken: string;
  readToken: string;
  /** Missing: nobody has one. */
  noteToken?: string | undefined;
  committer: Committer;
  writer: BatchWriter;
  metrics: LogMetrics;
  logger: FastifyBaseLogger;
}

const WRITERS_ONLY = new Set(['/add', '/publish']);

/** The log over HTTP. Writers may read; readers may not write; who may add notes may do nothing else. */
export function createLogServer(parts: LogServerParts): FastifyInstance {
  const { committer, metrics } = parts;
  const app = Fastify({
    loggerInstance: parts.logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_BATCH_BYTES,
    forceCloseConnections: true,
  });

  const isWriter = bearer(parts.addToken);
  const isReader = bearer(parts.readToken);
  const isNoter = parts.noteToken === undefined ? () => false : bearer(parts.noteToken);
  app.addHook('onRequest', async (request, reply) => {
    const path = request.routeOptions.url ?? '';
    if (path === '/livez' || path === '/readyz' || path === '/metrics') return;
    const { authorization } = request.headers;
    if (isWriter(authorization) || (!WRITERS_ONLY.has(path) && isReader(authorization))) return;
    if (path === '/add' && isNoter(authorization)) return;
    await reply.code(401).header('www-authenticate', 'Bearer').send({ error: 'A bearer token of this log is needed.' });
  });

  app.setErrorHandler(async (error, _request, reply) => {
    if (error instanceof Busy) {
      return reply.code(503).header('retry-after', String(error.retryAfterSeconds)).send({ error: error.message });
    }
    if (error instanceof BatchRefused) return reply.code(error.status).send({ error: error.message });
    const status = statusOf(error);
    if (status >= 500) parts.logger.error({ err: error }, 'A request failed');
    return reply.code(status).send({ error: error instanceof Error ? error.message : 'failed' });
  });

  app.post('/add', async (request, reply) => {
    const arrived = performance.now();
    const batch = prepareBatch(request.body);
    const other = batch.find(({ entry }) => !isNote(entry));
    if (other !== undefined && !isWriter(request.headers.authorization))
      return reply.code(403).send({ error: `This token adds what a gateway notes, and not ${other.entry.id}.` });
    const indexes = await committer.add(batch);
    metrics.added((performance.now() - arrived) / 1000);
    return { indexes };
  });
  readRoutes(app, parts);
  auditRoutes(app, parts);

  app.get('/livez', async () => ({ ok: true }));
  app.get('/readyz', async (_request, reply) => {
    const { failing } = parts.writer;
    const halted = parts.halted();
    if (!failing && !halted) return { ok: true, size: parts.journal.size };
    const waits = failing && `${failing.what} fails since ${new Date(failing.since).toISOString()}; reads work, writers wait.`;
    return reply.code(503).send({ ok: false, reason: halted ? `${halted.message} Reads work, writers are refused.` : waits });
  });
  app.get('/metrics', async (_request, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()));
  return app;
}

/** What the holder of the note token may add: facts on which nothing rests, under ids that no other kind of entry has. */
function isNote(entry: NewEntry): boolean {
  const under = (what: string): boolean => entry.id.startsWith(`${deploymentId(entry)}/${what}/`);
  if (entry.kind === 'breaker.changed') return under('breaker/gateway') && entry.data.part === 'gateway';
  return entry.kind === 'gateway.refused' && under('gateway-refused');
}

/** Compares digests, so that neither content nor length of the token shows in the time taken. */
function bearer(token: string): (header: string | undefined) => boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const expected = digest(`Bearer ${token}`);
  return (header) => header !== undefined && timingSafeEqual(digest(header), expected);
}

function statusOf(error: unknown): number {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' ? status : 500;
}
