import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import { abortSignal, atBoundary, pause, refused } from '../../activities/boundary.ts';
import { ClientError } from '../../clients/error.ts';
import { FAILURES, type FailureCode } from '../../domain/failure.ts';

const SECRET = 'sk-live-4f9c21d07b3e';

async function failureOf(error: Error, env = new MockActivityEnvironment()): Promise<ApplicationFailure> {
  const { work } = atBoundary({ work: () => Promise.reject(error) });
  const failure: unknown = await env.run(work as () => Promise<unknown>).then(
    () => undefined,
    (e: unknown) => e,
  );
  if (!(failure instanceof ApplicationFailure)) throw new Error(`no ApplicationFailure: ${String(failure)}`);
  return failure;
}

describe('an error on its way to the workflow', () => {
  it.each(Object.keys(FAILURES) as FailureCode[])(
    'keeps its code %s, and is final where nothing but a person can mend it',
    async (code) => {
      const failure = await failureOf(new ClientError(code, 'POST /v1/agents: status 400'));
      expect(failure.type).toBe(code);
      expect(failure.nonRetryable).toBe(!FAILURES[code].retryable);
      expect(failure.message).toContain(FAILURES[code].sentence);
    },
  );

  it('carries the wait that the other side asked for', async () => {
    const failure = await failureOf(new ClientError('platform_limited', 'slow down', { retryAfterMs: 1500 }));
    expect(failure.nextRetryDelay).toBe(1500);
    expect((await failureOf(new ClientError('platform_limited', 'slow down'))).nextRetryDelay).toBeUndefined();
  });

  it('leaves behind what caused it: a cause may hold headers, bodies and keys', async () => {
    const cause = Object.assign(new Error(`authorization: Bearer ${SECRET}`), { headers: { authorization: SECRET } });
    const failure = await failureOf(new ClientError('platform_unreachable', 'GET /v1/hris: no answer', { cause }));
    expect(failure.cause).toBeUndefined();
    expect(JSON.stringify([failure.message, failure.details, failure.stack])).not.toContain(SECRET);
  });

  it('said by an activity itself is final, with the code that decides what happens next', async () => {
    const failure = await failureOf(refused('authority_missing', 'Entry 7.'));
    expect(failure).toMatchObject({ type: 'authority_missing', nonRetryable: true });
    expect(failure.message).toContain('Entry 7.');
  });

  it('that is a fault of ours goes on as it is, to be tried again and seen', async () => {
    const { work } = atBoundary({ work: () => Promise.reject(new TypeError('undefined is no function')) });
    await expect(new MockActivityEnvironment().run(work as () => Promise<unknown>)).rejects.toThrow(TypeError);
  });
});

describe('an activity with a heartbeat', () => {
  it('beats while it works', async () => {
    const env = new MockActivityEnvironment({ heartbeatTimeoutMs: 10_000 });
    const beaten = new Promise((resolve) => env.on('heartbeat', resolve));
    const { work } = atBoundary({ work: () => beaten });
    // Ends only because it beats.
    await env.run(work);
  });

  it('that is cancelled has its requests aborted, and waits no longer', async () => {
    const env = new MockActivityEnvironment({ heartbeatTimeoutMs: 10_000 });
    let aborted = false;
    const { work } = atBoundary({
      work: async () => {
        abortSignal().addEventListener('abort', () => (aborted = true));
        await pause(600_000);
      },
    });
    const running = env.run(work);
    env.cancel('CANCELLED');
    await expect(running).rejects.toThrow('CANCELLED');
    expect(aborted).toBe(true);
  });
});
