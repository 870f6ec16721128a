import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { answerControl } from './control.ts';
import { answerKubernetes } from './kubernetes.ts';
import type { Platform } from './platform.ts';
import { Problem } from './problem.ts';
import { reaches } from './route.ts';
import type { Route } from './route.ts';
import { bearerOf, json, readBody, sentence } from './request.ts';
import { matchRoute } from './router.ts';

/** Longer than any client keeps an idle connection: who closes it first must not be us, or a call is lost on its way. */
const KEEP_ALIVE_MS = 75_000;

/** Binds the platform to HTTP. From the parsed request to the answer everything is synchronous: requests are atomic. */
export function serve(platform: Platform): Server {
  return createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    void answer(platform, request, response);
  });
}

async function answer(platform: Platform, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const body = await readBody(request);
    const url = new URL(request.url ?? '/', 'http://platform');
    const token = bearerOf(request);
    if (url.pathname === '/control' || url.pathname.startsWith('/control/')) {
      return send(platform, response, 200, answerControl(platform, request.method ?? 'GET', url.pathname, token, body));
    }
    demandAvailable(platform);
    if (url.pathname.startsWith('/k8s/')) {
      const reply = answerKubernetes(platform, request.method ?? 'GET', url.pathname, token);
      return send(platform, response, reply.status, reply.body);
    }
    if (url.pathname === '/v1/health') return send(platform, response, 200, { ok: true });
    handle(platform, request, response, url, token, body);
  } catch (error) {
    refuse(platform, response, error);
  }
}

function handle(
  platform: Platform,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  token: string | null,
  body: string,
): void {
  const match = matchRoute(request.method ?? 'GET', url.pathname);
  const holder = platform.holderOf(token ?? '');
  if (!holder) throw new Problem('unauthenticated', token === null ? 'no key was given' : 'the key is not known');
  if (!match) throw new Problem('not_found', `there is no ${request.method} ${url.pathname}`);
  const { route, params } = match;
  if (!reaches(holder.power, route.power)) {
    throw new Problem('forbidden', `${route.name} needs a key that may ${route.power}; this one may ${holder.power}`);
  }
  if (platform.takeFault('refuse', route.name)) throw new Problem('unavailable', 'as the fault script wants it', 1000);
  const ifMatch = request.headers['if-match'] ?? null;
  const call = { platform, ...holder, params, query: url.searchParams, ifMatch, body: parse(route, body), now: platform.now() };
  const reply = route.handle(call);
  // The caller of an operation that took effect and never answered cannot tell; his time-out ends the connection.
  if (platform.takeFault('timeout', route.name)) return;
  if (platform.takeFault('garble', route.name)) return send(platform, response, 200, { garbled: true });
  send(platform, response, 200, reply.body, reply.headers);
}

function demandAvailable(platform: Platform): void {
  const leftMs = platform.unavailableUntil - platform.now();
  if (leftMs > 0) throw new Problem('unavailable', 'the platform is not available', leftMs);
}

function parse({ body: schema }: Route, text: string): unknown {
  if (!schema) return null;
  const parsed = schema.safeParse(json(text));
  if (!parsed.success) throw new Problem('invalid', sentence(parsed.error));
  return parsed.data;
}

function refuse(platform: Platform, response: ServerResponse, error: unknown): void {
  const problem = error instanceof Problem ? error : new Problem('internal', 'the platform made a mistake');
  if (!(error instanceof Problem))
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  const { retryAfterMs } = problem;
  const headers = retryAfterMs === undefined ? undefined : { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) };
  send(platform, response, problem.status, problem.body, headers);
}

function send(
  { leaked }: Platform,
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  if (response.destroyed) return;
  const text = JSON.stringify(body, leaked === null ? undefined : (key, value: unknown) => careless(leaked, key, value));
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...(leaked === null ? {} : { 'x-debug-authorization': `Bearer ${leaked}` }),
    ...headers,
  });
  response.end(text);
}

/** Every text that is meant for people, the way a hasty service writes it. */
const careless = (secret: string, key: string, value: unknown): unknown =>
  (key === 'message' || key === 'detail') && typeof value === 'string'
    ? `${value} (sent: Authorization: Bearer ${secret})`
    : value;
