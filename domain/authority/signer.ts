import { ATTESTABLE_KINDS, type Attestation, type AttestableKind, type Command, type CommandKind } from '../command.ts';
import type { DeploymentFile, Person } from '../deployment-file.ts';
import { MACHINE_ROLE } from '../roles.ts';
import { personById } from '../set/approval.ts';
import { refuse, type OrderContext, type Refusal, type Signer } from './context.ts';

/** Who gives the orders that the engine signs itself. */
export const MACHINE = 'golive';

/** It may lower, and take back a pause of its own. */
const MACHINE_KINDS: readonly CommandKind[] = ['pause', 'rollback', 'halt', 'resume'];

/**
 * Was the order given by the person whom it names? With their own key, and then nobody attests to it; or before a gateway
 * that the deployment file believes, which says whom Slack showed it. Asked wherever an order has power: when it is judged,
 * before each call to the platform that rests on it, and by whoever verifies the log.
 */
export const refuseSigner = (command: Command, { file, signer }: Pick<OrderContext, 'file' | 'signer'>): Refusal | null => {
  if (command.person === MACHINE) return refuseMachine(command, signer, file);
  const named = personById(file, command.person);
  if (named === undefined) return refuse('unknown_person', `The deployment file names nobody called ${command.person}.`);
  if (signer === null) return invalid(`No key of ${named.name} verifies this order.`);
  if ('machine' in signer) return invalid(`The engine signed this order in the name of ${named.name}.`);
  return 'person' in signer ? refuseOwnKey(command, named, signer.person) : refuseGateway(command, named, signer.gateway, file);
};

const refuseMachine = (command: Command, signer: Signer | null, { machine }: DeploymentFile): Refusal | null => {
  const { kind, role, attestation, delegation } = command;
  if (signer === null || !('machine' in signer) || machine?.includes(signer.machine) !== true)
    return invalid('No key of the engine verifies this order.');
  if (attestation !== undefined || delegation !== undefined) return invalid('The engine acts for nobody, and nobody for it.');
  if (role !== MACHINE_ROLE) return refuse('role_not_held', 'golive itself holds no role of people.');
  return MACHINE_KINDS.includes(kind) ? null : refuse('role_not_allowed', `golive ${kind} is for people.`);
};

const refuseOwnKey = ({ attestation }: Command, named: Person, signer: Person): Refusal | null => {
  if (signer.id !== named.id) return invalid(`${signer.name} signed this order in the name of ${named.name}.`);
  return attestation === undefined ? null : invalid(`${named.name} attests to this order; only a gateway does that.`);
};

const refuseGateway = (command: Command, named: Person, gateway: string, { slack }: DeploymentFile): Refusal | null => {
  const { kind, attestation } = command;
  if (slack?.attestedBy.includes(gateway) !== true) return invalid('The deployment file takes no word of that gateway.');
  if (attestation === undefined) return invalid(`A gateway signed this order, and does not say how ${named.name} gave it.`);
  if (!isOf(attestation, named, slack.team)) return invalid(`It was not ${named.name} who gave this order in Slack.`);
  return isAttestable(kind) && slack.allows.includes(kind) && isAllOf(command)
    ? null
    : refuse('personal_signature_needed', `golive ${kind} needs the personal signature of ${named.name}; Slack is not enough.`);
};

const isOf = ({ team, user }: Attestation, { slack }: Person, ours: string): boolean =>
  team === ours && slack !== undefined && user === slack;

const isAttestable = (kind: CommandKind): kind is AttestableKind => (ATTESTABLE_KINDS as readonly CommandKind[]).includes(kind);

/** Of an incident only that somebody takes it on: what is written about one, and its end, is for the person's own key. */
const isAllOf = ({ kind, args }: Command): boolean => kind !== 'incident' || args.incident?.act === 'ack';

const invalid = (sentence: string): Refusal => refuse('signature_invalid', sentence);
