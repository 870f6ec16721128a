import type { FailureCode } from '../../domain/failure.ts';
import type { ManifestText } from '../../domain/manifest/manifest.schema.ts';
import type { Employee, Organisation } from './organisation.ts';
import { random, type Random } from './random.ts';

/** How soon somebody answers what lies in their queue, in plan hours. */
export type Answering = { delayHours: number } | { never: true };

/** What the customer's side looks like to the reference platform: people, connectors, the cluster, and what goes wrong. */
export interface World {
  customer: string;
  employees: Employee[];
  connectors: { id: string; deployed: boolean; identity: string }[];
  pods: { name: string; phase: 'Running' }[];
  networkPolicy: {
    apiVersion: string;
    kind: string;
    metadata: { name: string; namespace: string };
    spec: Record<string, unknown>;
  };
  mintLimitPerHour: number | null;
  managerAnswering: Record<string, Answering>;
  faults: Faults;
}

export interface Faults {
  preflight: Record<string, FailureCode>;
  smokeDeny: string[];
  exampleMismatch: string[];
  unstable: string[];
}

/** What the seed makes fail. Shares are of the cohorts; what is not given is as in the standard rehearsal. */
export interface Failing {
  preflightShare?: number;
  smokeCohorts?: number;
  exampleCohorts?: number;
  unstableCohorts?: number;
}

export const CLUSTER = { namespace: 'arx-atlas', networkPolicy: 'atlas-egress-lock' } as const;

/** Causes that lie with one manifest. The others would show as a missing prerequisite before any preflight. */
const PREFLIGHT_CAUSES = ['connector_credential_expired', 'hris_stale', 'budget_implausible'] as const satisfies FailureCode[];

interface WorldOptions {
  seed: number;
  customer: string;
  manifests: readonly ManifestText[];
  organisation: Organisation;
  mintLimitPerHour: number | null;
  failing: Failing;
}

export function makeWorld({ seed, customer, manifests, organisation, mintLimitPerHour, failing }: WorldOptions): World {
  const connectors = [...new Set(manifests.flatMap((m) => m.connectors))].sort();
  return {
    customer,
    employees: organisation.employees,
    connectors: connectors.map((id) => ({ id, deployed: true, identity: `svc-golive-${id}@${customer}.example` })),
    pods: ['atlas-api-0', 'atlas-audit-0', 'atlas-worker-0', 'atlas-worker-1'].map((name) => ({ name, phase: 'Running' })),
    networkPolicy: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: CLUSTER.networkPolicy, namespace: CLUSTER.namespace },
      spec: {
        podSelector: { matchLabels: { app: 'atlas' } },
        policyTypes: ['Egress'],
        egress: [
          { to: [{ namespaceSelector: { matchLabels: { name: 'kube-system' } } }], ports: [{ port: 53, protocol: 'UDP' }] },
          { to: [{ ipBlock: { cidr: '10.20.0.0/16' } }], ports: [{ port: 443, protocol: 'TCP' }] },
        ],
      },
    },
    mintLimitPerHour,
    managerAnswering: answering(random(seed, 'answering'), organisation),
    faults: chooseFaults(
      random(seed, 'faults'),
      manifests.map((m) => m.name),
      failing,
    ),
  };
}

/** Most managers answer within the 4 h that the runbook gives them, some later, a few never; those above them answer soon. */
function answering(chance: Random, { employees, managers }: Organisation): Record<string, Answering> {
  const front = new Set(Object.values(managers).flatMap((people) => people.map((person) => person.email)));
  const asked = new Set([...front, ...employees.flatMap(({ managerEmail }) => managerEmail ?? [])]);
  const entries = [...asked].map((email): [string, Answering] => {
    const roll = chance.next();
    const soon: Answering = { delayHours: hours(0.2 + 3.4 * chance.next() ** 2) };
    if (!front.has(email) || roll < 0.88) return [email, soon];
    return [email, roll < 0.95 ? { delayHours: hours(4.3 + 3.2 * chance.next()) } : { never: true }];
  });
  return Object.fromEntries(entries);
}

const hours = (value: number): number => Math.round(value * 100) / 100;

/** From this many cohorts on, the standard rehearsal has preflight failures: fewer, and one would be more than the 2 % allowed. */
const COHORTS_FOR_PREFLIGHT = 50;

function chooseFaults(chance: Random, cohorts: readonly string[], failing: Failing): Faults {
  const standard = cohorts.length >= COHORTS_FOR_PREFLIGHT ? Math.min(2, Math.floor(cohorts.length * 0.02)) : 0;
  const preflight = failing.preflightShare === undefined ? standard : Math.round(cohorts.length * failing.preflightShare);
  // Each cohort fails in one way at most, so that each way can be followed by itself.
  const order = chance.shuffled(cohorts);
  const take = (count: number): string[] => order.splice(0, count).sort();
  return {
    preflight: Object.fromEntries(take(preflight).map((cohort) => [cohort, chance.pick(PREFLIGHT_CAUSES)])),
    smokeDeny: take(failing.smokeCohorts ?? 1),
    exampleMismatch: take(failing.exampleCohorts ?? 0),
    unstable: take(failing.unstableCohorts ?? 0),
  };
}
