import type { Command } from '../../domain/command.ts';
import { FAILURES, type FailureCode } from '../../domain/failure.ts';
import { covers } from '../../domain/hold.ts';
import type { ManifestAgent } from '../../domain/manifest/manifest.ts';
import { chunk } from '../../domain/set/chunk.ts';
import type { DeploymentView } from '../../domain/view.ts';
import { refused } from '../boundary.ts';
import { manifestOf, type Deployment } from '../deployment.ts';
import { record } from '../entries.ts';

/** Agents of one cohort that an order is about. */
export interface Target {
  cohort: string;
  agents: ManifestAgent[];
}

/** By the signed manifests: an agent that none of them names is nobody's to mend. */
export async function targetsOf(d: Deployment, view: DeploymentView, { scope: { level, names } }: Command): Promise<Target[]> {
  const scope = { level, names };
  const meant = Object.values(view.cohorts).filter((c) => covers(scope, { cohort: c.id, group: c.group, wave: c.shape }));
  const cohorts = level === 'agent' ? Object.keys(view.cohorts) : meant.map((c) => c.id);
  const targets: Target[] = [];
  for (const cohort of cohorts) {
    const { agents } = await manifestOf(d, cohort);
    const mine = level === 'agent' ? agents.filter((agent) => names.includes(agent.id)) : agents;
    if (mine.length > 0) targets.push({ cohort, agents: mine });
  }
  const found = level === 'agent' ? targets.reduce((sum, { agents }) => sum + agents.length, 0) : targets.length;
  if ((level === 'agent' || level === 'cohort') && found < names.length)
    throw refused('wrong_scope', `The set does not have all of ${level} ${names.slice(0, 5).join(', ')}.`);
  return targets;
}

/** As many agents as go into one call. */
export const parts = ({ agents }: Target): ManifestAgent[][] => chunk(agents);

/** What could not be mended has a name from now on. */
export async function noteFailed(d: Deployment, cohort: string, index: number, code: FailureCode, detail: string): Promise<void> {
  const { sentence, next } = FAILURES[code];
  const data = {
    ...{ taskId: `${cohort}/remedy`, owner: 'deployment-lead' as const, code, next },
    sentence: `${cohort}: ${sentence} ${detail}`.trim().slice(0, 500),
  };
  await record(d.tenant.recorder, [d.entry('task.opened', `${cohort}/remedy/${index}`, data, { cohort })], d.signal);
}
