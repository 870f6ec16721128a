import { asOf, refuseDelegated } from '../../domain/authority/delegation.ts';
import { mayRevoke } from '../../domain/authority/people.ts';
import { MACHINE, refuseSigner } from '../../domain/authority/signer.ts';
import { rolesEver } from '../../domain/runbook/commands.ts';
import { refuseStop } from '../../domain/stop/judge.ts';
import { isStoppingKind } from '../../domain/stop/stop.ts';
import { canonicalJson } from '../../domain/runbook/canonical-json.ts';
import { holdsRole, personById } from '../../domain/set/approval.ts';
import type { DeploymentFile } from '../../domain/deployment-file.ts';
import { adoptedData, adoptedId, DIRECT_PROBLEMS, readDirectRecord } from '../direct.ts';
import { verifyDeploymentFile } from '../deployment-file.ts';
import { parseEnvelope } from '../envelope.ts';
import { publicKey } from '../keys.ts';
import { openOrder } from '../signed-order.ts';
import type { Policy } from '../tlog/policy.ts';
import { EVIDENCE, type LogFiles } from './files.ts';
import type { Found } from './finding.ts';
import { fileAt, type Adopted, type DeploymentState, type Order } from './rules/state.ts';

type ParseDeploymentFile = Parameters<typeof verifyDeploymentFile>[3];

export const evidencePath = (digest: string): string => EVIDENCE + digest.replace(/^sha256:/, '');

/** Takes the deployment file that an entry names into force, if the root that the policy pins signed it. */
export async function takeDeploymentFile(o: {
  files: LogFiles;
  policy: Policy;
  parse: ParseDeploymentFile;
  found: Found;
  state: DeploymentState;
  index: number;
  digest: string;
  signature: string;
}): Promise<void> {
  const { files, policy, state, index, digest } = o;
  const refuse = (why: string): void => o.found.finding('deployment_file_unverified', `${state.name}: ${why}`, { index });
  const [bytes, signature] = await Promise.all([files.read(evidencePath(digest)), files.read(evidencePath(o.signature))]);
  if (!bytes || !signature) return refuse(`${digest} or its signature is not in ${EVIDENCE}`);
  const envelope = parseEnvelope(signature);
  if ('problem' in envelope) return refuse(envelope.detail);
  if (policy.rootKeys.length === 0) return refuse('the policy names no root (a line "# golive-root ed25519:…")');
  const verdict = verifyDeploymentFile(bytes, envelope, policy.rootKeys.map(publicKey), o.parse, {
    knownVersion: state.files.at(-1)?.file.version ?? 1,
  });
  if (verdict.status === 'refused') return refuse(verdict.problems.map((p) => p.rule).join(' '));
  const { file } = verdict;
  if (verdict.digest !== digest || `${file.customer}/${file.deployment}` !== state.name)
    return refuse(`it is ${verdict.digest}, of ${file.customer}/${file.deployment}`);
  state.files.push({ index, file });
}

/** A deployment without a file that the root signed has no keys by which its orders could be judged. */
export function checkDeploymentFiles(states: Iterable<DeploymentState>, found: Found): void {
  for (const state of states) {
    const judged = [...state.orders.values(), ...state.adopted];
    const without = judged.find(({ index }) => fileAt(state, index) === undefined);
    const index = without?.index ?? state.opened?.index;
    if (without || (state.opened && state.files.length === 0))
      found.finding('deployment_file_unverified', `${state.name}: no entry names it`, index === undefined ? {} : { index });
  }
}

/** The envelope is signed by a key of the person or of a gateway that attests to them, says word for word what the entry says, and the person may order it. */
export function checkEnvelope(state: DeploymentState, order: Order, bytes: Uint8Array | undefined, found: Found): void {
  const { index, command } = order;
  const file = fileAt(state, index);
  if (!file || !bytes) return; // said elsewhere
  const where = { index, file: evidencePath(order.envelope.digest) };
  const invalid = (why: string): void => found.finding('envelope_invalid', `order ${command.id}: ${why}`, where);
  const stranger = strangerTo(file, order, state);
  if (stranger !== undefined) found.finding('signer_unknown', `order ${command.id}: ${stranger}`, where);
  if (!personById(file, command.person) && command.person !== MACHINE) return;
  const envelope = parseEnvelope(bytes);
  if ('problem' in envelope) return invalid(envelope.detail);
  const signed = openOrder(envelope, file);
  const unsigned = refuseSigner(command, { file, signer: signed?.signer ?? null });
  if (unsigned) return invalid(unsigned.sentence);
  if (signed?.command === undefined || canonicalJson(signed.command) !== canonicalJson(command))
    invalid('what was signed is not what the entry says');
}

/** The record is one that a person of the deployment file signed in a role of theirs, and the entry says what it says. */
export function checkAdopted(state: DeploymentState, { index, id, data }: Adopted, bytes: Uint8Array, found: Found): void {
  const file = fileAt(state, index);
  if (!file) return; // said elsewhere
  const where = { index, file: evidencePath(data.record.digest) };
  const invalid = (why: string): void => found.finding('direct_record_invalid', `${data.commandId}: ${why}`, where);
  const record = readDirectRecord(bytes, file);
  if ('problem' in record) return invalid(`${DIRECT_PROBLEMS[record.problem].sentence} (${record.detail})`);
  if (canonicalJson(adoptedData(record, data.record)) !== canonicalJson(data))
    return invalid('the entry does not say what the record says');
  if (id !== adoptedId(state.name, data)) invalid(`it stands under the id ${id}`);
}

/** What a stop may be is said in one place; what the engine itself may order, where its signature is judged. */
function strangerTo(file: DeploymentFile, order: Order, state: DeploymentState): string | undefined {
  const { command } = order;
  const stranger = isStoppingKind(command.kind)
    ? refuseStop(command, file)?.sentence
    : command.person === MACHINE
      ? undefined
      : strangerToOrder(file, order, state);
  if (stranger !== undefined) return stranger;
  const wrong = (['customer', 'deployment', 'environment', 'logOrigin'] as const).find((field) => command[field] !== file[field]);
  return wrong === undefined ? undefined : `it is for ${wrong} ${command[wrong]}`;
}

function strangerToOrder(
  file: DeploymentFile,
  { command, index, at }: Order,
  { delegations }: DeploymentState,
): string | undefined {
  const { kind, person, role, scope, delegation } = command;
  const holder = personById(file, person);
  if (!holder) return `the deployment file names nobody called ${person}`;
  if (delegation !== undefined) {
    const unfit = refuseDelegated(command, asOf(delegations.get(delegation), index), file, at);
    if (unfit) return unfit.sentence;
  } else if (!holdsRole(holder, role)) return `${person} does not hold the role ${role}`;
  if (kind === 'delegate' && !(holder.roles.includes(role) && command.args.delegation?.role === role))
    return `${person} delegates a role that is not their own`;
  if (kind === 'revoke' && !mayRevoke(file, command, delegations.get(command.args.delegationId ?? '')))
    return `${person} revokes what somebody else delegated`;
  return rolesEver(kind, scope.level).includes(role) ? undefined : `${role} may not order ${kind}`;
}
