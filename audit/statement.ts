import type { DeploymentFile } from '../domain/deployment-file.ts';
import { personById } from '../domain/set/approval.ts';
import { byKey, digestLines, type IndexEntry, type IndexFile } from '../domain/set/index-file.ts';
import { indexFileSchema } from '../domain/set/index-file.schema.ts';
import {
  DEPLOYMENT_FILE_PREDICATE,
  SET_PREDICATE,
  statement,
  STATEMENT_PAYLOAD_TYPE,
  type DeploymentFilePredicate,
  type SetPredicate,
} from '../domain/set/statement.ts';
import { canonicalJson, parseEnvelope, envelopeText, signJson, type Envelope, type EnvelopeSigner } from './envelope.ts';
import { publicKey, sha256Digest, sha256Hex, type PublicKey } from './keys.ts';

export const setDigest = (entries: readonly Omit<IndexEntry, 'agents'>[]): string => sha256Digest(digestLines(entries));

/** The one text of an index: canonical JSON, sorted by key, and a newline. */
export function indexText(entries: readonly IndexEntry[]): string {
  const file: IndexFile = { apiVersion: 'golive/v1', kind: 'ManifestIndex', manifests: [...entries].sort(byKey) };
  return `${canonicalJson(file)}\n`;
}

/** Reads an index; undefined when it is not exactly the text that `indexText` would write, byte for byte. */
export function readIndex(bytes: Uint8Array): IndexEntry[] | undefined {
  const parsed = indexFileSchema.safeParse(parseJson(bytes));
  if (!parsed.success) return undefined;
  const { manifests } = parsed.data;
  return Buffer.from(indexText(manifests)).equals(bytes) ? manifests : undefined;
}

export const indexEntry = (key: string, bytes: Uint8Array, agents: number): IndexEntry => ({
  key,
  sha256: sha256Hex(bytes),
  size: bytes.length,
  agents,
});

export interface Freeze extends Pick<SetPredicate, 'customer' | 'deployment' | 'version' | 'previous' | 'frozenAt'> {
  index: readonly IndexEntry[];
  signer: EnvelopeSigner;
}

/** The Atlas Operator's signature over a set, given at the freeze (C2). */
export async function signSet(freeze: Freeze): Promise<{ digest: string; envelope: Envelope }> {
  const { index, signer, customer, deployment, version, previous, frozenAt } = freeze;
  const digest = setDigest(index);
  const predicate: SetPredicate = {
    customer,
    deployment,
    version,
    ...(previous === undefined ? {} : { previous }),
    manifests: index.length,
    agents: index.reduce((sum, entry) => sum + entry.agents, 0),
    frozenAt,
  };
  const value = statement(`${customer}/${deployment} manifest set`, digest, SET_PREDICATE, predicate);
  return { digest, envelope: await signJson({ payloadType: STATEMENT_PAYLOAD_TYPE, value, signers: [signer] }) };
}

/** The sidecar `deployment.dsse.json`: the bytes of a deployment file, signed under the root. */
export function signDeploymentFile(
  bytes: Uint8Array,
  predicate: DeploymentFilePredicate,
  signers: readonly EnvelopeSigner[],
): Promise<Envelope> {
  const { customer, deployment, version } = predicate;
  const value = statement('deployment.yaml', sha256Digest(bytes), DEPLOYMENT_FILE_PREDICATE, { customer, deployment, version });
  return signJson({ payloadType: STATEMENT_PAYLOAD_TYPE, value, signers });
}

/** An envelope kept as a file: the canonical text only, because white space is outside every signature. */
export function readEnvelopeFile(bytes: Uint8Array): Envelope | undefined {
  const envelope = parseEnvelope(bytes);
  return 'problem' in envelope || !Buffer.from(envelopeText(envelope)).equals(bytes) ? undefined : envelope;
}

/** JSON, or undefined when the bytes are none. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/** Every key of the deployment file with the person who holds it. */
export const keyHolders = (file: DeploymentFile): Map<string, string> =>
  new Map(file.people.flatMap((person) => person.keys.map((key) => [publicKey(key).keyId, person.id] as const)));

export const keysOf = (file: DeploymentFile, person: string): PublicKey[] => personById(file, person)?.keys.map(publicKey) ?? [];
export const allKeys = (file: DeploymentFile): PublicKey[] => file.people.flatMap((person) => person.keys.map(publicKey));
