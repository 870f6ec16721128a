import type { z } from 'zod';
import type { cohortSpec } from '../../clients/platform/wire.schema.ts';

export type Spec = z.infer<typeof cohortSpec>;

export interface Options {
  /** Customers besides acme and other, so that tests which share a platform keep apart. */
  guests?: number;
  speed?: number;
  mintLimitPerHour?: number | null;
  managerAnswering?: Record<string, unknown>;
  faults?: Record<string, unknown>;
  /** In HRIS besides the boss, the head and their managers. */
  employees?: { email: string; name: string; managerEmail: string | null }[];
}

/** The boss, the head, and three managers under the head. */
export const MANAGERS = ['m1@acme.test', 'm2@acme.test', 'm3@acme.test'];
const HEAD = 'head@acme.test';
const BOSS = 'boss@acme.test';

/** Customers acme, other, guest1, guest2, … in worlds of the same shape. */
export function configOf({
  guests = 0,
  speed = 1,
  mintLimitPerHour = null,
  managerAnswering = {},
  faults = {},
  employees = [],
}: Options) {
  const person = (email: string, managerEmail: string | null) => ({ email, name: email, managerEmail });
  const guestNames = Array.from({ length: guests }, (_, n) => `guest${n + 1}`);
  const customers = ['acme', 'other', ...guestNames].map((customer) => ({
    customer,
    keys: { forward: `${customer}-forward`, lower: `${customer}-lower`, read: `${customer}-read` },
    cluster: { token: `${customer}-cluster` },
    world: {
      customer,
      employees: [person(BOSS, null), person(HEAD, BOSS), ...MANAGERS.map((email) => person(email, HEAD)), ...employees],
      connectors: ['jira', 'crm', 'ledger'].map((id) => ({ id, deployed: id !== 'ledger', identity: `svc-${id}` })),
      pods: [{ name: 'atlas-0', phase: 'Running' }],
      networkPolicy: {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'atlas-egress', namespace: 'atlas' },
        spec: { policyTypes: ['Egress'] },
      },
      mintLimitPerHour,
      managerAnswering: { [HEAD]: { delayHours: 0.5 }, 'm1@acme.test': { delayHours: 0.1 }, ...managerAnswering },
      faults,
    },
  }));
  return { speed, controlKey: 'control', customers };
}

export const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;

export const specOf = (cohort: string, rest: Partial<Spec> = {}): Spec => ({
  cohort,
  manifestDigest: digest('a'),
  group: 'it-ic',
  shape: 'production',
  function: 'it',
  level: 'ic',
  template: 'helper',
  agents: 10,
  connectors: ['jira', 'crm'],
  managers: [...MANAGERS],
  expectedCallsPerHour: 12,
  expectedWritesPerHour: rest.shape === 'research' ? 0 : 1.2,
  budgetDollars: 1000,
  exampleRequest: { question: 'what is new?' },
  outputSchema: {
    type: 'object',
    properties: { answer: { type: 'string' }, sources: { type: 'array', items: { type: 'string' } } },
    required: ['answer'],
  },
  ...rest,
});
