import type { PlanClock } from '../work/clock.ts';
import type { CohortWork } from '../work/cohort-work.ts';
import { DeploymentWork } from '../work/deployment-work.ts';
import { Cohort } from './cohort.ts';
import type { CohortSpec } from '../types.ts';
import type { CustomerWorld } from './world.ts';

export class Deployment {
  readonly name: string;
  readonly cohorts = new Map<string, Cohort>();
  readonly work: DeploymentWork;
  readonly #customer: string;
  readonly #world: CustomerWorld;
  readonly registeredAt: number;

  constructor(customer: { name: string; world: CustomerWorld; clock: PlanClock }, name: string, registeredAt: number) {
    this.name = name;
    this.#customer = customer.name;
    this.#world = customer.world;
    this.registeredAt = registeredAt;
    this.work = new DeploymentWork(customer.world, customer.clock);
  }

  /** A cohort that already has agents keeps its manifest; that another one may not take its place is the handler's check. */
  register(specs: readonly CohortSpec[], at: number): void {
    for (const spec of specs) {
      const existing = this.cohorts.get(spec.cohort);
      if (existing) existing.spec = spec;
      else this.cohorts.set(spec.cohort, new Cohort(this.#customer, this.name, spec));
    }
    this.work.registered(this.cohorts.values(), at);
  }

  /** From now on the cohort's agents work under other conditions. */
  changed(cohort: Cohort, at: number): void {
    this.workOf(cohort).changed(this.#world, at);
  }

  workOf(cohort: Cohort): CohortWork {
    return this.work.of(cohort, this.registeredAt);
  }
}
