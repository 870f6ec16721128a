import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkpointText, parseCheckpoint } from '../../../audit/tlog/checkpoint.ts';
import { cosign } from '../../../audit/tlog/cosignature.ts';
import { EMPTY_ROOT, type MerkleTree } from '../../../audit/tlog/merkle.ts';
import { signatureLine, signText } from '../../../audit/tlog/note.ts';
import { judge, witnessRequest, type Judgement } from '../../../audit/tlog/witness.ts';
import { temporarySigner } from '../../../clients/keys/local.ts';
import { TestLog } from './test-log.ts';

/** Judges as a witness that has cosigned this tree at this size, or nothing yet. */
const asked = (log: TestLog, body: Uint8Array, cosigned?: { tree: MerkleTree; size: number }): Judgement =>
  judge(body, [log.verifier], () => cosigned && { size: cosigned.size, root: cosigned.tree.root(cosigned.size) });

describe('a witness', () => {
  it('cosigns the first tree that it sees of a log, and from then on only what continues it', async () => {
    const sizes = fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 300 }));
    const log = new TestLog('golive.test/acme', 600);
    const tree = log.tree();
    await fc.assert(
      fc.asyncProperty(sizes, async ([old, more]) => {
        expect(asked(log, await log.request(0, old)).status).toBe(200);
        const granted = asked(log, await log.request(old, old + more), { tree, size: old });
        expect(granted).toMatchObject({ status: 200, checkpoint: { size: old + more } });
      }),
      { numRuns: 60 },
    );
  });

  it('cosigns the same tree again, so that everybody sees that the log is not frozen', async () => {
    const log = new TestLog('golive.test/acme', 7);
    expect(asked(log, await log.request(7), { tree: log.tree(), size: 7 }).status).toBe(200);
  });

  it('refuses a rewind that is signed with the real key of the log', async () => {
    const log = new TestLog('golive.test/acme', 100);
    const cosigned = { tree: log.tree(), size: 100 };
    expect(asked(log, await log.request(60, 60), cosigned)).toMatchObject({ status: 409, size: 100 });
    expect(asked(log, await log.request(0, 60), cosigned)).toMatchObject({ status: 409, size: 100 });
    expect(asked(log, await log.request(100, 60), cosigned)).toMatchObject({ status: 400 });
  });

  it('refuses another history of the same size or a larger one that is signed with the real key of the log', async () => {
    const log = new TestLog('golive.test/acme', 100);
    const cosigned = { tree: log.tree(), size: 100 };
    for (const from of [0, 50, 99]) {
      const fork = log.forked(from);
      expect(asked(log, await fork.request(100), cosigned)).toMatchObject({ status: 422 });
      fork.grow(30);
      expect(asked(log, await fork.request(100), cosigned)).toMatchObject({ status: 422 });
    }
  });

  it('refuses growth with a proof that is missing, cut, swapped or of another size', async () => {
    const log = new TestLog('golive.test/acme', 200);
    const tree = log.tree();
    const [first, ...rest] = tree.consistencyProof(77, 200);
    const checkpoint = await log.checkpoint(200);
    const bad = [
      [],
      rest,
      [...rest, first ?? EMPTY_ROOT],
      tree.consistencyProof(78, 200),
      [first ?? EMPTY_ROOT, ...rest, EMPTY_ROOT],
    ];
    for (const proof of bad) {
      expect(asked(log, Buffer.from(witnessRequest(77, proof, checkpoint)), { tree, size: 77 })).toMatchObject({ status: 422 });
    }
    const beginning = Buffer.from(witnessRequest(0, [EMPTY_ROOT], checkpoint));
    expect(asked(log, beginning)).toMatchObject({ status: 422 });
  });

  it('does not answer for a log that it was not told of, or for a key that is not that of the log', async () => {
    const log = new TestLog();
    const other = new TestLog('golive.test/globex');
    expect(judge(await other.request(0), [log.verifier], () => undefined)).toMatchObject({ status: 404 });
    const forged = witnessRequest(0, [], await log.checkpoint(0, temporarySigner()));
    expect(asked(log, Buffer.from(forged))).toMatchObject({ status: 403 });
  });

  it('refuses a checkpoint with a broken line of the key of the log, even beside a good one', async () => {
    const log = new TestLog('golive.test/acme', 3);
    const good = await log.checkpoint();
    const elsewhere = signatureLine(await signText('something else\n', log.origin, log.signer));
    expect(asked(log, Buffer.from(witnessRequest(0, [], `${good}${elsewhere}`)))).toMatchObject({ status: 403 });
  });

  it('keeps none of the lines of keys that it does not know', async () => {
    const log = new TestLog('golive.test/acme', 3);
    const plain = await log.checkpoint();
    const text = parseCheckpoint(plain)?.note.text ?? '';
    const strange = signatureLine(await cosign(text, 'witness.elsewhere.example/w', temporarySigner(), 1_700_000_000));
    const granted = asked(log, Buffer.from(witnessRequest(0, [], `${plain}${strange}`)));
    expect(granted.status === 200 && checkpointText(granted.checkpoint)).toBe(plain);
  });

  it('knows a log under two keys while it changes from one to the other', async () => {
    const before = new TestLog('golive.test/acme', 5);
    const after = new TestLog('golive.test/acme', 9);
    const keys = [before.verifier, after.verifier];
    const remembered = () => ({ size: 5, root: before.tree().root() });
    expect(judge(await after.request(5), keys, remembered).status).toBe(200);
  });

  it.each<[string, (checkpoint: string) => string]>([
    ['nothing', () => ''],
    ['only a checkpoint', (c) => c],
    ['no old size', (c) => `\n${c}`],
    ['an old size with a zero before it', (c) => `old 01\n\n${c}`],
    ['a negative old size', (c) => `old -1\n\n${c}`],
    ['an old size beyond all numbers', (c) => `old 9999999999999999\n\n${c}`],
    ['a hash that is too short', (c) => `old 0\nAAAA\n\n${c}`],
    ['a hash that is not base64', (c) => `old 0\n${'*'.repeat(43)}=\n\n${c}`],
    [
      '64 lines of proof',
      (c) =>
        witnessRequest(
          0,
          Array.from({ length: 64 }, () => EMPTY_ROOT),
          c,
        ),
    ],
    ['an extension line', (c) => `old 0\n\n${c.replace('\n\n', '\nmore\n\n')}`],
    ['no signature', (c) => `old 0\n\n${c.slice(0, c.indexOf('\n\n') + 2)}`],
    ['a last line that does not end', (c) => `old 0\n\n${c.trimEnd()}`],
  ])('cannot read a request with %s', async (_what, spoil) => {
    const log = new TestLog('golive.test/acme', 2);
    expect(asked(log, Buffer.from(spoil(await log.checkpoint())))).toMatchObject({ status: 400 });
  });

  it('reads the request that the specification gives as an example', () => {
    const example = [
      'old 20852014',
      'PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=',
      'jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=',
      '5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=',
      '/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=',
      '',
      'example.com/behind-the-sofa',
      '20852163',
      'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=',
      '',
      '— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=',
      '— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=',
      '',
    ].join('\n');
    // Its keys are not given, so it gets as far as the signature.
    expect(asked(new TestLog('example.com/behind-the-sofa'), Buffer.from(example))).toMatchObject({ status: 403 });
  });
});
