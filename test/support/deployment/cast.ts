import { RUNBOOK_LIMITS, type DeploymentFile } from '../../../domain/deployment-file.ts';
import type { PlannedCohort } from '../../../domain/entry.ts';
import { FUNCTIONS, groupOf } from '../../../domain/manifest/manifest.ts';
import { SHAPES } from '../../../domain/mode.ts';
import type { Role } from '../../../domain/roles.ts';
import { draftCohorts } from '../../../scripts/generate/cohorts.ts';
import { organise } from '../../../scripts/generate/organisation.ts';
import { castPeople } from '../../../scripts/generate/people.ts';
import { random } from '../../../scripts/generate/random.ts';
import { evidenceOf } from './script.ts';

export interface CastOptions {
  seed: number;
  cohorts: number;
  agents: number;
  managers: number;
  speed: number;
  customer: string;
  deployment: string;
  limits: Partial<DeploymentFile['limits']>;
}

/** Who and what a deployment is about: people, the file that names them, cohorts in the order of the plan. */
export interface Cast {
  file: DeploymentFile;
  cohorts: PlannedCohort[];
  managers: number;
  setDigest: string;
  runbookDigest: string;
  /** T-0, wall time. */
  t0: number;
  person(role: Role): string;
  agents(cohort: PlannedCohort): string[];
}

export function castOf({ seed, cohorts, agents, managers, speed, customer, deployment, limits }: CastOptions): Cast {
  const organisation = organise({ seed, customer, managers, functions: FUNCTIONS });
  const people = castPeople(organisation).map((person) => ({ ...person, keys: [] }));
  const drafts = draftCohorts(random(seed, 'cohorts'), { customer, cohorts, agents });
  const planned = drafts
    .map((d) => ({ id: d.name, group: groupOf(d.template.function, d.level), shape: d.template.shape, agents: d.agents }))
    .sort((a, b) => SHAPES.indexOf(a.shape) - SHAPES.indexOf(b.shape) || (a.id < b.id ? -1 : 1));
  const file: DeploymentFile = {
    apiVersion: 'golive/v1',
    kind: 'Deployment',
    customer,
    deployment,
    version: 1,
    environment: 'rehearsal',
    logOrigin: `${customer}.example/golive`,
    manifestSet: { bucket: `${customer}-manifests`, prefix: `${deployment}/set` },
    audit: { bucket: `${customer}-audit`, prefix: deployment },
    platform: { endpoint: 'https://platform.example' },
    cluster: {
      endpoint: 'https://cluster.example',
      namespace: 'atlas',
      networkPolicy: 'egress',
      networkPolicyDigest: evidenceOf('egress').digest,
    },
    startedBy: people.find((p) => p.deputyOf.includes('deployment-lead'))?.id ?? '',
    people,
    personalFor: ['coordination'],
    limits: { ...RUNBOOK_LIMITS, ...limits },
    speed,
  };
  return {
    file,
    cohorts: planned,
    managers,
    setDigest: evidenceOf(`set/${seed}`).digest,
    runbookDigest: evidenceOf('runbook').digest,
    t0: Date.parse('2026-03-02T08:00:00.000Z'),
    person: (role) => people.find((p) => p.roles.includes(role))?.id ?? role,
    agents: ({ id, agents: n }) => Array.from({ length: n }, (_, i) => `${id}-${String(i + 1).padStart(4, '0')}`),
  };
}
