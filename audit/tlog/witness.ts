import { parseCheckpoint, type Checkpoint, type TreeHead } from './checkpoint.ts';
import { continues, EMPTY_ROOT, HASH_BYTES } from './merkle.ts';
import { linesOf, signedBy, type Verifier } from './note.ts';

/** C2SP tlog-witness, without its memory and its key: what a request asks for, and whether it may be granted. */
export type Judgement =
  /** To be remembered, then cosigned. The checkpoint carries the lines of known log keys and no others. */
  | { status: 200; checkpoint: Checkpoint }
  | { status: 400 | 403 | 404 | 422; reason: string }
  /** The asker's last size is not the witness's; `size` is. */
  | { status: 409; reason: string; size: number };

type Remembered = Pick<TreeHead, 'size' | 'root'>;

const MAX_PROOF_LINES = 63;
/** 63 proof lines and a note of the largest size. */
export const MAX_REQUEST_BYTES = 20 * 1024;

/** Body of `POST /add-checkpoint`. `old` is the size that the witness is thought to remember; the proof leads on from there. */
export const witnessRequest = (old: number, proof: readonly Uint8Array[], checkpoint: string): string =>
  `old ${old}\n${proof.map((hash) => `${Buffer.from(hash).toString('base64')}\n`).join('')}\n${checkpoint}`;

/**
 * Grants what continues the largest tree that was ever granted of its origin, the same tree again included, and nothing else.
 * Whoever remembers and signs must let no other request of the origin be judged in between.
 */
export function judge(
  body: Uint8Array,
  logs: readonly Verifier[],
  remembered: (origin: string) => Remembered | undefined,
): Judgement {
  const request = parseRequest(body);
  if (!request)
    return { status: 400, reason: 'old <size>, up to 63 lines of proof, an empty line and a checkpoint are expected' };
  const { old, proof, checkpoint } = request;
  const { origin, size, root, note } = checkpoint;
  const keys = logs.filter((log) => log.name === origin);
  if (keys.length === 0) return { status: 404, reason: `this witness does not watch ${origin}` };
  const signing = keys.filter((key) => linesOf(note, key).length > 0);
  if (signing.length === 0 || !signing.every((key) => signedBy(note, key)))
    return { status: 403, reason: `the checkpoint is not signed with the key known of ${origin}` };
  if (old > size) return { status: 400, reason: `a checkpoint of ${size} entries does not continue one of ${old}` };
  const last = remembered(origin) ?? { size: 0, root: EMPTY_ROOT };
  if (old !== last.size) return { status: 409, reason: `the last tree cosigned has ${last.size} entries`, size: last.size };
  if (!continues({ old, oldRoot: last.root, size, root, proof }))
    return { status: 422, reason: `the tree of ${size} entries is not shown to begin with the one of ${old} that was cosigned` };
  const signatures = signing.flatMap((key) => linesOf(note, key));
  return { status: 200, checkpoint: { ...checkpoint, note: { text: note.text, signatures } } };
}

function parseRequest(body: Uint8Array): { old: number; proof: Buffer[]; checkpoint: Checkpoint } | undefined {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  // The first empty line: a checkpoint has one as well, before its signatures.
  const border = bytes.indexOf('\n\n');
  if (border < 0) return undefined;
  const [first = '', ...lines] = bytes.subarray(0, border).toString('latin1').split('\n');
  const [, digits = ''] = /^old (0|[1-9][0-9]{0,15})$/.exec(first) ?? [];
  const old = Number(digits);
  const proof = lines.map((line) => Buffer.from(line, 'base64'));
  const checkpoint = parseCheckpoint(bytes.subarray(border + 2));
  if (digits === '' || !Number.isSafeInteger(old) || lines.length > MAX_PROOF_LINES || !checkpoint) return undefined;
  if (!proof.every((hash, i) => hash.length === HASH_BYTES && hash.toString('base64') === lines[i])) return undefined;
  return { old, proof, checkpoint };
}
