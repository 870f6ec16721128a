import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { checkpointText, type Checkpoint } from '../../audit/tlog/checkpoint.ts';
import type { MerkleTree } from '../../audit/tlog/merkle.ts';
import { receiptOf, receiptText } from '../../audit/tlog/receipt.ts';
import { isClientError } from '../../clients/error.ts';
import type { AuditState } from '../../clients/recorder/reader.ts';
import { Busy } from './committer.ts';
import { LogDamaged } from './damage.ts';
import type { Publisher } from './publisher.ts';
import type { Witnessing } from './witnessing.ts';

export interface AuditedLog {
  tree: MerkleTree;
  head: () => Checkpoint;
  publisher: Publisher;
  witnessing: Witnessing | undefined;
  halted: () => LogDamaged | undefined;
  /** Holds what does not take the log's commits at the moment, and since when in ms of Unix time. */
  writer: { failing: { what: string; since: number } | undefined };
  everyMs: number;
}

const TEXT = 'text/plain; charset=utf-8';
const params = z.object({ index: z.coerce.number().int().min(0) });

/** What the log says of itself, and what anybody can check without it. */
export function auditRoutes(app: FastifyInstance, log: AuditedLog): void {
  const { publisher, witnessing } = log;

  app.get('/audit', async (): Promise<AuditState> => {
    const { origin, size, root } = log.head();
    const { published } = publisher;
    const { failing } = log.writer;
    return {
      origin,
      size,
      root: root.toString('base64'),
      published: published ? { size: published.checkpoint.size, at: new Date(published.at).toISOString() } : null,
      witness: witnessing?.state ?? null,
      failing: failing ? { what: failing.what, since: new Date(failing.since).toISOString() } : null,
      halted: log.halted()?.message ?? null,
    };
  });

  app.get('/checkpoint', async (_request, reply) => {
    const { published } = publisher;
    if (!published) return reply.code(404).send({ error: 'Nothing is published yet; POST /publish does it now.' });
    return reply.type(TEXT).send(checkpointText(published.checkpoint));
  });

  app.get('/receipt/:index', async (request, reply) => {
    const parsed = params.safeParse(request.params);
    if (!parsed.success) return reply.code(400).send({ error: 'A receipt is asked for by index: a whole number from 0 on.' });
    const { index } = parsed.data;
    const { size } = log.head();
    if (index >= size) return reply.code(404).send({ error: `The log has ${size} entries; there is no entry ${index}.` });
    // A cosigned checkpoint proves more than a newer one without the witness's line.
    const candidates = [witnessing?.last?.checkpoint, publisher.published?.checkpoint];
    const checkpoint = candidates.find((c) => c !== undefined && index < c.size);
    if (!checkpoint) {
      const seconds = Math.max(1, Math.ceil(log.everyMs / 1000));
      return reply
        .code(409)
        .header('retry-after', String(seconds))
        .send({ error: `Entry ${index} is committed and not published yet; that follows within ${seconds} s.` });
    }
    return reply.type(TEXT).send(receiptText(receiptOf(log.tree, index, checkpoint)));
  });

  app.post('/publish', async (_request, reply) => {
    const halted = log.halted();
    if (halted) throw new Busy(halted.message, 30);
    try {
      return await reply.type(TEXT).send(checkpointText((await publisher.publish()).checkpoint));
    } catch (error) {
      if (error instanceof LogDamaged) throw new Busy(error.message, 30);
      if (isClientError(error)) throw new Busy(`S3 did not take the publication: ${error.message}`, 2);
      throw error;
    }
  });
}
