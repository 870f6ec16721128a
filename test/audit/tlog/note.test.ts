import { describe, expect, it } from 'vitest';
import { noteText, parseNote, parseVkey, signedBy, signText, verifierOf, vkey } from '../../../audit/tlog/note.ts';
import { temporarySigner } from '../../../clients/keys/local.ts';

/** The example of golang.org/x/mod/sumdb/note, whose signatures were made by Go. */
const PETER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const EXAMPLE =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n" +
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';

describe('a signed note', () => {
  it('that Go signed is verified here, and a change of one letter is not', () => {
    const peter = parseVkey(PETER);
    const note = parseNote(EXAMPLE);
    const changed = parseNote(EXAMPLE.replace('answer', 'anwser'));
    if (!peter || !note || !changed) throw new Error('the example cannot be read');
    expect([signedBy(note, peter), signedBy(changed, peter), noteText(note)]).toEqual([true, false, EXAMPLE]);
  });

  it('holds under the key of its signer, under each of several, and under nobody else’s', async () => {
    const [one, two, other] = [temporarySigner(), temporarySigner(), temporarySigner()];
    const text = 'something\nsaid\n';
    const note = { text, signatures: [await signText(text, 'one.example', one), await signText(text, 'two.example', two)] };
    const read = parseNote(noteText(note));
    expect(read).toEqual(note);
    expect(signedBy(note, verifierOf('one.example', 'log', one.publicKey))).toBe(true);
    expect(signedBy(note, verifierOf('two.example', 'log', two.publicKey))).toBe(true);
    expect(signedBy(note, verifierOf('one.example', 'log', other.publicKey))).toBe(false);
    expect(signedBy(note, verifierOf('other.example', 'log', one.publicKey))).toBe(false);
  });

  it('with one good and one bad line of the same key is not signed by it', async () => {
    const key = temporarySigner();
    const verifier = verifierOf('log.example', 'log', key.publicKey);
    const good = await signText('text\n', 'log.example', key);
    const bad = await signText('another\n', 'log.example', key);
    expect(signedBy({ text: 'text\n', signatures: [good, bad] }, verifier)).toBe(false);
  });

  it.each([
    ['no empty line', 'text\n— a AAAAAAAA\n'],
    ['no last newline', 'text\n\n— a AAAAAAAA'],
    ['a carriage return', 'text\r\n\n— a AAAAAAAA\n'],
    ['a hyphen for the dash', 'text\n\n- a AAAAAAAA\n'],
    ['a name with a plus sign', 'text\n\n— a+b AAAAAAAA\n'],
    ['base64 that could be shorter', 'text\n\n— a AAAAAAB=\n'],
    ['a line after the signatures', 'text\n\n— a AAAAAAAA\nmore\n'],
  ])('with %s is none', (_what, text) => expect(parseNote(text)).toBeUndefined());
});

describe('a key of a note', () => {
  it('is handed around as one text, in which name, id and key belong together', () => {
    const { publicKey } = temporarySigner();
    for (const type of ['log', 'witness'] as const) {
      const verifier = verifierOf('w.example/a', type, publicKey);
      expect(parseVkey(vkey(verifier))).toEqual(verifier);
      expect(parseVkey(vkey(verifier).replace('w.example', 'v.example'))).toBeUndefined();
    }
    expect(verifierOf('a', 'log', publicKey).keyId).not.toBe(verifierOf('a', 'witness', publicKey).keyId);
  });
});
