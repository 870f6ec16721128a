import { describe, expect, it } from 'vitest';
import { checkpointText, parseCheckpoint, signHead, verifiedCheckpoint } from '../../../audit/tlog/checkpoint.ts';
import { cosign, cosignedAt } from '../../../audit/tlog/cosignature.ts';
import { EMPTY_ROOT } from '../../../audit/tlog/merkle.ts';
import { verifierOf } from '../../../audit/tlog/note.ts';
import { temporarySigner } from '../../../clients/keys/local.ts';

const [log, witness] = [temporarySigner(), temporarySigner()];
const origin = 'log.example/a';
const logKey = verifierOf(origin, 'log', log.publicKey);
const witnessKey = verifierOf('w.example', 'witness', witness.publicKey);
const head = { origin, size: 12, root: EMPTY_ROOT };

describe('a checkpoint', () => {
  it('says origin, size and root, and is believed under the key of its log', async () => {
    const text = checkpointText(await signHead(head, log));
    expect(text.split('\n').slice(0, 4)).toEqual([origin, '12', EMPTY_ROOT.toString('base64'), '']);
    expect(verifiedCheckpoint(text, logKey)).toMatchObject(head);
    expect(verifiedCheckpoint(text, verifierOf(origin, 'log', witness.publicKey))).toBeUndefined();
    expect(verifiedCheckpoint(text.replace('\n12\n', '\n13\n'), logKey)).toBeUndefined();
  });

  it.each([
    ['a size with a zero in front', (text: string) => text.replace('\n12\n', '\n012\n')],
    ['a negative size', (text: string) => text.replace('\n12\n', '\n-1\n')],
    ['an extension line', (text: string) => text.replace('\n\n', '\nextension\n\n')],
    ['a root that is too short', (text: string) => text.replace(/\n47[^\n]+/, '\nAAAA')],
    ['no origin', (text: string) => text.replace(origin, '')],
  ])('with %s is none', async (_what, change) => {
    expect(parseCheckpoint(change(checkpointText(await signHead(head, log))))).toBeUndefined();
  });
});

describe('the line of a witness', () => {
  const signed = async (seconds: number) => {
    const checkpoint = await signHead(head, log);
    checkpoint.note.signatures.push(await cosign(checkpoint.note.text, 'w.example', witness, seconds));
    return checkpoint;
  };

  it('says when it signed, and leaves the line of the log as it is', async () => {
    const checkpoint = parseCheckpoint(checkpointText(await signed(1_772_000_000)));
    expect(checkpoint && cosignedAt(checkpoint.note, witnessKey)).toBe(1_772_000_000);
    expect(verifiedCheckpoint(checkpointText(await signed(1)), logKey)).toBeDefined();
  });

  it('holds for this text, this time and this key only', async () => {
    const { note } = await signed(1_772_000_000);
    expect(cosignedAt({ ...note, text: note.text.replace('12', '13') }, witnessKey)).toBeUndefined();
    expect(cosignedAt(note, verifierOf('w.example', 'witness', log.publicKey))).toBeUndefined();
    const line = note.signatures.at(-1);
    if (line) line.bytes[7] = (line.bytes[7] ?? 0) ^ 1;
    expect(cosignedAt(note, witnessKey)).toBeUndefined();
  });

  it('cannot be made by the log, though it has the same name', async () => {
    const checkpoint = await signHead(head, log);
    checkpoint.note.signatures.push(await cosign(checkpoint.note.text, 'w.example', log, 1_772_000_000));
    expect(cosignedAt(checkpoint.note, witnessKey)).toBeUndefined();
  });
});
