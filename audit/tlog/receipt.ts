import { checkpointText, parseCheckpoint, type Checkpoint } from './checkpoint.ts';
import { cosignedAt } from './cosignature.ts';
import { includes, leafHash, HASH_BYTES, type MerkleTree } from './merkle.ts';
import { signedBy } from './note.ts';
import type { Policy } from './policy.ts';

/** C2SP tlog-proof: that one entry is in the log, for somebody who holds the entry, the policy and nothing else. */
export interface Receipt {
  index: number;
  proof: Buffer[];
  checkpoint: Checkpoint;
}

const HEADER = 'c2sp.org/tlog-proof@v1';
const MAX_PROOF = 63;

/** `tree` may have grown beyond the checkpoint. */
export const receiptOf = (tree: MerkleTree, index: number, checkpoint: Checkpoint): Receipt => ({
  index,
  proof: tree.inclusionProof(index, checkpoint.size),
  checkpoint,
});

export function receiptText({ index, proof, checkpoint }: Receipt): string {
  return [HEADER, `index ${index}`, ...proof.map((hash) => hash.toString('base64')), '', checkpointText(checkpoint)].join('\n');
}

export function parseReceipt(text: string): Receipt | undefined {
  const border = text.indexOf('\n\n');
  const [header, indexLine, ...hashes] = text.slice(0, border).split('\n');
  const digits = /^index (0|[1-9]\d{0,15})$/.exec(indexLine ?? '')?.[1];
  const checkpoint = parseCheckpoint(text.slice(border + 2));
  if (border < 0 || header !== HEADER || digits === undefined || hashes.length > MAX_PROOF || !checkpoint) return undefined;
  const proof = hashes.map((hash) => Buffer.from(hash, 'base64'));
  if (proof.some((bytes, i) => bytes.length !== HASH_BYTES || bytes.toString('base64') !== hashes[i])) return undefined;
  return { index: Number(digits), proof, checkpoint };
}

/** Why the receipt does not prove the entry, or null when it does. Needs no network. */
export function receiptProblem(receipt: Receipt, entry: Uint8Array, policy: Policy): string | null {
  const { index, proof, checkpoint } = receipt;
  if (checkpoint.origin !== policy.log.name) return `the receipt is of the log ${checkpoint.origin}, not ${policy.log.name}`;
  if (!signedBy(checkpoint.note, policy.log)) return "the checkpoint does not carry the log's signature";
  const witness = policy.witnesses.find((w) => w.label === policy.quorum);
  if (witness && cosignedAt(checkpoint.note, witness.verifier) === undefined) {
    return `the checkpoint is not cosigned by ${witness.verifier.name}`;
  }
  const { size, root } = checkpoint;
  return includes({ index, size, leaf: leafHash(entry), proof, root }) ? null : `entry ${index} is not what the log holds there`;
}
