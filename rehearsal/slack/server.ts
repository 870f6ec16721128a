import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { argsOf } from './args.ts';
import { answerControl } from './control.ts';
import { RateLimited, SlackError } from './error.ts';
import { TIERS } from './limits.ts';
import { chat } from './methods/chat.ts';
import { conversations } from './methods/conversations.ts';
import type { Method } from './methods/method.ts';
import { people } from './methods/people.ts';
import { views } from './methods/views.ts';
import { useResponseUrl } from './response-url.ts';
import type { Part, Slack } from './slack.ts';

export const METHODS: Record<string, Method> = { ...chat, ...conversations, ...people, ...views };

/** From the parsed request to the answer every method is synchronous: calls are atomic. */
export const serve = (slack: Slack): Server =>
  createServer((request, response) => {
    answer(slack, request, response).catch((error: unknown) => refuse(response, error));
  });

async function answer(slack: Slack, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString('utf8');
  const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://slack');
  const authorization = request.headers.authorization ?? null;
  const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? null;
  const method = request.method ?? 'GET';
  if (path === '/health') return send(response, 200, { ok: true });
  if (path === '/control' || path.startsWith('/control/')) {
    return control(response, () => answerControl(slack, { method, path, query, token, body }));
  }
  const part: Part = path === '/pager' ? 'pager' : path.startsWith('/teams/') ? 'teams' : 'api';
  if (slack.isDown(part, Date.now())) return unavailable(response);
  if (part !== 'api' && method === 'POST') {
    const at = new Date().toISOString();
    slack.received.put(`${path}/${slack.received.all().length}`, { at, sink: path, authorization, body: JSON.parse(body) });
    return send(response, 200, part === 'pager' ? { status: 'ok' } : '1');
  }
  if (path.startsWith('/response/')) {
    useResponseUrl(slack, path.slice('/response/'.length), body);
    return send(response, 200, { ok: true });
  }
  const args = argsOf(request.headers['content-type'] ?? '', body, query);
  const given = token ?? (typeof args['token'] === 'string' ? args['token'] : null);
  send(response, 200, { ok: true, ...call(slack, path.replace(/^\/api\//, ''), given, args) });
}

/** The conductor is told by the status that something was wrong with what it asked. */
async function control(response: ServerResponse, asked: () => Promise<unknown>): Promise<void> {
  try {
    send(response, 200, await asked());
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    send(response, error.message === 'slack_is_down' ? 503 : 400, { ok: false, error: error.message, ...error.more });
  }
}

function call(slack: Slack, name: string, token: string | null, args: Record<string, unknown>): Record<string, unknown> {
  const method = METHODS[name];
  if (!method) throw new SlackError('unknown_method', { req_method: name });
  if (token === null) throw new SlackError('not_authed');
  const workspace = slack.byToken(token);
  if (!workspace) throw new SlackError('invalid_auth');
  const { scopes } = workspace.team;
  if (scopes && method.scopes.length > 0 && !method.scopes.some((s) => scopes.includes(s))) {
    throw new SlackError('missing_scope', { needed: method.scopes.join(','), provided: scopes.join(',') });
  }
  const counts = (slack.calls[name] ??= { calls: 0, ratelimited: 0 });
  counts.calls += 1;
  const now = Date.now();
  try {
    if (method.tier !== 'posting') workspace.meter.take(name, TIERS[method.tier], now);
    return method.handle({ workspace, args, now, origin: slack.origin });
  } catch (error) {
    if (error instanceof RateLimited) counts.ratelimited += 1;
    throw error;
  }
}

function refuse(response: ServerResponse, error: unknown): void {
  if (error instanceof RateLimited) {
    return send(response, 429, { ok: false, error: error.message }, { 'retry-after': String(error.retryAfter) });
  }
  // Slack says what it refuses with a 200, and means it.
  if (error instanceof SlackError) return send(response, 200, { ok: false, error: error.message, ...error.more });
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  send(response, 500, { ok: false, error: 'internal_error' });
}

function unavailable(response: ServerResponse): void {
  response.writeHead(503, { 'content-type': 'text/html' });
  response.end('<html><body>Server Error</body></html>');
}

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  if (response.destroyed) return;
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}
