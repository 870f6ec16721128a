import type { AgentState } from '../../clients/platform/port.ts';
import { sideEffectKey } from '../../domain/ids.ts';
import type { DeploymentView } from '../../domain/view.ts';
import type { Grant } from '../authority.ts';
import type { Seen } from '../control/lifting.ts';
import type { Deployment } from '../deployment.ts';
import { firstIndex, record } from '../entries.ts';
import { finalRefusal } from '../side-effect.ts';
import { noteFailed } from './target.ts';

/**
 * Agents that were stopped alone come back alone: after a pause, and by a promotion, to whatever their cohort is, after a halt
 * to shadow at most. No flip of their cohort does that.
 */
export async function restoreAgents(d: Deployment, grant: Grant, view: DeploymentView, { lifted }: Seen): Promise<void> {
  const { kind, scope } = grant.command;
  const scopes = kind === 'promote' ? [scope] : lifted.flatMap(({ hold }) => view.holds[hold]?.scope ?? []);
  const names = new Set(scopes.flatMap(({ level, names }) => (level === 'agent' ? names : [])));
  for (const name of names) {
    const { agents } = await d.tenant.platform.agents(d.name.deployment, { agent: name }, d.signal);
    for (const agent of agents) await restoreAgent(d, grant, agent);
  }
}

async function restoreAgent(
  d: Deployment,
  { index, fenceGeneration, command }: Grant,
  { agent, cohort }: AgentState,
): Promise<void> {
  const { recorder, platform } = d.tenant;
  const key = sideEffectKey(d.name, cohort, agent, 'restore', index);
  const subject = `${cohort}/${agent}/restore/${index}`;
  const said = d.entry(
    'intent',
    `${subject}/intent`,
    { operation: 'restore', key, agents: [agent], authority: index },
    { cohort },
  );
  const intent = firstIndex(await record(recorder, [said], d.signal));
  const base = { operation: 'restore' as const, key, intent };
  const about = { cohort, agent };
  try {
    const mode = command.kind === 'lift' ? 'shadow' : 'live';
    const after = await platform.setAgentMode(
      { deployment: d.name.deployment, agent },
      { key, mode, generation: fenceGeneration },
      d.signal,
    );
    const outcome = { ...base, result: 'applied' as const, mode: after.mode };
    await record(recorder, [d.entry('outcome', `${subject}/outcome`, outcome, about)], d.signal);
  } catch (error) {
    const refusal = finalRefusal(error);
    if (refusal === undefined) throw error;
    const outcome = { ...base, result: 'not-applied' as const, ...refusal };
    await record(recorder, [d.entry('outcome', `${subject}/outcome`, outcome, about)], d.signal);
    await noteFailed(d, cohort, index, refusal.code, `${agent} stays where the stop left it.`);
  }
}
