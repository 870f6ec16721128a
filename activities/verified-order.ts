import { canonicalJson, parseEnvelope } from '../audit/envelope.ts';
import { openOrder } from '../audit/signed-order.ts';
import { getEvidence } from '../clients/store/evidence.ts';
import { own } from '../domain/authority/context.ts';
import { asOf, refuseDelegated } from '../domain/authority/delegation.ts';
import { MACHINE, refuseSigner } from '../domain/authority/signer.ts';
import type { Command, Delegation } from '../domain/command.ts';
import type { EvidenceRef, RecordedEntry } from '../domain/entry.ts';
import { deploymentId } from '../domain/ids.ts';
import { MACHINE_ROLE } from '../domain/roles.ts';
import { holdsRole, personById } from '../domain/set/approval.ts';
import { isStoppingKind } from '../domain/stop/stop.ts';
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
  // A late stop is better than none.
  if (!isStoppingKind(command.kind) && Date.parse(entry.at) > Date.parse(command.expiresAt))
    throw refused('command_expired', `Entry ${index}.`);
  return { index, command, appliedAt: entry.at, fenceGeneration, evidence };
}

/** The role is the person's own, or one in which a delegation let them act at that moment; that order is verified as well. */
async function demandRole(d: Deployment, command: Command, { index, at }: RecordedEntry): Promise<void> {
  const { person, role, delegation: id } = command;
  // The engine's own key was asked for with the signature.
  if (role === MACHINE_ROLE && person === MACHINE) return;
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

/** An applied order by its place in the log, verified. What it allows is for whoever asks to say. */
export function order(d: Deployment, index: number): Promise<Grant> {
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

export function demand(condition: boolean, grant: Grant, what: string): void {
  if (!condition) throw refused('authority_missing', `Entry ${grant.index}: ${what}.`);
}

export const bound = (d: Deployment, grant: Grant): void => {
  if (grant.command.saw.manifestSetDigest !== d.setDigest)
    throw refused('stale_binding', `Entry ${grant.index} is for another manifest set.`);
};
