import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { ENTRY_KINDS } from '../../domain/entry.ts';
import type { EntryFilter, Journal } from './journal.ts';
import type { Feed } from './feed.ts';
import type { Views } from './views.ts';

const DEFAULT_LIMIT = 1_000;
const MAX_LIMIT = 10_000;
/** An answer stops growing here, whatever its limit in entries. */
const MAX_ANSWER_CHARACTERS = 8 * 1024 * 1024;

const index = z.coerce.number().int().min(0);
const kinds = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(z.enum(ENTRY_KINDS)));
const filter = z.object({ deployment: z.string().optional(), cohort: z.string().optional(), kind: kinds.optional() });
const pageQuery = filter.extend({ from: index.default(0), limit: index.max(MAX_LIMIT).default(DEFAULT_LIMIT) });
const feedQuery = filter.extend({ from: index.optional() });

export interface ReadableLog {
  journal: Journal;
  views: Views;
  feed: Feed;
}

export function readRoutes(app: FastifyInstance, { journal, views, feed }: ReadableLog): void {
  app.get('/size', async () => ({ size: journal.size }));

  app.get('/entries', async (request, reply) => {
    const query = parsed(pageQuery, request.query);
    const page = readPage(journal, filterOf(query), query.from, query.limit);
    if (request.headers.accept?.includes('jsonl')) {
      return reply
        .type('application/jsonl')
        .headers({ 'golive-size': String(journal.size), 'golive-next': page.next === null ? '' : String(page.next) })
        .send(page.entries.map((entry) => `${entry}\n`).join(''));
    }
    return reply
      .type('application/json')
      .send(`{"size":${journal.size},"next":${page.next ?? 'null'},"entries":[${page.entries.join(',')}]}`);
  });

  app.get('/entry/:index', async (request, reply) => {
    const at = parsed(z.object({ index }), request.params).index;
    const entry = journal.json(at);
    if (!entry) return reply.code(404).send({ error: `The log has ${journal.size} entries; there is no entry ${at}.` });
    return reply.type('application/json').send(entry);
  });

  app.get('/find', async (request, reply) => {
    const { id } = parsed(z.object({ id: z.string().min(1) }), request.query);
    const at = journal.indexOf(id);
    const entry = at === undefined ? undefined : journal.json(at);
    if (!entry) return reply.code(404).send({ error: `No entry has the id ${id}.` });
    return reply.type('application/json').send(entry);
  });

  app.get('/deployments', async () => ({ deployments: views.list() }));

  app.get('/state/:customer/:deployment', async (request, reply) => {
    const d = parsed(z.object({ customer: z.string(), deployment: z.string() }), request.params);
    const last = views.lastIndex(d);
    if (last === undefined) return reply.code(404).send({ error: `The log knows no deployment ${d.customer}/${d.deployment}.` });
    const etag = `"${last}"`;
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    return reply.header('etag', etag).type('application/json').send(views.json(d));
  });

  app.get('/feed', async (request, reply) => {
    const query = parsed(feedQuery, request.query);
    // A browser that reconnects says what it saw last, and that wins over the address it was given first.
    const seen = index.safeParse(request.headers['last-event-id'] || undefined);
    const from = seen.success ? seen.data + 1 : (query.from ?? 0);
    return reply
      .headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
      .type('text/event-stream')
      .send(feed.stream(filterOf(query), from));
  });
}

function readPage(
  journal: Journal,
  wanted: EntryFilter,
  from: number,
  limit: number,
): { entries: string[]; next: number | null } {
  const entries: string[] = [];
  let characters = 0;
  for (const at of journal.matching(wanted, from)) {
    if (entries.length >= limit || characters > MAX_ANSWER_CHARACTERS) return { entries, next: at };
    const entry = journal.json(at) ?? '';
    characters += entry.length;
    entries.push(entry);
  }
  return { entries, next: null };
}

const filterOf = (query: z.infer<typeof filter>): EntryFilter => ({
  deployment: query.deployment,
  cohort: query.cohort,
  kinds: query.kind,
});

class BadQuery extends Error {
  override name = 'BadQuery';
  readonly statusCode = 400;
}

function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (!result.success) throw new BadQuery(z.prettifyError(result.error));
  return result.data;
}
