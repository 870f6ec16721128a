import { setTimeout as sleep } from 'node:timers/promises';

/** Keeps calls apart: our own limit, so that the other side's is met seldom. */
export class Turns {
  readonly #apartMs: number;
  #freeAt = 0;

  constructor(apartMs: number) {
    this.#apartMs = apartMs;
  }

  async next(signal?: AbortSignal): Promise<void> {
    for (;;) {
      const now = Date.now();
      if (now >= this.#freeAt) {
        this.#freeAt = now + this.#apartMs;
        return;
      }
      await sleep(this.#freeAt - now, undefined, { signal });
    }
  }

  /** The other side said for how long it wants to hear nothing. */
  hold(ms: number): void {
    this.#freeAt = Math.max(this.#freeAt, Date.now() + ms);
  }
}
