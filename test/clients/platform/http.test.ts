import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ClientError } from '../../../clients/error.ts';
import { httpPlatform } from '../../../clients/platform/http.ts';
import type { Platform } from '../../../clients/platform/port.ts';
import { FAILURES } from '../../../domain/failure.ts';
import { json, listening, type Listening } from '../../support/http/listening.ts';

const KEY = 'pk-live-4f9c21d07b3e';

let server: Listening;
let platform: Platform;
beforeAll(async () => {
  server = await listening();
});
afterAll(() => server.close());
beforeEach(() => {
  server.asked.length = 0;
  platform = httpPlatform({ endpoint: server.endpoint, key: KEY, timeoutMs: 2000 });
});

const errorOf = async (call: Promise<unknown>): Promise<ClientError> => {
  const error: unknown = await call.then(
    (value) => new Error(`answered ${JSON.stringify(value)}`),
    (e: unknown) => e,
  );
  if (!(error instanceof ClientError)) throw error;
  return error;
};
const page = (status: number) => (response: ServerResponse) =>
  void response.writeHead(status, { 'content-type': 'text/html' }).end('<html><h1>Bad gateway</h1></html>');
const problem = (status: number, code: string, more: object = {}) =>
  json(status, { code, message: 'as the platform says it', ...more });
const HRIS = { authenticated: true, employees: 12 };

describe('the platform over HTTP', () => {
  it('is asked with the key and the body, and its answer is taken as it is', async () => {
    server.answer = json(200, { generation: 7 });
    const body = { scopes: [{ level: 'deployment' as const, deployment: 'q4' }], ceiling: 'paused' as const, commandId: 'c-1' };
    expect(await platform.fence(body)).toBe(7);
    expect(server.asked).toMatchObject([{ method: 'POST', path: '/v1/fences', headers: { authorization: `Bearer ${KEY}` } }]);
    expect(JSON.parse(server.asked[0]?.body ?? '')).toEqual(body);
  });

  it('is asked about names as names: none of them can lead elsewhere', async () => {
    server.answer = json(200, { deployment: 'q4', at: '2026-03-06T12:00:00.000Z', cohorts: [] });
    await platform.cohorts('../../admin?x=1', undefined, 'a&b=c');
    expect(server.asked[0]?.path).toBe('/v1/deployments/..%2F..%2Fadmin%3Fx%3D1/cohorts?cohort=a%26b%3Dc');
  });

  it('is told the ETag that the authorisation saw', async () => {
    server.answer = problem(412, 'precondition_failed');
    const at = { deployment: 'q4', cohort: 'hr', ifMatch: '"7"' };
    const error = await errorOf(platform.setMode(at, { key: 'k', mode: 'live', livePercent: 5, generation: 1 }));
    expect(error.code).toBe('precondition_failed');
    expect(server.asked[0]).toMatchObject({ method: 'PUT', headers: { 'if-match': '"7"' } });
  });

  it.each<[string, string, (response: ServerResponse) => void]>([
    ["a proxy's page with status 200", 'platform_reply_invalid', page(200)],
    ["a proxy's page with status 404", 'platform_reply_invalid', page(404)],
    ["a proxy's page with status 502", 'platform_unreachable', page(502)],
    ["a proxy's page with status 429", 'platform_unreachable', page(429)],
    ['half a JSON', 'platform_reply_invalid', (r) => void r.writeHead(200).end('{"authenticated":tr')],
    ['nothing', 'platform_reply_invalid', (r) => void r.writeHead(200).end()],
    ['a wrong type', 'platform_reply_invalid', json(200, { ...HRIS, employees: 'twelve' })],
    ['a field too many', 'platform_reply_invalid', json(200, { ...HRIS, password: 'x' })],
    ['a field too few', 'platform_reply_invalid', json(200, { employees: 12 })],
    ['a redirect', 'platform_reply_invalid', (r) => void r.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
    [
      'a body that breaks off',
      'platform_unreachable',
      (r) => void r.writeHead(200, { 'content-length': '100' }).write('{"auth', () => r.destroy()),
    ],
    ['a closed connection', 'platform_unreachable', (r) => void r.destroy()],
    ['refused', 'platform_refused', problem(422, 'invalid')],
    ['no such thing', 'platform_refused', problem(404, 'not_found')],
    ['no key', 'platform_refused', problem(401, 'unauthenticated')],
    ["another customer's", 'platform_refused', problem(403, 'forbidden')],
    ['fenced', 'fenced', problem(409, 'fenced')],
    ['above the ceiling', 'fenced', problem(409, 'above_ceiling')],
    ['in another deployment', 'agent_in_other_deployment', problem(409, 'agent_in_other_deployment')],
    ['unavailable', 'platform_unreachable', problem(503, 'unavailable')],
    ['broken', 'platform_unreachable', problem(500, 'internal')],
    ['a code that the contract does not have', 'platform_reply_invalid', problem(418, 'teapot')],
  ])('that answers with %s is %s', async (_what, code, answer) => {
    server.answer = answer;
    const error = await errorOf(platform.hris());
    expect(error.code).toBe(code);
    expect(server.asked.length).toBe(1);
  });

  it('that asks us to slow down says for how long', async () => {
    server.answer = problem(429, 'rate_limited', { retryAfterMs: 1500 });
    expect(await errorOf(platform.hris())).toMatchObject({ code: 'platform_limited', retryAfterMs: 1500 });
  });

  it('that does not answer in time is unreachable, and may be asked again with the same key', async () => {
    server.answer = () => undefined;
    const hasty = httpPlatform({ endpoint: server.endpoint, key: KEY, timeoutMs: 50 });
    const error = await errorOf(hasty.hris());
    expect(FAILURES[error.code].retryable).toBe(true);
  });

  it('that nobody runs is unreachable', async () => {
    const nobody = httpPlatform({ endpoint: 'http://127.0.0.1:1', key: KEY });
    expect((await errorOf(nobody.hris())).code).toBe('platform_unreachable');
  });

  it('is let go at once by the abort signal, for its own reason and not as an error of the platform', async () => {
    server.answer = () => undefined;
    const stop = new AbortController();
    const reason = new Error('the activity was cancelled');
    const asking = platform.hris(stop.signal);
    stop.abort(reason);
    await expect(asking).rejects.toBe(reason);
    await expect(platform.hris(AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('never has its key in an error, whatever went wrong', async () => {
    const errors: ClientError[] = [];
    for (const answer of [page(200), page(502), problem(401, 'unauthenticated'), (r: ServerResponse) => void r.destroy()]) {
      server.answer = answer;
      errors.push(await errorOf(platform.hris()));
    }
    errors.push(await errorOf(httpPlatform({ endpoint: 'http://127.0.0.1:1', key: KEY }).hris()));
    for (const error of errors) expect(`${error.message} ${error.stack ?? ''}`).not.toContain(KEY);
  });
});
