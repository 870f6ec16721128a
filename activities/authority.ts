import { own } from '../domain/authority/context.ts';
import { asOf } from '../domain/authority/delegation.ts';
import { samePerson } from '../domain/authority/order.ts';
import { GROUP_SIGNERS } from '../domain/authority/quorum.ts';
import type { CommandKind } from '../domain/command.ts';
import { deploymentId } from '../domain/ids.ts';
import type { Role } from '../domain/roles.ts';
import { rolesEver } from '../domain/runbook/commands.ts';
import { APPROVING_ROLES, approvalValidUntil } from '../domain/set/approval.ts';
import type { DeploymentView } from '../domain/view.ts';
import type { Authority } from './contract.ts';
import { refused } from './boundary.ts';
import type { Deployment } from './deployment.ts';
import { ending } from './remedy/allowed.ts';
import { bound, demand, order, type Grant } from './verified-order.ts';

export type { Grant } from './verified-order.ts';

/** An order of one kind; and the one after which what was stopped or set aside goes on under it: a retry, or the end of a stop. */
async function granted(d: Deployment, authority: Authority, kind: CommandKind): Promise<Grant> {
  const grant = await order(d, authority.grant);
  if (grant.command.kind !== kind)
    throw refused('authority_missing', `Entry ${grant.index} is a ${grant.command.kind}, not a ${kind}.`);
  if (authority.renewed === undefined) return grant;
  const renewal = await order(d, authority.renewed);
  const what = renewal.command.kind;
  if (what === 'resume' || what === 'lift') await ending(d, renewal.index);
  else if (what !== 'retry' && what !== 'reconcile')
    throw refused('authority_missing', `Entry ${renewal.index} lets nothing go on again.`);
  return { ...grant, fenceGeneration: Math.max(grant.fenceGeneration, renewal.fenceGeneration) };
}

/** The go-ahead allows register, create, bind, mint and no-op: the Customer Lead's, with the four approvals that were valid at that moment. */
export async function goAhead(d: Deployment, authority: Authority): Promise<Grant> {
  const grant = await granted(d, authority, 'approve');
  demand(
    grant.command.scope.level === 'deployment' && grant.command.role === 'customer-lead',
    grant,
    'not the go-ahead of the Customer Lead',
  );
  demand(grant.command.args.decision === 'approve', grant, 'the Customer Lead said no');
  demand(!samePerson(d.file, grant.command.person, d.file.startedBy), grant, 'given by who started the deployment');
  bound(d, grant);
  await approvals(d, grant);
  return grant;
}

const approved = new Set<string>();

async function approvals(d: Deployment, grant: Grant): Promise<void> {
  const key = `${deploymentId(d.name)}/${d.file.version}/${grant.index}`;
  if (approved.has(key)) return;
  const view = await d.view();
  const counted = new Map<Role, string>();
  for (const approval of view.approvals) {
    if (approval.decision !== 'approve' || approval.manifestSetDigest !== d.setDigest || approval.index > grant.index) continue;
    const { command } = await order(d, approval.index);
    const until = approvalValidUntil(command.issuedAt, command.expiresAt, d.file.limits.approvalValidDays);
    const counts =
      command.kind === 'approve' &&
      command.scope.level === 'set' &&
      command.saw.manifestSetDigest === d.setDigest &&
      command.args.decision !== 'reject' &&
      !samePerson(d.file, command.person, d.file.startedBy) &&
      Date.parse(until) >= Date.parse(grant.appliedAt) &&
      ![...counted.values()].some((person) => samePerson(d.file, person, command.person));
    if (counts) counted.set(command.role, command.person);
  }
  const missing = APPROVING_ROLES.filter((role) => !counted.has(role));
  if (missing.length > 0) throw refused('set_under_approved', `Missing: ${missing.join(', ')}.`);
  approved.add(key);
}

/** Gate 1's go allows shadow running. */
export async function gate1(d: Deployment, authority: Authority): Promise<Grant> {
  const grant = await granted(d, authority, 'go');
  const { scope, role } = grant.command;
  demand(
    scope.level === 'gate' && scope.names.includes('gate-1') && role === 'deployment-lead',
    grant,
    "not gate 1's go by the Deployment Lead",
  );
  bound(d, grant);
  return grant;
}

/** What a raise needs to know of a cohort. */
export interface Raisable {
  cohort: string;
  group: string;
  shape: string;
}

/**
 * A promotion allows live, for the cohorts in its scope whose group three distinct executives signed off on evidence that
 * names the cohort. Returns the grant and the cohorts that it does not cover.
 */
export async function promotion(
  d: Deployment,
  authority: Authority,
  cohorts: readonly Raisable[],
): Promise<{ grant: Grant; unsigned: string[] }> {
  const grant = await granted(d, authority, 'promote');
  const { scope, role } = grant.command;
  demand(rolesEver('promote', scope.level).includes(role), grant, 'not given by who may promote');
  bound(d, grant);
  const named = (c: Raisable) =>
    scope.names.includes(scope.level === 'wave' ? c.shape : scope.level === 'group' ? c.group : c.cohort);
  for (const c of cohorts) demand(named(c), grant, `${c.cohort} is not in its scope`);

  const view = await d.view();
  const unsigned: string[] = [];
  for (const c of cohorts) {
    const evidence = view.groupEvidence[c.group];
    const signed =
      evidence?.cohorts.includes(c.cohort) === true && (await signatures(d, view, c.group, evidence.evidence.digest, grant));
    if (!signed) unsigned.push(c.cohort);
  }
  return { grant, unsigned };
}

/** Three roles, three human beings, none of whom started it, nor anybody in whose place they signed; one of them personally where the file asks for it. */
async function signatures(d: Deployment, view: DeploymentView, group: string, boundTo: string, grant: Grant): Promise<boolean> {
  const counted = new Map<Role, { persons: string[]; personal: boolean }>();
  for (const s of view.signOffs) {
    if (s.group !== group || s.boundTo !== boundTo) continue;
    // What somebody said last counts.
    counted.delete(s.role);
    if (s.decision !== 'approve') continue;
    const { command } = await order(d, s.commandIndex);
    const delegation =
      command.delegation === undefined ? undefined : asOf(own(view.delegations, command.delegation), grant.index);
    const persons = [command.person, ...(delegation ? [delegation.principal] : [])];
    const all = [d.file.startedBy, ...[...counted.values()].flatMap((voice) => voice.persons)];
    const counts =
      command.kind === 'sign' &&
      command.scope.names.includes(group) &&
      command.saw.evidence[group] === boundTo &&
      command.saw.manifestSetDigest === d.setDigest &&
      command.args.decision !== 'reject' &&
      !delegation?.revoked &&
      !persons.some((person) => all.some((other) => samePerson(d.file, person, other)));
    if (counts) counted.set(command.role, { persons, personal: command.attestation === undefined });
  }
  if (!GROUP_SIGNERS.every((role) => counted.has(role))) return false;
  const shapes = Object.values(view.cohorts).filter((c) => c.group === group);
  return !shapes.some((c) => d.file.personalFor.includes(c.shape)) || [...counted.values()].some((voice) => voice.personal);
}
