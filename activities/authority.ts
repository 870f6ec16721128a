import { canonicalJson, parseEnvelope } from '../audit/envelope.ts';
import { openOrder } from '../audit/signed-order.ts';
import { getEvidence } from '../clients/store/evidence.ts';
import { own } from '../domain/authority/context.ts';
import { asOf, refuseDelegated } from '../domain/authority/delegation.ts';
import { samePerson } from '../domain/authority/order.ts';
import { GROUP_SIGNERS } from '../domain/authority/quorum.ts';
import { refuseSigner } from '../domain/authority/signer.ts';
import type { Command, CommandKind, Delegation } from '../domain/command.ts';
import type { EvidenceRef, RecordedEntry } from '../domain/entry.ts';
import { deploymentId } from '../domain/ids.ts';
import type { Role } from '../domain/roles.ts';
import { APPROVING_ROLES, approvalValidUntil, holdsRole, personById } from '../domain/set/approval.ts';
import type { DeploymentView } from '../domain/view.ts';
import type { Authority } from './contract.ts';
import { refused } from './boundary.ts';
import type { Deployment } from './deployment.ts';

/** An order that was applied, verified again here, where the power is. */
export interface Grant {
  index: number;
  command: Command;
  appliedAt: string;
  fenceGeneration: number;
  evidence: EvidenceRef | undefined;
}

/**
 * Reads an applied order by its place in the log and verifies it anew: the envelope's signature against the keys of the
 * deployment file that the pinned root signed, person (or who attests to them), role, expiry, and that it is about this deployment. A workflow's
 * word is only where to look.
 */
async function verifiedOrder(d: Deployment, index: number): Promise<Grant> {
  const { tenant, name, signal } = d;
  const entry = Number.isSafeInteger(index) && index >= 0 ? await tenant.recorder.entry(index, signal) : undefined;
  if (entry?.kind !== 'command.applied') throw refused('authority_missing', `Entry ${index} is no applied order.`);
  const { command, envelope, fenceGeneration, evidence } = entry.data;
  const bytes = await getEvidence(tenant.audit, envelope, signal);
  const parsed = bytes && parseEnvelope(bytes);
  if (!parsed || 'problem' in parsed)
    throw refused('authority_missing', `The envelope of entry ${index} is not in the audit bucket.`);

  const signed = openOrder(parsed, d.file);
  const unsigned = refuseSigner(command, { file: d.file, signer: signed?.signer ?? null });
  if (unsigned) throw refused(unsigned.code, `Entry ${index}: ${unsigned.sentence}`);
  if (signed?.command === undefined || canonicalJson(signed.command) !== canonicalJson(command))
    throw refused('signature_invalid', `Entry ${index}.`);
  await demandRole(d, command, entry);
  if (
    command.customer !== name.customer ||
    command.deployment !== name.deployment ||
    command.environment !== d.file.environment ||
    command.logOrigin !== d.file.logOrigin
  ) {
    throw refused('wrong_deployment', `Entry ${index} is for ${command.customer}/${command.deployment}.`);
  }
  if (Date.parse(entry.at) > Date.parse(command.expiresAt)) throw refused('command_expired', `Entry ${index}.`);
  return { index, command, appliedAt: entry.at, fenceGeneration, evidence };
}

/** The role is the person's own, or one in which a delegation let them act at that moment; that order is verified as well. */
async function demandRole(d: Deployment, command: Command, { index, at }: RecordedEntry): Promise<void> {
  const { person, role, delegation: id } = command;
  const holder = personById(d.file, person);
  if (id === undefined) {
    if (!holder || !holdsRole(holder, role)) throw refused('role_not_held', `${person}: ${role}.`);
    return;
  }
  const delegation = asOf(own((await d.view()).delegations, id), index);
  const unfit = refuseDelegated(command, delegation, d.file, at);
  if (unfit || !delegation) throw refused(unfit?.code ?? 'unknown_delegation', `Entry ${index}: ${unfit?.sentence ?? id}`);
  const { command: given } = await order(d, delegation.index);
  if (given.kind !== 'delegate' || given.person !== delegation.principal || !isSame(given.args.delegation, delegation))
    throw refused('authority_missing', `Entry ${delegation.index} does not delegate what entry ${index} rests on.`);
}

/** The log's fold says what the signed order says. */
const isSame = (signed: Delegation | undefined, { to, role, mode, kinds, groups, until }: Delegation): boolean =>
  signed !== undefined &&
  canonicalJson(signed) === canonicalJson({ to, role, mode, kinds, until, ...(groups === undefined ? {} : { groups }) });

// Applied orders never change, so each is verified once per process and deployment file.
const verified = new Map<string, Promise<Grant>>();
const REMEMBERED = 2000;

function order(d: Deployment, index: number): Promise<Grant> {
  const key = `${deploymentId(d.name)}/${d.file.version}/${index}`;
  let found = verified.get(key);
  if (found === undefined) {
    found = verifiedOrder(d, index);
    if (verified.size >= REMEMBERED) verified.clear();
    verified.set(key, found);
    found.catch(() => verified.delete(key));
  }
  return found;
}

async function granted(d: Deployment, authority: Authority, kind: CommandKind): Promise<Grant> {
  const grant = await order(d, authority.grant);
  if (grant.command.kind !== kind)
    throw refused('authority_missing', `Entry ${grant.index} is a ${grant.command.kind}, not a ${kind}.`);
  if (authority.renewed === undefined) return grant;
  const renewal = await order(d, authority.renewed);
  if (renewal.command.kind !== 'retry') throw refused('authority_missing', `Entry ${renewal.index} is no retry.`);
  return { ...grant, fenceGeneration: Math.max(grant.fenceGeneration, renewal.fenceGeneration) };
}

function demand(condition: boolean, grant: Grant, what: string): void {
  if (!condition) throw refused('authority_missing', `Entry ${grant.index}: ${what}.`);
}

const bound = (d: Deployment, grant: Grant): void => {
  if (grant.command.saw.manifestSetDigest !== d.setDigest)
    throw refused('stale_binding', `Entry ${grant.index} is for another manifest set.`);
};

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
  demand(role === 'deployment-lead' || role === 'operations-lead', grant, 'not given by who may promote');
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
