import type { Scope } from '../../domain/command.ts';
import type { DeploymentFile } from '../../domain/deployment-file.ts';
import type { Shape } from '../../domain/mode.ts';
import { FILE as PEOPLE, GROUPS } from '../domain/authority/given.ts';

export const MACHINE_KEY = 'ed25519:machine';
export const FILE: DeploymentFile = { ...PEOPLE, machine: [MACHINE_KEY] };

export interface Planned {
  id: string;
  group: string;
  shape: Shape;
  agents: number;
}

/** Two groups, every shape, a group of two shapes: small enough that random orders meet. */
export const COHORTS: readonly Planned[] = [
  { id: 'sales-ic-research', group: 'sales-ic', shape: 'research', agents: 4 },
  { id: 'sales-ic-production', group: 'sales-ic', shape: 'production', agents: 4 },
  { id: 'hr-lead-research', group: 'hr-lead', shape: 'research', agents: 4 },
  { id: 'hr-lead-coordination', group: 'hr-lead', shape: 'coordination', agents: 4 },
];

/** Stopped and let go by name, whatever their cohorts do. */
export const AGENTS = ['sales-ic-research-1', 'sales-ic-research-2', 'hr-lead-research-1'] as const;

export const SCOPES: readonly Scope[] = [
  { level: 'customer', names: [] },
  { level: 'deployment', names: [] },
  ...(['research', 'production', 'coordination'] as const).map((shape): Scope => ({ level: 'wave', names: [shape] })),
  ...GROUPS.map((group): Scope => ({ level: 'group', names: [group] })),
  { level: 'group', names: [...GROUPS] },
  ...COHORTS.map(({ id }): Scope => ({ level: 'cohort', names: [id] })),
  { level: 'agent', names: [AGENTS[0]] },
  { level: 'agent', names: [...AGENTS] },
];

/** The cohorts (agents, where it names those) that a scope means, in words of its own: what is compared with the rules must not be made of them. */
export const meant = ({ level, names }: Scope): string[] => {
  if (level === 'agent') return [...names];
  return COHORTS.filter((c) => {
    if (level === 'customer' || level === 'deployment') return true;
    const own = { wave: c.shape, group: c.group, cohort: c.id }[level as 'wave' | 'group' | 'cohort'];
    return own !== undefined && names.includes(own);
  }).map(({ id }) => id);
};
