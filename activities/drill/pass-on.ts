import { slaMs, type PassOn } from '../../domain/drill/queue.ts';
import type { Grant } from '../authority.ts';
import { pause } from '../boundary.ts';
import type { Deployment } from '../deployment.ts';
import { announce, carryOut, ITEMS_AT_ONCE } from './queue-write.ts';

/** A timer may fire this much early; nobody is passed over before their time. */
const TIMER_SLACK_MS = 5;

/** Passes items on, and leaves alone for a while what the platform would not take. */
export class Passing {
  readonly #d: Deployment;
  readonly #grant: Grant;
  readonly #leftUntil = new Map<string, number>();

  constructor(d: Deployment, grant: Grant) {
    this.#d = d;
    this.#grant = grant;
  }

  /** Items that may be passed on, as far as the platform has not just refused them. */
  open<T extends { id: string }>(items: readonly T[]): T[] {
    return items.filter(({ id }) => (this.#leftUntil.get(id) ?? 0) <= this.#d.now());
  }

  /** `notBeforeMs`, by our clock: what is going to be done stands in the log by then, so that it is done at that moment. */
  async pass(items: readonly PassOn[], notBeforeMs = 0): Promise<void> {
    const d = this.#d;
    const at = new Date(d.now()).toISOString();
    const calls = [];
    for (let i = 0; i < items.length; i += ITEMS_AT_ONCE)
      calls.push({ at, operation: 'reassign' as const, items: items.slice(i, i + ITEMS_AT_ONCE) });
    const announced = await announce(d, this.#grant, calls);
    const waitMs = notBeforeMs - d.now();
    if (waitMs > 0) await pause(waitMs + TIMER_SLACK_MS);
    d.signal.throwIfAborted();
    const results = (await Promise.all(announced.map((one) => carryOut(d, this.#grant, one)))).flat();
    for (const [i, { status, code }] of results.entries()) {
      const refusedItem = status !== 'done' && code !== 'already_decided' ? items[i] : undefined;
      if (refusedItem) this.#leftUntil.set(refusedItem.escalation, d.now() + slaMs(d.file.speed));
    }
  }
}
