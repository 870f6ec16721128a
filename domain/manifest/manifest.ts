import type { Shape } from '../mode.ts';
import type { OutputSchema } from './output-schema.ts';

export const FUNCTIONS = [
  'engineering',
  'product',
  'data',
  'security',
  'it',
  'operations',
  'sales',
  'marketing',
  'support',
  'finance',
  'people',
  'legal',
] as const;
export type BusinessFunction = (typeof FUNCTIONS)[number];

export const LEVELS = ['ic', 'senior-ic', 'lead', 'manager', 'director', 'vp', 'executive'] as const;
export type Level = (typeof LEVELS)[number];

/** An agent as the customer signed it. Its manager is an address here and becomes a person in the HRIS snapshot. */
export interface ManifestAgent {
  id: string;
  managerEmail: string;
}

/** Plan figures for one agent; cost, drift and the write-rate trigger are measured against them. */
export interface ExpectedVolume {
  callsPerHour: number;
  writesPerHour: number;
}

/** What a cohort was made from: a stock template, or a variant that the customer built. */
export type Origin = { kind: 'template'; name: string } | { kind: 'variant'; name: string };

/** One cohort of agents, as it stands in one signed file. */
export interface Manifest {
  name: string;
  origin: Origin;
  function: BusinessFunction;
  level: Level;
  shape: Shape;
  /** The unit of executive sign-off. Derived, so that no file can put a cohort into a group where it does not belong. */
  group: string;
  agents: ManifestAgent[];
  connectors: string[];
  outputSchema: OutputSchema;
  exampleRequest: Record<string, unknown>;
  expected: ExpectedVolume;
  budgetDollars: number;
  /** Address of whoever takes the work when the agents may not. */
  fallbackOwner: string;
  /** Address of whoever is called about this cohort. */
  onCall: string;
}

export const groupOf = (fn: BusinessFunction, level: Level): string => `${fn}-${level}`;

/** Where a cohort's file lies in its set. The name is in the key, so that two files cannot be exchanged unseen. */
export const manifestKey = (cohort: string): string => `manifests/${cohort}.yaml`;
