import type { ControlAction } from '../control.schema.ts';
import type { ControlEvent, CustomerEvent, ExampleEvent, RegisterEvent, SnapshotEvent } from '../events.ts';
import { shortHash } from '../hash.ts';
import type { ExampleReply, RegisterReply } from '../types.ts';
import { exampleOutput, mismatch } from '../work/example.ts';
import type { Customer } from './customer.ts';
import { Deployment } from './deployment.ts';
import { applyAgentMode, applyMode } from './modes.ts';
import { applyDrill, applyReassign } from './escalations.ts';
import { applyBind, applyCreate, applyMint, applyRevoke, applySmoke } from './provisioning.ts';
import { applyRegenerate, befall } from './remedies.ts';

/** The only way in which a customer's state changes: at work and at restart alike. */
export function apply(customer: Customer, event: CustomerEvent): void {
  switch (event.op) {
    case 'register':
      return applyRegister(customer, event);
    case 'snapshot':
      return applySnapshot(customer, event);
    case 'create':
      return applyCreate(customer, event);
    case 'bind':
      return applyBind(customer, event);
    case 'mint':
      return applyMint(customer, event);
    case 'smoke':
      return applySmoke(customer, event);
    case 'revoke':
      return applyRevoke(customer, event);
    case 'regenerate':
      return applyRegenerate(customer, event);
    case 'raise':
    case 'lower':
      return applyMode(customer, event);
    case 'agent-mode':
      return applyAgentMode(customer, event);
    case 'example':
      return applyExample(customer, event);
    case 'drill':
      return applyDrill(customer, event);
    case 'reassign':
      return applyReassign(customer, event);
    case 'fence':
      return customer.fences.place(event.commandId, event.scopes, event.ceiling);
    case 'lift':
      if (event.cohorts) return customer.fences.exempt(event.commandId, 'cohort', event.cohorts);
      if (event.agents) return customer.fences.exempt(event.commandId, 'agent', event.agents);
      return customer.fences.lift(event.commandId);
  }
}

const CHANGES_WORK: ReadonlySet<ControlAction['action']> = new Set([
  ...(['connector-down', 'connector-up', 'unstable', 'stable', 'unhealthy', 'healthy'] as const),
  ...(['write-rate', 'call-volume', 'latency', 'errors', 'verdicts', 'normal'] as const),
]);

/** What happens to the world reaches the work of the agents that are in it. */
export function applyControl(customer: Customer, event: ControlEvent): void {
  customer.world.change(event.action, event.at);
  befall(customer, event);
  if (!CHANGES_WORK.has(event.action.action)) return;
  for (const deployment of customer.deployments.values()) {
    for (const cohort of deployment.cohorts.values()) deployment.changed(cohort, event.at);
  }
}

function applyRegister(customer: Customer, event: RegisterEvent): void {
  const deployment = customer.deployments.get(event.deployment) ?? new Deployment(customer, event.deployment, event.at);
  customer.deployments.set(event.deployment, deployment);
  deployment.register(event.cohorts, event.at);
  const id = `cs_${shortHash(`${customer.name}/${event.deployment}/${event.key}`)}`;
  customer.sets.set(id, { id, deployment: event.deployment, cohorts: event.cohorts.map(({ cohort }) => cohort) });
  const jobs = event.cohorts.map(({ cohort }) => ({ cohort, jobId: `job_${shortHash(`${id}/${cohort}`)}` }));
  const reply: RegisterReply = { cohortSetId: id, jobs };
  customer.done(event.key, { agent: '*', operation: 'register' }, event.manifestSetDigest, reply);
}

function applySnapshot(customer: Customer, event: SnapshotEvent): void {
  const { people } = customer.world.hris;
  const snapshotId = `hris_${shortHash(`${customer.name}/${event.key}`)}`;
  const reply = { snapshotId, employees: people.size, takenAt: new Date(event.at).toISOString() };
  customer.snapshots.set(snapshotId, { reply, people });
  customer.done(event.key, { agent: '*', operation: 'snapshot' }, event.deployment, reply);
}

function applyExample(customer: Customer, event: ExampleEvent): void {
  const schema = customer.cohort(event.deployment, event.cohort)?.spec.outputSchema ?? {};
  const output = event.matches ? exampleOutput(schema) : mismatch(schema);
  const reply: ExampleReply = { output, verdict: 'ALLOW', dryRun: true };
  customer.done(event.key, { agent: '*', operation: 'example' }, event.cohort, reply);
}
