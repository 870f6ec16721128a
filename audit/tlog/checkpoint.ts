import { noteText, parseNote, signedBy, signText, type Note, type NoteSigner, type Verifier } from './note.ts';
import { HASH_BYTES } from './merkle.ts';

/** C2SP tlog-checkpoint: what a log says of itself. No extension lines: they cannot be audited. */
export interface TreeHead {
  origin: string;
  size: number;
  root: Buffer;
}

export interface Checkpoint extends TreeHead {
  note: Note;
}

export const headText = ({ origin, size, root }: TreeHead): string => `${origin}\n${size}\n${root.toString('base64')}\n`;

/** Reads a checkpoint's head and signatures; whether they hold is asked of `signedBy` and `cosignedAt`. */
export function parseCheckpoint(content: Uint8Array | string): Checkpoint | undefined {
  const note = parseNote(content);
  const [origin, digits, encoded, rest, ...more] = note?.text.split('\n') ?? [];
  if (!note || !origin || digits === undefined || encoded === undefined || rest !== '' || more.length > 0) return undefined;
  const size = Number(digits);
  const root = Buffer.from(encoded, 'base64');
  if (String(size) !== digits || !Number.isSafeInteger(size) || size < 0) return undefined;
  if (root.length !== HASH_BYTES || root.toString('base64') !== encoded) return undefined;
  return { origin, size, root, note };
}

/** A head under the log's signature; the key's name is the log's origin. */
export async function signHead(head: TreeHead, signer: NoteSigner): Promise<Checkpoint> {
  const text = headText(head);
  return { ...head, note: { text, signatures: [await signText(text, head.origin, signer)] } };
}

export const checkpointText = (checkpoint: Checkpoint): string => noteText(checkpoint.note);

/** A checkpoint of this log: right origin, signed with its key. */
export function verifiedCheckpoint(content: Uint8Array | string, log: Verifier): Checkpoint | undefined {
  const checkpoint = parseCheckpoint(content);
  return checkpoint?.origin === log.name && signedBy(checkpoint.note, log) ? checkpoint : undefined;
}
