type BreakerState = 'closed' | 'open' | 'half-open';

export interface BreakerChange {
  dependency: string;
  state: 'open' | 'closed';
  /** Wall time in ms. */
  at: number;
  because: string;
}

export interface BreakerSettings {
  dependency: string;
  /** What an error says of the dependency: away; there (it refused us); or nothing, as with our own cancellation. */
  saysOf: (error: unknown) => 'away' | 'there' | 'nothing';
  /** What a caller gets who is not let through, and after which time to come again. */
  refusal: (retryAfterMs: number) => Error;
  onChange?: (change: BreakerChange) => void;
  /** So many calls in a row must have failed. */
  failures?: number;
  /** Wall ms until one call is let through to see. */
  openMs?: number;
  now?: () => number;
}

/** While one call finds out whether the dependency is back, others come again after this. */
const WHILE_PROBING_MS = 500;

/**
 * Stops asking a dependency that does not answer: callers hear so at once instead of waiting for a time-out each, and it is
 * not overrun when it comes back. It repeats nothing: that is Temporal's, which is told when to.
 */
export class Breaker {
  readonly #settings: BreakerSettings;
  readonly #failuresAllowed: number;
  readonly #openMs: number;
  #failed = 0;
  /** When one call may try again; null while closed. */
  #until: number | null = null;
  #probing = false;

  constructor(settings: BreakerSettings) {
    this.#settings = settings;
    this.#failuresAllowed = settings.failures ?? 5;
    this.#openMs = settings.openMs ?? 2_000;
  }

  get state(): BreakerState {
    if (this.#until === null) return 'closed';
    return this.#probing ? 'half-open' : 'open';
  }

  async run<T>(call: () => Promise<T>): Promise<T> {
    const probes = this.#letThrough();
    try {
      const answer = await call();
      this.#answered();
      return answer;
    } catch (error) {
      const said = this.#settings.saysOf(error);
      if (said === 'there') this.#answered();
      if (said === 'away') this.#unanswered(probes);
      throw error;
    } finally {
      if (probes) this.#probing = false;
    }
  }

  /** True for the one call that finds out. */
  #letThrough(): boolean {
    if (this.#until === null) return false;
    const leftMs = this.#until - this.#now();
    if (leftMs > 0 || this.#probing) throw this.#settings.refusal(Math.max(leftMs, WHILE_PROBING_MS));
    this.#probing = true;
    return true;
  }

  #answered(): void {
    this.#failed = 0;
    if (this.#until === null) return;
    this.#until = null;
    this.#changed('closed', 'It answers again.');
  }

  #unanswered(probed: boolean): void {
    if (this.#until !== null) {
      // What was under way when it opened says nothing new.
      if (probed) this.#until = this.#now() + this.#openMs;
      return;
    }
    if (++this.#failed < this.#failuresAllowed) return;
    this.#until = this.#now() + this.#openMs;
    this.#changed('open', `${this.#failed} calls in a row were not answered.`);
  }

  #changed(state: BreakerChange['state'], because: string): void {
    this.#settings.onChange?.({ dependency: this.#settings.dependency, state, at: this.#now(), because });
  }

  #now(): number {
    return (this.#settings.now ?? Date.now)();
  }
}
