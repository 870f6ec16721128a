import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { envelopeText, signJson } from '../../audit/envelope.ts';
import { CommandNotTaken, CommandsUnreachable } from '../../clients/commands/port.ts';
import { temporarySigner } from '../../clients/keys/local.ts';
import { COMMAND_PAYLOAD_TYPE } from '../../domain/command.ts';
import { gateway, type CommandSink } from '../../gateway/server.ts';

const signer = temporarySigner();
const envelopeOf = async (value: unknown) =>
  envelopeText(await signJson({ payloadType: COMMAND_PAYLOAD_TYPE, value, signers: [signer] }));

/** Takes everything and remembers it, unless a test says otherwise. */
function opened(sink: Partial<CommandSink> = {}) {
  const handed: { envelope: string; handedInAt: string }[] = [];
  const app = gateway({
    handIn: async (order) => (handed.push(order), { id: 'order-1' }),
    check: async () => undefined,
    ...sink,
  });
  const post = (payload: unknown, headers: Record<string, string> = {}) =>
    app.inject({
      method: 'POST',
      url: '/v1/commands',
      headers: { 'content-type': 'application/json', ...headers },
      payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    });
  return { app, handed, post };
}

describe('POST /v1/commands', () => {
  it('answers 202 with the id once the order is handed on, as it came and with the time at which it came here', async () => {
    const { handed, post } = opened();
    const envelope = await envelopeOf({ id: 'order-1' });
    const answer = await post({ envelope, handedInAt: '2020-01-01T00:00:00.000Z' });
    expect([answer.statusCode, answer.json()]).toEqual([202, { id: 'order-1' }]);
    expect(handed.map((h) => h.envelope)).toEqual([envelope]);
    // Latency is measured by our clock, not by what a stranger says.
    expect(handed[0]?.handedInAt).not.toBe('2020-01-01T00:00:00.000Z');
  });

  it.each<[string, unknown]>([
    ['nothing', ''],
    ['no JSON', '{"envelope":'],
    ['an array', []],
    ['null', 'null'],
    ['no envelope', {}],
    ['an envelope that is no text', { envelope: { payload: '' } }],
    ['a text that is no envelope', { envelope: '{"a":1}' }],
    ['a field too many', { envelope: '{}', and: 1 }],
    ['a time that is none', { envelope: '{}', handedInAt: 'soon' }],
    ['a poisoned prototype', '{"envelope":"{}","__proto__":{"admin":true}}'],
  ])('answers 400 to %s, and hands nothing on', async (_what, payload) => {
    const { handed, post } = opened();
    expect((await post(payload)).statusCode).toBe(400);
    expect(handed).toEqual([]);
  });

  it('answers 400 to an envelope that is too large, 413 to a body that is, 415 to what is not JSON', async () => {
    const { handed, post } = opened();
    const large = JSON.stringify({ payload: 'A'.repeat(66_000), payloadType: 'x', signatures: [] });
    expect((await post({ envelope: large })).statusCode).toBe(400);
    expect((await post({ envelope: 'A'.repeat(200_000) })).statusCode).toBe(413);
    expect((await post('envelope=1', { 'content-type': 'application/x-www-form-urlencoded' })).statusCode).toBe(415);
    expect(handed).toEqual([]);
  });

  it.each([
    ['wrong_deployment', 404],
    ['malformed_command', 400],
  ] as const)('answers with %s and %i when nobody takes the order', async (code, status) => {
    const { post } = opened({ handIn: () => Promise.reject(new CommandNotTaken(code, 'There is no open deployment acme/q4.')) });
    const answer = await post({ envelope: await envelopeOf({}) });
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toEqual({ code, message: 'There is no open deployment acme/q4.' });
  });

  it.each([new CommandsUnreachable('Temporal', 'connect ECONNREFUSED 10.0.0.7:7233'), new Error('secret-token')])(
    'answers 503 when Temporal is away, says that nothing is lost and nothing about the inside',
    async (error) => {
      const { post } = opened({ handIn: () => Promise.reject(error) });
      const answer = await post({ envelope: await envelopeOf({}) });
      expect(answer.statusCode).toBe(503);
      expect(answer.json()).toMatchObject({ code: 'unavailable', message: expect.stringContaining('again') as string });
      expect(answer.body).not.toContain(error.message);
    },
  );

  it('survives whatever is sent: thousands of random bodies, and every answer is one that it chose', async () => {
    const { app, post } = opened();
    const envelope = await envelopeOf({ id: 'order-1' });
    const near = fc.record(
      {
        envelope: fc.oneof(fc.string({ maxLength: 500 }), fc.json(), fc.constant(envelope), fc.constant(envelope.slice(0, -9))),
        handedInAt: fc.oneof(
          fc.string(),
          fc.date({ noInvalidDate: true }).map((d) => d.toISOString()),
        ),
      },
      { requiredKeys: [] },
    );
    const body = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 2000 }),
      fc.json(),
      near.map((n) => JSON.stringify(n)),
      fc.jsonValue().map((v) => JSON.stringify(v)),
    );
    const seen = new Set<number>();
    await fc.assert(
      fc.asyncProperty(
        body,
        fc.constantFrom('application/json', 'text/plain', 'application/json; charset=latin1', ''),
        async (payload, type) => {
          const { statusCode } = await post(payload, { 'content-type': type });
          seen.add(statusCode);
          expect([202, 400, 415]).toContain(statusCode);
        },
      ),
      { numRuns: 3000 },
    );
    expect(seen).toContain(202);
    expect(seen).toContain(400);
    expect((await app.inject('/livez')).statusCode).toBe(200);
  }, 60_000);
});

describe('the operators’ side', () => {
  it('lives while it answers, and is ready while Temporal does', async () => {
    let away = false;
    const { app } = opened({ check: () => (away ? Promise.reject(new Error('ECONNREFUSED 10.0.0.7')) : Promise.resolve()) });
    expect((await app.inject('/readyz')).json()).toEqual({ status: 'ok', checks: { temporal: 'ok' }, slack: [] });
    away = true;
    const answer = await app.inject('/readyz');
    expect(answer.statusCode).toBe(503);
    expect(answer.body).not.toContain('10.0.0.7');
    expect((await app.inject('/livez')).statusCode).toBe(200);
  });

  it('counts what became of the orders', async () => {
    const { app, post } = opened();
    await post({ envelope: await envelopeOf({}) });
    await post('nonsense-that-is-json'.length.toString());
    const { body, headers } = await app.inject('/metrics');
    expect(headers['content-type']).toContain('text/plain');
    expect(body).toMatch(/golive_gateway_commands_total\{outcome="handed"\} 1/);
    expect(body).toMatch(/golive_gateway_commands_total\{outcome="malformed"\} 1/);
  });

  it.each(['/', '/v1/commands', '/v1/commands/1', '/admin'])('answers 404 to GET %s', async (url) => {
    const { app } = opened();
    expect((await app.inject(url)).statusCode).toBe(404);
  });
});
