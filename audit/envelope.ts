import { verify } from 'node:crypto';
import canonicalize from 'canonicalize';
import { madeKey, sha256Digest, type PublicKey } from './keys.ts';

/** DSSE v1.0.2, byte for byte, so that tools nobody here wrote verify it. */
export interface Envelope {
  payloadType: string;
  /** Standard base64, padded. */
  payload: string;
  signatures: { keyid: string; sig: string }[];
}

/** What signing needs of a key; `clients/keys` gives more. */
export interface EnvelopeSigner {
  keyId: string;
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

export interface VerifiedEnvelope {
  /** The very bytes that were signed. Parse these and nothing else. */
  payload: Uint8Array;
  /** The distinct keys that really verified: signatures and key ids are not counted, keys are. */
  keyIds: string[];
  /** The same keys themselves, for who must not go by a name. */
  publicKeys: string[];
  /** Signatures that no given key verifies, or that carry another key's id. Files at rest must have none. */
  unverified: number;
}

export interface EnvelopeProblem {
  problem: 'malformed' | 'too_large' | 'wrong_payload_type' | 'no_valid_signature';
  detail: string;
}

export const ENVELOPE_LIMIT_BYTES = 64 * 1024;
const MAX_SIGNATURES = 16;

/** Pre-authentication encoding: `DSSEv1 <len(type)> <type> <len(body)> <body>`. The type is signed with the body. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = Buffer.from(payloadType, 'utf8');
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} `), type, Buffer.from(` ${payload.length} `), payload]);
}

export async function signEnvelope(options: {
  payloadType: string;
  payload: Uint8Array;
  signers: readonly EnvelopeSigner[];
}): Promise<Envelope> {
  const { payloadType, payload, signers } = options;
  const bytes = preAuthEncoding(payloadType, payload);
  const signatures = await Promise.all(
    signers.map(async (signer) => ({ keyid: signer.keyId, sig: Buffer.from(await signer.sign(bytes)).toString('base64') })),
  );
  return { payloadType, payload: Buffer.from(payload).toString('base64'), signatures };
}

/** Signs a value as canonical JSON (RFC 8785), so that two signers of the same statement sign the same bytes. */
export function signJson(options: {
  payloadType: string;
  value: unknown;
  signers: readonly EnvelopeSigner[];
}): Promise<Envelope> {
  return signEnvelope({
    payloadType: options.payloadType,
    payload: Buffer.from(canonicalJson(options.value)),
    signers: options.signers,
  });
}

export function verifyEnvelope(
  envelope: Envelope,
  keys: readonly PublicKey[],
  expectedPayloadType: string,
): VerifiedEnvelope | EnvelopeProblem {
  if (envelope.payloadType !== expectedPayloadType) {
    return { problem: 'wrong_payload_type', detail: `${envelope.payloadType.slice(0, 100)} instead of ${expectedPayloadType}` };
  }
  const payload = strictBase64(envelope.payload);
  if (!payload) return { problem: 'malformed', detail: 'the payload is not base64' };
  const signed = preAuthEncoding(envelope.payloadType, payload);
  // A key's id is made from its bytes here, whatever the caller's list calls it: ids must not let one key count twice.
  const known = keys.flatMap(({ publicKey }) => {
    const made = madeKey(publicKey);
    return made ? [{ ...made, publicKey }] : [];
  });

  const keyIds = new Set<string>();
  const publicKeys = new Set<string>();
  let unverified = 0;
  for (const { keyid, sig } of envelope.signatures.slice(0, MAX_SIGNATURES)) {
    const signature = strictBase64(sig);
    // The id is an unauthenticated hint: it decides which key is tried first and nothing else.
    const candidates = [...known.filter((k) => k.keyId === keyid), ...known.filter((k) => k.keyId !== keyid)];
    const match = signature && candidates.find((k) => verify(null, signed, k.key, signature));
    if (match) {
      keyIds.add(match.keyId);
      publicKeys.add(match.publicKey);
    }
    if (match?.keyId !== keyid) unverified += 1;
  }
  if (keyIds.size === 0) return { problem: 'no_valid_signature', detail: 'no signature verifies against a known key' };
  return { payload, keyIds: [...keyIds], publicKeys: [...publicKeys], unverified };
}

/** Reads an envelope from JSON text. The size is checked before anything is parsed. */
export function parseEnvelope(json: Uint8Array | string, limitBytes: number = ENVELOPE_LIMIT_BYTES): Envelope | EnvelopeProblem {
  const bytes = typeof json === 'string' ? Buffer.from(json, 'utf8') : json;
  if (bytes.length > limitBytes) return { problem: 'too_large', detail: `${bytes.length} bytes; at most ${limitBytes}` };
  try {
    return readEnvelope(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)), limitBytes);
  } catch {
    return { problem: 'malformed', detail: 'not JSON' };
  }
}

/** The same for a value that was already JSON, as in a signal. Nothing is ignored: an unknown field makes it no envelope. */
export function readEnvelope(value: unknown, limitBytes: number = ENVELOPE_LIMIT_BYTES): Envelope | EnvelopeProblem {
  const malformed = (detail: string): EnvelopeProblem => ({ problem: 'malformed', detail });
  if (!hasExactly(value, ['payload', 'payloadType', 'signatures']))
    return malformed('fields must be exactly payload, payloadType, signatures');
  const { payload, payloadType, signatures } = value;
  if (typeof payloadType !== 'string' || payloadType.length === 0 || payloadType.length > 200) return malformed('payloadType');
  if (typeof payload !== 'string') return malformed('payload');
  if (payload.length > limitBytes)
    return { problem: 'too_large', detail: `${payload.length} bytes of payload; at most ${limitBytes}` };
  if (!strictBase64(payload)) return malformed('the payload is not base64');
  if (!Array.isArray(signatures) || signatures.length === 0 || signatures.length > MAX_SIGNATURES) {
    return malformed(`between 1 and ${MAX_SIGNATURES} signatures`);
  }
  const read: Envelope['signatures'] = [];
  for (const signature of signatures as unknown[]) {
    if (!hasExactly(signature, ['keyid', 'sig'])) return malformed('a signature has exactly keyid and sig');
    const { keyid, sig } = signature;
    if (typeof keyid !== 'string' || keyid.length > 128 || typeof sig !== 'string' || sig.length > 1024 || !strictBase64(sig))
      return malformed('signature');
    read.push({ keyid, sig });
  }
  return { payloadType, payload, signatures: read };
}

/** The one text form in which envelopes are kept: canonical JSON and a newline. */
export const envelopeText = (envelope: Envelope): string => `${canonicalJson(envelope)}\n`;

/** `sha256:<hex>` of the envelope's canonical JSON, the name by which the log cites it. */
export const envelopeDigest = (envelope: Envelope): string => sha256Digest(canonicalJson(envelope));

/** RFC 8785. Throws where JSON has no words for the value (undefined, NaN, cycles). */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('this value has no JSON form');
  return text;
}

/** Only the one padded standard encoding: a second spelling of the same bytes would be a change that no signature sees. */
function strictBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

function hasExactly<K extends string>(value: unknown, fields: readonly K[]): value is Record<K, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  return keys.length === fields.length && fields.every((field) => keys.includes(field));
}
