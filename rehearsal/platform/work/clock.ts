const MS_PER_HOUR = 3_600_000;

/** Plan hours from wall time. Only what the world does by itself is scaled; answers to requests are not. */
export class PlanClock {
  readonly #speed: number;

  constructor(speed: number) {
    this.#speed = speed;
  }

  hours(wallMs: number): number {
    return (wallMs * this.#speed) / MS_PER_HOUR;
  }

  wallMs(planHours: number): number {
    return (planHours * MS_PER_HOUR) / this.#speed;
  }
}
