import type { PlanClock } from './clock.ts';

type Health = 'none' | 'passing' | 'failing';
interface Span {
  from: number;
  health: Health;
}

/** Health checks of one cohort, one a plan minute: computed from when it was how, never stored. Wall ms. */
export class Checks {
  readonly #spans: Span[] = [];
  readonly #epoch: number;
  readonly #everyMs: number;

  constructor(clock: PlanClock, epoch: number) {
    this.#epoch = epoch;
    this.#everyMs = clock.wallMs(1 / 60);
  }

  change(from: number, health: Health): void {
    const last = this.#spans.at(-1);
    if (last?.health === health || (!last && health === 'none')) return;
    if (last?.from === from) this.#spans.pop();
    this.#spans.push({ from, health });
  }

  /** After `from` and not later than `to`. */
  between(from: number, to: number): { checks: number; failed: number; failedInARow: number; lastAt: number | null } {
    const sum = { checks: 0, failed: 0, failedInARow: 0, lastAt: null as number | null };
    let inARow = true;
    for (const [index, { from: begin, health }] of [...this.#spans.entries()].reverse()) {
      const end = Math.min(to, this.#spans[index + 1]?.from ?? to);
      if (end <= begin) continue;
      const done = health === 'none' ? 0 : this.#number(end) - this.#number(begin);
      if (inARow && health === 'failing') sum.failedInARow += done;
      else if (health === 'none' || done > 0) inARow = false;
      if (done > 0) sum.lastAt ??= Math.ceil(this.#epoch + this.#number(end) * this.#everyMs);
      const inWindow = health === 'none' ? 0 : Math.max(0, this.#number(end) - this.#number(Math.max(begin, from)));
      sum.checks += inWindow;
      if (health === 'failing') sum.failed += inWindow;
      if (!inARow && begin <= from) break;
    }
    return sum;
  }

  /** How many checks were made by then. */
  #number(time: number): number {
    return Math.floor((time - this.#epoch) / this.#everyMs);
  }
}
