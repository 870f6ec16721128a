import { Cohort } from './cohort.ts';
import type { CohortSpec } from '../types.ts';

export class Deployment {
  readonly customer: string;
  readonly name: string;
  readonly registeredAt: number;
  readonly cohorts = new Map<string, Cohort>();

  constructor(customer: string, name: string, registeredAt: number) {
    this.customer = customer;
    this.name = name;
    this.registeredAt = registeredAt;
  }

  /** A cohort that already has agents keeps its manifest; that another one may not take its place is the handler's check. */
  register(spec: CohortSpec): void {
    const existing = this.cohorts.get(spec.cohort);
    if (existing) existing.spec = spec;
    else this.cohorts.set(spec.cohort, new Cohort(this.customer, this.name, spec));
  }
}
