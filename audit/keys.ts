import { createHash, createPublicKey, type KeyObject } from 'node:crypto';

/** A public key as deployment file, policy and envelope checks name it. */
export interface PublicKey {
  /** First 16 hex digits of the SHA-256 of the raw key. A name, never a proof. */
  keyId: string;
  /** `ed25519:<base64 of the 32 raw bytes>` */
  publicKey: string;
}

const PREFIX = 'ed25519:';
const RAW_BYTES = 32;
/** DER header of an Ed25519 SubjectPublicKeyInfo; the raw key follows it. */
const SPKI_HEADER = Buffer.from('302a300506032b6570032100', 'hex');

/** The 32 raw bytes of a key in text form, or undefined when the text is not exactly one such key. */
export function rawPublicKey(text: string): Uint8Array | undefined {
  if (!text.startsWith(PREFIX)) return undefined;
  const encoded = text.slice(PREFIX.length);
  const raw = Buffer.from(encoded, 'base64');
  // Buffer ignores what it does not understand; two texts for one key would let one person appear as two.
  if (raw.length !== RAW_BYTES || raw.toString('base64') !== encoded) return undefined;
  return raw;
}

export function keyIdOf(raw: Uint8Array): string {
  return createHash('sha256').update(raw).digest('hex').slice(0, 16);
}

/** Reads a key in text form; throws on anything else, because keys come from signed or pinned files that were checked before. */
export function publicKey(text: string): PublicKey {
  const made = madeKey(text);
  if (!made) throw new Error(`not a public key of the form ed25519:<base64 of 32 bytes>: ${text.slice(0, 80)}`);
  return { keyId: made.keyId, publicKey: text };
}

// Making a key takes as long as verifying with it, and a log is verified with the same few keys throughout.
const remembered = new Map<string, MadeKey>();
const REMEMBERED = 1000;

interface MadeKey {
  /** From its bytes. */
  keyId: string;
  key: KeyObject;
}

/** What is needed to verify with a key; undefined when the text is none. */
export function madeKey(text: string): MadeKey | undefined {
  const known = remembered.get(text);
  if (known) return known;
  const raw = rawPublicKey(text);
  if (!raw) return undefined;
  const key = createPublicKey({ key: Buffer.concat([SPKI_HEADER, raw]), format: 'der', type: 'spki' });
  const made = { keyId: keyIdOf(raw), key };
  if (remembered.size >= REMEMBERED) remembered.clear();
  remembered.set(text, made);
  return made;
}

export const sha256Hex = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');
export const sha256Digest = (bytes: Uint8Array | string): string => `sha256:${sha256Hex(bytes)}`;
