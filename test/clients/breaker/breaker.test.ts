import { beforeEach, describe, expect, it } from 'vitest';
import { Breaker, type BreakerChange } from '../../../clients/breaker/breaker.ts';

describe('a circuit breaker', () => {
  let now = 0;
  let asked = 0;
  let changes: BreakerChange[] = [];
  let breaker: Breaker;
  beforeEach(() => {
    [now, asked, changes] = [0, 0, []];
    breaker = new Breaker({
      dependency: 'platform',
      saysOf: (error) => {
        const { message } = error as Error;
        return message === 'away' ? 'away' : message === 'refused' ? 'there' : 'nothing';
      },
      refusal: (retryAfterMs) => new Error(`later ${retryAfterMs}`),
      onChange: (change) => changes.push(change),
      failures: 3,
      openMs: 2000,
      now: () => now,
    });
  });

  const call = (outcome: string): Promise<unknown> =>
    breaker
      .run(async () => {
        asked++;
        if (outcome !== 'answer') throw new Error(outcome);
        return outcome;
      })
      .catch((error: unknown) => (error as Error).message);
  const fail = async (times: number): Promise<void> => {
    for (let n = 0; n < times; n++) await call('away');
  };

  it('asks no more after so many failures in a row, and says when to come again', async () => {
    await fail(3);
    expect(breaker.state).toBe('open');
    now = 500;
    expect(await call('answer')).toBe('later 1500');
    expect(asked).toBe(3);
    expect(changes).toEqual([{ dependency: 'platform', state: 'open', at: 0, because: '3 calls in a row were not answered.' }]);
  });

  it('counts failures in a row only: an answer in between, and a refusal is one, begins anew', async () => {
    await fail(2);
    await call('answer');
    await fail(2);
    await call('refused');
    await fail(2);
    expect(breaker.state).toBe('closed');
  });

  it('learns nothing from a call that we gave up ourselves', async () => {
    await fail(2);
    await call('cancelled');
    await fail(1);
    expect(breaker.state).toBe('open');
    now = 2000;
    await call('cancelled');
    expect(breaker.state).toBe('open');
    expect(await call('answer')).toBe('answer');
    expect(breaker.state).toBe('closed');
  });

  it('lets one call through to see, and only one; when that is answered, everybody', async () => {
    await fail(3);
    now = 2000;
    let answer: (value: string) => void = () => undefined;
    const probe = breaker.run(() => new Promise<string>((resolve) => (answer = resolve)));
    expect(breaker.state).toBe('half-open');
    expect(await call('answer')).toMatch(/^later/);
    answer('there');
    expect(await probe).toBe('there');
    expect(breaker.state).toBe('closed');
    expect(await call('answer')).toBe('answer');
    expect(changes.map(({ state }) => state)).toEqual(['open', 'closed']);
  });

  it('stays open when that call fails as well, and says nothing more of it', async () => {
    await fail(3);
    now = 2000;
    await fail(1);
    expect(breaker.state).toBe('open');
    now = 3000;
    expect(await call('answer')).toBe('later 1000');
    expect(changes).toHaveLength(1);
  });
});
