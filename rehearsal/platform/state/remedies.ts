import type { ControlEvent, RegenerateEvent } from '../events.ts';
import { shortHash } from '../hash.ts';
import type { RegenerateReply } from '../types.ts';
import type { Customer } from './customer.ts';

export function applyRegenerate(customer: Customer, event: RegenerateEvent): void {
  const cohort = customer.cohort(event.deployment, event.cohort);
  if (!cohort) throw new Error(`the journal names cohort ${event.cohort}, which was never registered`);
  cohort.drift = null;
  cohort.builtAt = event.at;
  const regeneration = `regen_${shortHash(`${cohort.home.path}/${event.key}`)}`;
  const reply: RegenerateReply = {
    regeneration,
    cohort: cohort.name,
    running: event.manifestDigest,
    at: new Date(event.at).toISOString(),
  };
  customer.done(event.key, { agent: '*', operation: 'regenerate' }, `${cohort.name} ${event.manifestDigest}`, reply);
}

/** What befalls a cohort's agents themselves, in each deployment that has the cohort. */
export function befall(customer: Customer, { action, at }: ControlEvent): void {
  if (!('cohort' in action)) return;
  for (const { cohorts } of customer.deployments.values()) {
    const cohort = cohorts.get(action.cohort);
    if (!cohort) continue;
    if (action.action === 'drift') cohort.drift = { digest: driftedDigest(cohort.spec.manifestDigest), at };
    if (action.action === 'drift-mend') cohort.drift = null;
    if (action.action === 'right-identity') cohort.wrongIdentity.clear();
    if (action.action === 'wrong-identity') {
      const agents = new Set([...cohort.agents.values()].filter((agent) => agent.hasCredential));
      cohort.wrongIdentity.set(action.connector, { identity: action.identity, agents });
    }
  }
}

const driftedDigest = (registered: string): string => `sha256:${shortHash(`drift ${registered}`, 64)}`;
