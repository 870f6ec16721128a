import { lowestMode, type Mode } from '../../domain/mode.ts';

interface Ceiling {
  cohorts: readonly string[];
  ceiling: Mode;
  /** Cohorts for which it was lifted while it stands for the others. */
  exempt: Set<string>;
}

/** The platform's ceilings, as its contract has them: each placing and lifting is a new generation of what it touches. */
export class Ceilings {
  generation = 0;
  readonly #standing = new Map<string, Ceiling>();
  readonly #touched = new Map<string, number>();

  place(id: string, cohorts: readonly string[], ceiling: Mode): number {
    this.#standing.set(id, { cohorts, ceiling, exempt: new Set() });
    return this.#touch(cohorts);
  }

  lift(id: string, only?: readonly string[]): number {
    const standing = this.#standing.get(id);
    if (standing === undefined) return this.generation;
    if (only === undefined) this.#standing.delete(id);
    else for (const cohort of only) standing.exempt.add(cohort);
    return this.#touch(only ?? standing.cohorts);
  }

  over(cohort: string): { generation: number; ceiling: Mode } {
    const on = [...this.#standing.values()].filter((c) => c.cohorts.includes(cohort) && !c.exempt.has(cohort));
    return {
      generation: this.#touched.get(cohort) ?? 0,
      ceiling: on.reduce<Mode>((low, c) => lowestMode(low, c.ceiling), 'live'),
    };
  }

  #touch(cohorts: readonly string[]): number {
    this.generation += 1;
    for (const cohort of cohorts) this.#touched.set(cohort, this.generation);
    return this.generation;
  }
}
