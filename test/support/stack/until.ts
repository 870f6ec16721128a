import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 200;

/** Asks until the answer is there. What is asked may be away for a moment: an error counts as "not yet", and is told at the end. */
export async function until<T>(what: string, ask: () => Promise<T | null | undefined | false>, withinMs = 120_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== null && answer !== undefined && answer !== false) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`${what}: not within ${withinMs / 1000} s (last: ${String(last)})`);
    await sleep(LOOK_EVERY_MS);
  }
}
