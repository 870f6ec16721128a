import { checkpointText, parseCheckpoint, type Checkpoint } from '../tlog/checkpoint.ts';
import { cosignedAt } from '../tlog/cosignature.ts';
import { linesOf, signedBy, type Verifier } from '../tlog/note.ts';
import type { Policy } from '../tlog/policy.ts';
import type { MerkleTree } from '../tlog/merkle.ts';
import { COPIES, readAll, type LogFiles } from './files.ts';
import type { Found } from './finding.ts';

/** A checkpoint under the signature of the log. */
export interface Signed {
  file: string;
  checkpoint: Checkpoint;
  /** When the witness of the quorum signed, Unix seconds; undefined when it did not. */
  cosignedAt: number | undefined;
  /** Lines of witnesses that hold. */
  witnessLines: number;
}

export const quorumOf = (policy: Policy): Verifier | undefined =>
  policy.witnesses.find((w) => w.label === policy.quorum)?.verifier;

/** A checkpoint of this log and its lines; a finding, and undefined, where it is not under the signature of the log. */
export function readSigned(bytes: Uint8Array, file: string, policy: Policy, found: Found): Signed | undefined {
  const checkpoint = parseCheckpoint(bytes);
  if (!checkpoint || checkpointText(checkpoint) !== Buffer.from(bytes).toString('utf8')) {
    found.finding('checkpoint_unreadable', file, { file });
    return undefined;
  }
  if (checkpoint.origin !== policy.log.name || !signedBy(checkpoint.note, policy.log)) {
    found.finding('checkpoint_unsigned', `${file} is of ${checkpoint.origin}; the policy is for ${policy.log.name}`, { file });
    return undefined;
  }
  let witnessLines = 0;
  for (const { verifier } of policy.witnesses) {
    const lines = linesOf(checkpoint.note, verifier).length;
    if (lines === 0) continue;
    if (cosignedAt(checkpoint.note, verifier) === undefined)
      found.finding('checkpoint_not_cosigned', `the line of ${verifier.name} in ${file} does not hold`, { file });
    else witnessLines += lines;
  }
  const quorum = quorumOf(policy);
  return { file, checkpoint, cosignedAt: quorum && cosignedAt(checkpoint.note, quorum), witnessLines };
}

const COPY = /^(0|[1-9]\d{0,15})-([1-9]\d{0,15})$/;

/** Size and time that the name of a copy stands for. */
export function copyName(path: string): { size: number; time: number } | undefined {
  const [, size, time] = COPY.exec(path.slice(COPIES.length)) ?? [];
  return size === undefined ? undefined : { size: Number(size), time: Number(time) };
}

/** Reads every copy that the log kept of its checkpoints. */
export async function readCopies(o: {
  files: LogFiles;
  paths: readonly string[];
  policy: Policy;
  current: Signed;
  found: Found;
}): Promise<Signed[]> {
  const { files, policy, current, found } = o;
  const copies: Signed[] = [];
  const text = checkpointText(current.checkpoint);
  let kept = false;
  const paths = o.paths.filter((path) => path.startsWith(COPIES));
  for await (const { item: file, bytes } of readAll(paths, (path) => files.read(path), files.ahead)) {
    const named = copyName(file);
    if (!named || !bytes) {
      found.finding('file_extra', `${file} is no copy of a checkpoint`, { file });
      continue;
    }
    const signed = readSigned(bytes, file, policy, found);
    if (!signed) continue;
    const { size } = signed.checkpoint;
    const time = signed.cosignedAt ?? named.time;
    if (size !== named.size || time !== named.time)
      found.finding('checkpoint_misnamed', `${file} is of size ${size}, signed at ${time}`, { file });
    kept ||= Buffer.from(bytes).toString('utf8') === text;
    copies.push(signed);
  }
  if (!kept) found.finding('checkpoint_not_kept', `size ${current.checkpoint.size}`, { file: current.file });
  return copies;
}

/** Whether a signed checkpoint is about the beginning of this tree. `intact`: entries up to here are those that were signed. */
export function checkHistory(signed: Signed, tree: MerkleTree, intact: number, found: Found): void {
  const { file, checkpoint } = signed;
  const { size, root } = checkpoint;
  if (size > tree.size) found.finding('rewound', `${file} is about ${size} entries, the log has ${tree.size}`, { file });
  else if (size <= intact && !tree.root(size).equals(root)) found.finding('forked', `${file}, size ${size}`, { file });
}
