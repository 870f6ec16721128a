import { createHash, verify } from 'node:crypto';
import { madeKey, rawPublicKey } from '../keys.ts';

/** C2SP signed-note: a text, an empty line, and a line per signature. Anybody's signature may be added; nobody's changes the text. */
export interface Note {
  /** Ends with a newline. */
  text: string;
  signatures: NoteSignature[];
}

export interface NoteSignature {
  name: string;
  /** 8 hex digits. */
  keyId: string;
  /** What follows the key id: for a log 64 bytes, for a witness the time and 64 bytes. */
  bytes: Buffer;
}

/** What a key of a note may be for; the number is the algorithm byte of its id. */
export const KEY_TYPES = { log: 0x01, witness: 0x04 } as const;
export type KeyType = keyof typeof KEY_TYPES;

/** A public key with the name under which it signs notes. */
export interface Verifier {
  name: string;
  type: KeyType;
  keyId: string;
  /** `ed25519:<base64>` */
  publicKey: string;
}

/** What signing needs of a key; `clients/keys` gives more. */
export interface NoteSigner {
  publicKey: string;
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

const MAX_NOTE_BYTES = 16 * 1024;
const MAX_SIGNATURES = 64;
const KEY_NAME = /^[^\s+\p{Cc}]{1,200}$/u;
const SIGNATURE_LINE = /^— (\S+) ([A-Za-z0-9+/]+={0,2})$/u;
// Control characters other than the newline; a note is text that people read.
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f]/;

/** A verifier of a key under a name. Throws on a name or key that no note may carry. */
export function verifierOf(name: string, type: KeyType, publicKey: string): Verifier {
  const raw = rawPublicKey(publicKey);
  if (!raw) throw new Error(`not a public key of the form ed25519:<base64 of 32 bytes>: ${publicKey.slice(0, 80)}`);
  if (!KEY_NAME.test(name)) throw new Error(`not a key name (no spaces, no plus sign): ${name.slice(0, 80)}`);
  return { name, type, keyId: keyIdOf(name, type, raw), publicKey };
}

/** `name+hex8(id)+base64(type || key)`, the form in which keys are handed around. */
export function vkey({ name, type, keyId, publicKey }: Verifier): string {
  const raw = rawPublicKey(publicKey) ?? new Uint8Array();
  return `${name}+${keyId}+${Buffer.concat([Buffer.of(KEY_TYPES[type]), raw]).toString('base64')}`;
}

export function parseVkey(text: string): Verifier | undefined {
  const [, name, keyId, encoded] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text) ?? [];
  if (name === undefined || encoded === undefined || !KEY_NAME.test(name)) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  const type = (Object.keys(KEY_TYPES) as KeyType[]).find((t) => KEY_TYPES[t] === bytes[0]);
  if (type === undefined || bytes.length !== 33 || bytes.toString('base64') !== encoded) return undefined;
  const raw = bytes.subarray(1);
  if (keyIdOf(name, type, raw) !== keyId) return undefined;
  return { name, type, keyId, publicKey: `ed25519:${raw.toString('base64')}` };
}

function keyIdOf(name: string, type: KeyType, raw: Uint8Array): string {
  const hash = createHash('sha256').update(`${name}\n`).update(Buffer.of(KEY_TYPES[type])).update(raw);
  return hash.digest('hex').slice(0, 8);
}

export function signatureLine({ name, keyId, bytes }: NoteSignature): string {
  return `— ${name} ${Buffer.concat([Buffer.from(keyId, 'hex'), bytes]).toString('base64')}\n`;
}

/** The log's own signature, over the text itself. */
export async function signText(text: string, name: string, signer: NoteSigner): Promise<NoteSignature> {
  const { keyId } = verifierOf(name, 'log', signer.publicKey);
  return { name, keyId, bytes: Buffer.from(await signer.sign(Buffer.from(text))) };
}

export const noteText = ({ text, signatures }: Note): string => `${text}\n${signatures.map(signatureLine).join('')}`;

/** Takes a note apart; nothing of it is verified yet. Undefined when it is none. */
export function parseNote(content: Uint8Array | string): Note | undefined {
  if (content.length > MAX_NOTE_BYTES) return undefined;
  const whole = decode(content);
  const border = whole?.lastIndexOf('\n\n') ?? -1;
  if (whole === undefined || border < 0 || !whole.endsWith('\n') || CONTROL.test(whole)) return undefined;
  const lines = whole.slice(border + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) return undefined;
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const [, name, encoded] = SIGNATURE_LINE.exec(line) ?? [];
    const bytes = Buffer.from(encoded ?? '', 'base64');
    if (name === undefined || !KEY_NAME.test(name) || bytes.length < 5 || bytes.toString('base64') !== encoded) return undefined;
    signatures.push({ name, keyId: bytes.subarray(0, 4).toString('hex'), bytes: bytes.subarray(4) });
  }
  return { text: whole.slice(0, border + 1), signatures };
}

function decode(content: Uint8Array | string): string | undefined {
  if (typeof content === 'string') return content;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return undefined;
  }
}

/** The signature lines that carry a verifier's name and id: none, one, or several that all have to hold. */
export const linesOf = (note: Note, { name, keyId }: Verifier): NoteSignature[] =>
  note.signatures.filter((s) => s.name === name && s.keyId === keyId);

/** True when the key's line is there and holds. A line of a known key that does not hold spoils the note, so every one must. */
export function signedBy(note: Note, verifier: Verifier): boolean {
  const lines = linesOf(note, verifier);
  return lines.length > 0 && lines.every((line) => verifyBytes(verifier, Buffer.from(note.text), line.bytes));
}

export function verifyBytes({ publicKey }: Verifier, message: Uint8Array, signature: Uint8Array): boolean {
  const key = madeKey(publicKey)?.key;
  return key !== undefined && signature.length === 64 && verify(null, message, key, signature);
}
