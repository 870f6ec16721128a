import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BreakerChange } from '../../../clients/breaker/breaker.ts';
import { guardedCommands } from '../../../clients/breaker/commands.ts';
import { breakerFor, guarded } from '../../../clients/breaker/guarded.ts';
import { CommandNotTaken, CommandsUnreachable, type Commands, type HandedIn } from '../../../clients/commands/port.ts';
import { slackChannel } from '../../../clients/notify/slack/channel.ts';
import { httpPlatform } from '../../../clients/platform/http.ts';
import { createHttpRecorder } from '../../../clients/recorder/http.ts';
import { createS3Store } from '../../../clients/store/s3.ts';
import type { Dependency } from '../../../domain/dependency.ts';
import { json, listening, type Listening } from '../../support/http/listening.ts';

const FAILURES = 3;

function order(kind: string): HandedIn {
  const payload = Buffer.from(JSON.stringify({ id: 'o-1', customer: 'acme', deployment: 'q4', kind })).toString('base64');
  return { envelope: JSON.stringify({ payload }), handedInAt: '2026-03-06T12:00:00.000Z' };
}

/** Each dependency is a real server that answers 500; what is asked is counted there. */
describe('while a dependency is away', () => {
  let server: Listening;
  let changes: BreakerChange[] = [];
  let now = 0;
  beforeEach(async () => {
    server = await listening();
    server.answer = json(500, {});
    [changes, now] = [[], 0];
  });
  afterEach(() => server.close());

  const breaker = (dependency: Dependency) =>
    breakerFor(dependency, { failures: FAILURES, onChange: (change) => changes.push(change), now: () => now });
  const errorOf = (call: Promise<unknown>): Promise<unknown> =>
    call.then(
      () => null,
      (error: unknown) => error,
    );

  /** As many calls as open it, then two that must not arrive; the failure of the last one. */
  async function exhaust(call: () => Promise<unknown>): Promise<unknown> {
    for (let n = 0; n < FAILURES; n++) expect(await errorOf(call())).toBeInstanceOf(Error);
    const arrived = server.asked.length;
    expect(arrived).toBeGreaterThanOrEqual(FAILURES);
    await errorOf(call());
    const error = await errorOf(call());
    expect(server.asked).toHaveLength(arrived);
    expect(changes.map(({ state }) => state)).toEqual(['open']);
    return error;
  }

  it('the platform is not asked, work is told when to come again, and a fence is tried all the same', async () => {
    const platform = guarded(httpPlatform({ endpoint: server.endpoint, key: 'key' }), breaker('platform'), ['fence']);
    const error = await exhaust(() => platform.limits());
    expect(error).toMatchObject({ code: 'platform_unreachable', retryAfterMs: 2000 });
    const arrived = server.asked.length;
    server.answer = json(200, { generation: 7 });
    const fence = { scopes: [{ level: 'customer' as const }], ceiling: 'halted' as const, commandId: 'stop' };
    expect(await platform.fence(fence)).toBe(7);
    expect(server.asked).toHaveLength(arrived + 1);
    server.answer = json(200, { mintPerHour: 3000 });
    now = 2000;
    expect(await platform.limits()).toEqual({ mintPerHour: 3000 });
    expect(changes.map(({ state }) => state)).toEqual(['open', 'closed']);
  });

  it('S3 is not asked; that it says no is an answer', async () => {
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    const store = guarded(
      createS3Store({ endpoint: server.endpoint, region: 'eu-west-1', bucket: 'audit', credentials }),
      breaker('S3'),
    );
    const denied = '<Error><Code>AccessDenied</Code><Message>no</Message></Error>';
    server.answer = (response) => void response.writeHead(403, { 'content-type': 'application/xml' }).end(denied);
    for (let n = 0; n <= FAILURES; n++) expect(await errorOf(store.get('key'))).toMatchObject({ code: 'store_unreachable' });
    expect(changes).toEqual([]);
    server.answer = json(503, {});
    expect(await exhaust(() => store.get('key'))).toMatchObject({ code: 'store_unreachable', retryAfterMs: 2000 });
  });

  it('the log is not asked, so nothing is done; that it is busy is an answer', async () => {
    const log = guarded(createHttpRecorder({ url: server.endpoint, token: 'token' }), breaker('log'));
    server.answer = (response) => void response.writeHead(503, { 'retry-after': '1' }).end('{"error":"busy"}');
    for (let n = 0; n <= FAILURES; n++) expect(await errorOf(log.entry(1))).toMatchObject({ retryAfterMs: 1000 });
    expect(changes).toEqual([]);
    server.answer = json(500, {});
    expect(await exhaust(() => log.entry(1))).toMatchObject({ code: 'recorder_unreachable', retryAfterMs: 2000 });
  });

  it('Slack is not asked, and what is to be told waits', async () => {
    const slack = guarded(slackChannel({ botToken: 'xoxb', apiUrl: `${server.endpoint}/` }), breaker('Slack'));
    const where = { channel: 'C1', deployment: 'acme/q4', sinceMs: 0 };
    expect(await exhaust(() => slack.posted(where))).toMatchObject({ code: 'notify_unreachable', retryAfterMs: 2000 });
  });

  it('Temporal is handed nothing, and who orders hears so at once; a stop is tried every time', async () => {
    let handed = 0;
    const away: Commands = {
      async handIn() {
        handed++;
        throw new CommandsUnreachable('Temporal', 'no answer');
      },
    };
    const commands = guardedCommands(away, breaker('Temporal'));
    for (let n = 0; n <= FAILURES; n++) await errorOf(commands.handIn(order('go')));
    expect(handed).toBe(FAILURES);
    expect(await errorOf(commands.handIn(order('go')))).toBeInstanceOf(CommandsUnreachable);
    await errorOf(commands.handIn(order('halt')));
    await errorOf(commands.handIn(order('rollback')));
    expect(handed).toBe(FAILURES + 2);
  });

  it('that Temporal knows no such deployment is an answer', async () => {
    const picky: Commands = { handIn: () => Promise.reject(new CommandNotTaken('wrong_deployment', 'no')) };
    const commands = guardedCommands(picky, breaker('Temporal'));
    for (let n = 0; n <= FAILURES; n++) await errorOf(commands.handIn(order('go')));
    expect(changes).toEqual([]);
  });
});
