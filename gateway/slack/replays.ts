/** Longer than a request can be valid, in both directions of the window. */
const KEPT_MS = 10 * 60_000;
/** Only what Slack signed gets in here, so a stranger cannot fill it. */
const MOST = 200_000;

/**
 * Requests that were accepted before, by signature. It is lost with the process, and that is no harm: every order has an id made
 * of what was clicked, so a replay to a process that has just begun is the same order again.
 */
export class Replays {
  /** In the order in which they came, so that the oldest are in front. */
  readonly #seen = new Map<string, number>();

  /** Whether this was seen before; remembers it. */
  seen(signature: string, nowMs: number): boolean {
    for (const [old, at] of this.#seen) {
      if (nowMs - at < KEPT_MS && this.#seen.size < MOST) break;
      this.#seen.delete(old);
    }
    if (this.#seen.has(signature)) return true;
    this.#seen.set(signature, nowMs);
    return false;
  }
}
