import type { BindEvent, CreateEvent, MintEvent, RevokeEvent, SmokeEvent } from '../events.ts';
import { lower } from '../types.ts';
import type { Agent } from './agent.ts';
import type { Cohort } from './cohort.ts';
import type { Customer } from './customer.ts';
import { managerId } from './hris.ts';

type Provisioning = CreateEvent | BindEvent | MintEvent | SmokeEvent | RevokeEvent;

/** A handler has checked that all of these exist before it wrote the event. */
function cohortOf(customer: Customer, event: Provisioning): Cohort {
  const cohort = customer.cohort(event.deployment, event.cohort);
  if (!cohort) throw new Error(`the journal names cohort ${event.cohort}, which was never registered`);
  return cohort;
}
function agentOf(cohort: Cohort, name: string): Agent {
  const agent = cohort.agents.get(name);
  if (!agent) throw new Error(`the journal names agent ${name}, which was never created`);
  return agent;
}

export function applyCreate(customer: Customer, event: CreateEvent): void {
  const cohort = cohortOf(customer, event);
  const { ceiling } = customer.fences.over(event.deployment, cohort.spec);
  const mode = lower('shadow', lower(cohort.mode, ceiling));
  for (const { key, agent: name, managerEmail } of event.items) {
    const own = customer.fences.overAgent(event.deployment, name).ceiling;
    const agent = cohort.add(name, managerEmail, lower(mode, own));
    customer.agents.set(name, agent);
    customer.done(key, { agent: name, operation: 'create', agentId: agent.agentId }, managerEmail);
  }
}

export function applyBind(customer: Customer, event: BindEvent): void {
  const cohort = cohortOf(customer, event);
  const snapshot = customer.snapshots.get(event.snapshotId) ?? null;
  // What was escalated until now went to the manager of until now.
  customer.deployments.get(event.deployment)?.work.carryOn(event.at);
  for (const { key, agent: name, managerEmail } of event.items) {
    const agent = agentOf(cohort, name);
    if (agent.snapshot === null) cohort.bound++;
    agent.snapshot = snapshot;
    agent.managerEmail = managerEmail;
    if (agent.lifecycle === 'provisioning') cohort.setLifecycle(agent, 'provisioned');
    customer.done(key, { agent: name, operation: 'bind', managerId: managerId(managerEmail) }, managerEmail);
  }
}

export function applyMint(customer: Customer, event: MintEvent): void {
  const cohort = cohortOf(customer, event);
  customer.world.minting?.take(event.items.length, event.at);
  for (const { key, agent: name, version, fingerprint } of event.items) {
    const agent = agentOf(cohort, name);
    if (!agent.hasCredential) cohort.credentialled++;
    if (agent.revokedAt !== null) cohort.revoked--;
    // A new credential has not been tried yet, whatever the one before it gave; that one is no longer valid.
    untried(cohort, agent);
    agent.version = version;
    agent.fingerprint = fingerprint;
    agent.revokedAt = null;
    agent.noteLive(event.at);
    const result = { agent: name, operation: 'mint' as const, vaultRef: agent.vaultRef, version, fingerprint };
    customer.done(key, result, String(version));
  }
  customer.deployments.get(event.deployment)?.changed(cohort, event.at);
}

export function applyRevoke(customer: Customer, event: RevokeEvent): void {
  const cohort = cohortOf(customer, event);
  for (const { key, agent: name, version } of event.items) {
    const agent = agentOf(cohort, name);
    if (version !== null && agent.hasCredential) {
      cohort.credentialled--;
      cohort.revoked++;
      untried(cohort, agent);
      agent.revokedAt = event.at;
      agent.noteLive(event.at);
    }
    customer.done(key, { agent: name, operation: 'revoke', ...(version === null ? {} : { version }) }, '');
  }
  customer.deployments.get(event.deployment)?.changed(cohort, event.at);
}

function untried(cohort: Cohort, agent: Agent): void {
  if (agent.smoke === 'ALLOW') cohort.smoked--;
  agent.smoke = null;
  cohort.rightIdentity(agent);
}

export function applySmoke(customer: Customer, event: SmokeEvent): void {
  const cohort = cohortOf(customer, event);
  for (const { key, agent: name, verdict } of event.items) {
    const agent = agentOf(cohort, name);
    if (agent.smoke === 'ALLOW') cohort.smoked--;
    agent.smoke = verdict;
    if (verdict === 'ALLOW') cohort.smoked++;
    customer.done(key, { agent: name, operation: 'smoke', verdict }, '');
  }
}
