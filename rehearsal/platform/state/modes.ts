import type { AgentModeEvent, ModeEvent } from '../events.ts';
import { lower } from '../types.ts';
import type { Lifecycle, Mode } from '../types.ts';
import type { Agent } from './agent.ts';
import type { Cohort } from './cohort.ts';
import type { Customer } from './customer.ts';

interface Change {
  agent: Agent;
  mode: Mode;
  lifecycle: Lifecycle;
}
type Flip = Pick<ModeEvent, 'op' | 'mode' | 'livePercent' | 'run' | 'generation'>;

/** What a flip would change, agent by agent; the handler counts it before it writes the event, `applyMode` carries it out. */
export function planFlip(customer: Customer, cohort: Cohort, flip: Flip): Change[] {
  const around = customer.fences.over(cohort.deployment, cohort.spec);
  const changes: Change[] = [];
  for (const [agent, wanted] of cohort.wanted(flip.mode, flip.livePercent)) {
    const own = customer.fences.overAgent(cohort.deployment, agent.name);
    // A flip downwards lifts nobody, not even an agent that stands lower than the rest.
    const mayRise = flip.op === 'raise' && flip.generation >= own.generation;
    const mode = agent.modeAfter(wanted, lower(around.ceiling, own.ceiling), mayRise);
    const lifecycle = lifecycleAfter(agent, mode, flip.run && mayRise);
    if (mode !== agent.mode || lifecycle !== agent.lifecycle) changes.push({ agent, mode, lifecycle });
  }
  return changes;
}

/** An agent without a credential cannot make a call, so it does not start to run. */
function lifecycleAfter(agent: Agent, mode: Mode, run: boolean): Lifecycle {
  if (mode === 'terminated') return 'terminated';
  return run && agent.lifecycle === 'provisioned' && agent.hasCredential ? 'running' : agent.lifecycle;
}

export function applyMode(customer: Customer, event: ModeEvent): void {
  const cohort = customer.cohort(event.deployment, event.cohort);
  if (!cohort) throw new Error(`the journal names cohort ${event.cohort}, which was never registered`);
  const changes = planFlip(customer, cohort, event);
  cohort.flip(event.mode, event.livePercent);
  carryOut(cohort, changes, event.at);
  customer.deployments.get(event.deployment)?.changed(cohort, event.at);
  const reply = customer.cohortState(cohort);
  customer.done(event.key, { agent: '*', operation: event.op }, sameFlip(event), reply);
}

/** What a repetition of the same flip must repeat. */
export const sameFlip = ({ mode, livePercent, run }: Pick<Flip, 'mode' | 'livePercent' | 'run'>): string =>
  `${mode} ${livePercent} ${run}`;

export function planAgent(customer: Customer, cohort: Cohort, agent: Agent, mode: Mode): Change {
  const { ceiling } = customer.fences.over(cohort.deployment, cohort.spec, agent.name);
  let wanted: Mode = 'shadow';
  for (const [each, mode] of cohort.wanted(cohort.mode, cohort.livePercent)) if (each === agent) wanted = mode;
  const before = agent.own;
  agent.own = mode;
  const next = agent.modeAfter(wanted, ceiling, true);
  agent.own = before;
  return { agent, mode: next, lifecycle: next === 'terminated' ? 'terminated' : agent.lifecycle };
}

export function applyAgentMode(customer: Customer, event: AgentModeEvent): void {
  const cohort = customer.cohort(event.deployment, event.cohort);
  const agent = cohort?.agents.get(event.agent);
  if (!cohort || !agent) throw new Error(`the journal names agent ${event.agent}, which was never created`);
  const change = planAgent(customer, cohort, agent, event.mode);
  agent.own = event.mode;
  carryOut(cohort, [change], event.at);
  customer.deployments.get(event.deployment)?.changed(cohort, event.at);
  customer.done(event.key, { agent: event.agent, operation: 'agent-mode' }, event.mode);
}

function carryOut(cohort: Cohort, changes: Change[], at: number): void {
  for (const { agent, mode, lifecycle } of changes) {
    if (lifecycle !== agent.lifecycle) cohort.setLifecycle(agent, lifecycle);
    if (mode !== agent.mode) cohort.setMode(agent, mode);
    agent.noteLive(at);
  }
}
