import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { TestLog } from '../../audit/tlog/test-log.ts';
import { TestWitness } from './opened.ts';

const KILLED = 'test/workers/witness/killed.process.ts';

describe('the witness', () => {
  it('asked for many trees at once grants one, and never goes back to a smaller one', async () => {
    const log = new TestLog('golive.test/acme', 400);
    const witness = await TestWitness.made(log.verifier);
    const process = await witness.start();
    let size = 0;
    for (let round = 0; round < 25; round++) {
      const sizes = Array.from({ length: 8 }, (_, i) => size + 1 + ((i * 5) % 8));
      const requests = await Promise.all(sizes.map((to) => log.request(size, to)));
      const answers = await Promise.all(requests.map((body) => witness.ask(body)));
      const granted = sizes.filter((_, i) => answers[i]?.status === 200);
      expect(granted).toHaveLength(1);
      size = granted[0] ?? -1;
      for (const answer of answers) if (answer?.status !== 200) expect(answer).toMatchObject({ status: 409, text: `${size}\n` });
    }
    await process.stop();
    await witness.remove();
  });

  it.each([
    ['begun', 6],
    ['written', 6],
    ['renamed', 7],
    ['durable', 7],
  ])('killed when its state is %s remembers all that it ever answered', async (step, remembered) => {
    const log = new TestLog('golive.test/acme', 5);
    const witness = await TestWitness.made(log.verifier);
    const first = await witness.start();
    expect(await witness.ask(await log.request(0))).toMatchObject({ status: 200 });
    await first.stop();

    const fragile = await witness.start({}, [KILLED, step]);
    log.grow();
    expect(await witness.ask(await log.request(5))).toMatchObject({ status: 200 });
    log.grow();
    expect(await witness.ask(await log.request(6))).toBeUndefined();
    expect(await fragile.exited).toEqual({ code: null, signal: 'SIGKILL' });

    const again = await witness.start();
    expect(await witness.remembered(log)).toBe(remembered);
    // What it did not answer is no promise, what it answered is: the fork before it stays refused.
    const fork = log.forked(5);
    for (const old of [0, 5, 6, 7]) expect((await witness.ask(await fork.request(old)))?.status).not.toBe(200);
    log.grow();
    expect(await witness.ask(await log.request(remembered))).toMatchObject({ status: 200 });
    await again.stop();
    await witness.remove();
  });

  it('killed again and again while it is asked never forgets a tree that it cosigned', async () => {
    const log = new TestLog('golive.test/acme', 1);
    const witness = await TestWitness.made(log.verifier);
    const process = await witness.start();
    const done = new AbortController();
    let cosigned = 0;
    const asking = (async () => {
      while (!done.signal.aborted) {
        log.grow();
        const old = (await witness.remembered(log)) ?? cosigned;
        const size = log.size;
        if ((await witness.ask(await log.request(old)))?.status === 200) cosigned = size;
        else await sleep(2);
        // Checked at once: after a kill the answer may come from a new life of the process.
        const now = await witness.remembered(log);
        if (now !== undefined) expect(now).toBeGreaterThanOrEqual(cosigned);
      }
    })();
    for (let round = 0; round < 8; round++) {
      await sleep(40 + ((round * 37) % 100));
      await process.kill9();
      await process.restart();
    }
    done.abort();
    await asking;
    expect(cosigned).toBeGreaterThan(10);
    expect(await witness.remembered(log)).toBeGreaterThanOrEqual(cosigned);
    await process.stop();
    await witness.remove();
  }, 60_000);
});
