/** A token bucket that needs no timer: it fills up by the time that has passed when somebody asks. */
export class Bucket {
  readonly #perMs: number;
  readonly #size: number;
  #tokens: number;
  #at: number;

  /** `perSecond` of wall time; holds one second's worth, and at least one. */
  constructor(perSecond: number, at: number) {
    this.#perMs = perSecond / 1000;
    this.#size = Math.max(1, perSecond);
    this.#tokens = this.#size;
    this.#at = at;
  }

  available(at: number): number {
    return Math.floor(this.#filled(at) + 1e-9);
  }

  take(count: number, at: number): void {
    this.#tokens = this.#filled(at) - count;
    this.#at = Math.max(this.#at, at);
  }

  /** Wall milliseconds until `count` fit, or as many as the bucket holds. */
  waitMs(count: number, at: number): number {
    const missing = Math.min(count, Math.floor(this.#size)) - this.#filled(at);
    return Math.max(1, Math.ceil(missing / this.#perMs));
  }

  #filled(at: number): number {
    return Math.min(this.#size, this.#tokens + Math.max(0, at - this.#at) * this.#perMs);
  }
}
