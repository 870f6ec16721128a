import type { DrillEvent, ReassignEvent } from '../events.ts';
import type { DeploymentWork } from '../work/deployment-work.ts';
import type { Customer } from './customer.ts';

/** All that came before is settled first: who answered in time keeps their answer. */
function upTo(customer: Customer, { deployment, at }: DrillEvent | ReassignEvent): DeploymentWork {
  const known = customer.deployments.get(deployment);
  if (!known) throw new Error(`the journal names deployment ${deployment}, which was never registered`);
  known.work.carryOn(at);
  return known.work;
}

export function applyDrill(customer: Customer, event: DrillEvent): void {
  const { escalations } = upTo(customer, event);
  for (const { key, agent: name, escalation, manager, leaveUnanswered } of event.items) {
    const agent = customer.agents.get(name);
    if (!agent) throw new Error(`the journal names agent ${name}, which was never created`);
    escalations.tried(escalation, { agent, manager, at: event.at, leaveUnanswered });
    customer.done(key, { agent: name, operation: 'drill', escalation }, manager);
  }
}

export function applyReassign(customer: Customer, event: ReassignEvent): void {
  const { escalations } = upTo(customer, event);
  for (const { key, agent, escalation, to } of event.items) {
    escalations.passOn(escalation, to, event.at);
    customer.done(key, { agent, operation: 'reassign', escalation }, `${escalation} ${to}`);
  }
}
