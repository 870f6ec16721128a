import type { Shape } from './mode.ts';

/** What the executives of a cohort group sign on: the bytes of this, as canonical JSON, have the digest that a sign-off is bound to. */
export interface GroupDocument {
  group: string;
  manifestSetDigest: string;
  policyVersion: number;
  cohorts: GroupCohort[];
}

export interface GroupCohort {
  cohort: string;
  shape: Shape;
  agents: number;
  connectors: string[];
  /** What it did in shadow; null where nothing was measured. */
  shadow: object | null;
  /** Digest of what Atlas says of it since it was built again; missing: it never was. */
  regenerated?: string;
  cost: { budgetDollars: number; projectedDollarsPerMonth: number };
}
