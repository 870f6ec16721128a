import { beforeAll, describe, expect, it } from 'vitest';
import { signHead, type Checkpoint } from '../../../audit/tlog/checkpoint.ts';
import { cosign } from '../../../audit/tlog/cosignature.ts';
import { leafHash, MerkleTree } from '../../../audit/tlog/merkle.ts';
import { verifierOf } from '../../../audit/tlog/note.ts';
import type { Policy } from '../../../audit/tlog/policy.ts';
import { parseReceipt, receiptOf, receiptProblem, receiptText } from '../../../audit/tlog/receipt.ts';
import { temporarySigner } from '../../../clients/keys/local.ts';

const [log, witness] = [temporarySigner(), temporarySigner()];
const origin = 'log.example';
const policy: Policy = {
  log: verifierOf(origin, 'log', log.publicKey),
  witnesses: [{ label: 'w', verifier: verifierOf('w.example', 'witness', witness.publicKey) }],
  quorum: 'w',
  rootKeys: [],
};
const entry = (n: number): Buffer => Buffer.from(`entry ${n}`);
const tree = new MerkleTree();
for (let n = 0; n < 20; n++) tree.append(leafHash(entry(n)));
let checkpoint: Checkpoint;
const SIZE = 13;

beforeAll(async () => {
  checkpoint = await signHead({ origin, size: SIZE, root: Buffer.from(tree.root(SIZE)) }, log);
  checkpoint.note.signatures.push(await cosign(checkpoint.note.text, 'w.example', witness, 1_772_000_000));
});

const received = (index: number) => {
  const receipt = parseReceipt(receiptText(receiptOf(tree, index, checkpoint)));
  if (!receipt) throw new Error('the receipt cannot be read');
  return receipt;
};

describe('a receipt', () => {
  it('proves its entry to whoever has the policy, for every entry under the checkpoint', () => {
    for (let n = 0; n < SIZE; n++) expect(receiptProblem(received(n), entry(n), policy)).toBeNull();
  });

  it('proves no other entry, no other place and no other log', () => {
    const receipt = received(5);
    expect(receiptProblem(receipt, entry(6), policy)).toContain('entry 5');
    expect(receiptProblem({ ...receipt, index: 6 }, entry(5), policy)).toContain('entry 6');
    const other = { ...policy, log: verifierOf('other.example', 'log', log.publicKey) };
    expect(receiptProblem(receipt, entry(5), other)).toContain('other.example');
  });

  it('without the lines of log and witness proves nothing', () => {
    const receipt = received(5);
    const [byLog, byWitness] = receipt.checkpoint.note.signatures;
    const only = (...signatures: typeof receipt.checkpoint.note.signatures) => ({
      ...receipt,
      checkpoint: { ...receipt.checkpoint, note: { ...receipt.checkpoint.note, signatures } },
    });
    if (!byLog || !byWitness) throw new Error('two lines');
    expect(receiptProblem(only(byWitness), entry(5), policy)).toContain('signature');
    expect(receiptProblem(only(byLog), entry(5), policy)).toContain('cosigned');
  });

  it('that is not one is none', () => {
    const text = receiptText(receiptOf(tree, 5, checkpoint));
    for (const wrong of [text.replace('@v1', '@v2'), text.replace('index 5', 'index 05'), text.replace('\n\n', '\nAAAA\n\n'), ''])
      expect(parseReceipt(wrong)).toBeUndefined();
  });
});
