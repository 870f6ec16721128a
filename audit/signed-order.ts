import type { Signer } from '../domain/authority/context.ts';
import { COMMAND_PAYLOAD_TYPE, type Command } from '../domain/command.ts';
import { commandSchema } from '../domain/command.schema.ts';
import type { DeploymentFile } from '../domain/deployment-file.ts';
import { canonicalJson, verifyEnvelope, type Envelope } from './envelope.ts';
import { publicKey } from './keys.ts';
import { parseJson } from './statement.ts';

export interface SignedOrder {
  signer: Signer;
  /** Undefined when what was signed is no order in its one spelling. */
  command: Command | undefined;
}

/**
 * The order in an envelope, and whose key verifies it; found by trying the keys of the signed deployment file, never by
 * what the order says of itself. Undefined when none does. Whether that key may speak for whom the order names is
 * `refuseSigner`'s to say.
 */
export function openOrder(envelope: Envelope, file: DeploymentFile): SignedOrder | undefined {
  const all = known(file);
  // Together, so that the key which the envelope names is tried first, and not everybody's before it.
  const keys = all.flatMap((one) => one.keys.map(publicKey));
  const verified = verifyEnvelope(envelope, keys, COMMAND_PAYLOAD_TYPE);
  if ('problem' in verified) return undefined;
  const by = all.find((one) => one.keys.some((key) => verified.publicKeys.includes(key)));
  return by && { signer: by.signer, command: commandIn(verified.payload) };
}

const known = ({ people, slack, machine }: DeploymentFile): { signer: Signer; keys: string[] }[] => [
  ...people.map((person) => ({ signer: { person }, keys: person.keys })),
  ...(slack?.attestedBy ?? []).map((gateway) => ({ signer: { gateway }, keys: [gateway] })),
  ...(machine ?? []).map((key) => ({ signer: { machine: key }, keys: [key] })),
];

function commandIn(payload: Uint8Array): Command | undefined {
  const parsed = commandSchema.safeParse(parseJson(payload));
  // One order has one spelling, so that what is verified later from the log is what was signed.
  return parsed.success && Buffer.from(canonicalJson(parsed.data)).equals(payload) ? parsed.data : undefined;
}
