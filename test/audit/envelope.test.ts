import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalJson,
  envelopeDigest,
  envelopeText,
  parseEnvelope,
  preAuthEncoding,
  signEnvelope,
  signJson,
  verifyEnvelope,
  type Envelope,
} from '../../audit/envelope.ts';
import { keyIdOf, publicKey, rawPublicKey } from '../../audit/keys.ts';
import { temporarySigner } from '../../clients/keys/local.ts';

const TYPE = 'application/vnd.golive.command+json';
const alice = temporarySigner();
const bob = temporarySigner();
const payload = Buffer.from('{"go":true}');
const signed = (signers = [alice]): Promise<Envelope> => signEnvelope({ payloadType: TYPE, payload, signers });

describe('a DSSE envelope', () => {
  it('encodes what is signed as the specification does', () => {
    expect(Buffer.from(preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world'))).toString()).toBe(
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    );
  });

  it('measures type and body in bytes, not in characters', () => {
    expect(Buffer.from(preAuthEncoding('ü', Buffer.from('é'))).toString()).toBe('DSSEv1 2 ü 2 é');
  });

  it('gives back the very bytes that were signed, and the keys that verified', async () => {
    const verified = verifyEnvelope(await signed([alice, bob]), [alice, bob], TYPE);
    const publicKeys = [alice.publicKey, bob.publicKey];
    expect(verified).toEqual({ payload, keyIds: [alice.keyId, bob.keyId], publicKeys, unverified: 0 });
  });

  it('counts a key once, however often and under whatever id it signed', async () => {
    const envelope = await signed();
    const sig = envelope.signatures[0]?.sig ?? '';
    envelope.signatures.push({ keyid: alice.keyId, sig }, { keyid: bob.keyId, sig }, { keyid: 'other', sig });
    expect(verifyEnvelope(envelope, [alice, bob], TYPE)).toMatchObject({ keyIds: [alice.keyId], unverified: 2 });
  });

  it('counts a key once even when the list of keys names it twice', async () => {
    const twin = { keyId: 'another-name', publicKey: alice.publicKey };
    expect(verifyEnvelope(await signed(), [twin, alice], TYPE)).toMatchObject({ keyIds: [alice.keyId] });
  });

  it('verifies without a helpful key id, because the id is only a hint', async () => {
    const envelope = await signed();
    envelope.signatures = envelope.signatures.map(({ sig }) => ({ keyid: '', sig }));
    expect(verifyEnvelope(envelope, [bob, alice], TYPE)).toMatchObject({ keyIds: [alice.keyId], unverified: 1 });
  });

  it('does not verify against somebody else’s key', async () => {
    expect(verifyEnvelope(await signed(), [bob], TYPE)).toMatchObject({ problem: 'no_valid_signature' });
  });

  it('does not verify as another type of payload', async () => {
    expect(verifyEnvelope(await signed(), [alice], 'application/vnd.in-toto+json')).toMatchObject({
      problem: 'wrong_payload_type',
    });
    expect(verifyEnvelope({ ...(await signed()), payloadType: 'x' }, [alice], 'x')).toMatchObject({
      problem: 'no_valid_signature',
    });
  });

  it('signs JSON in canonical form, so that the order of fields does not matter', async () => {
    const one = await signJson({ payloadType: TYPE, value: { b: 1, a: 2 }, signers: [alice] });
    const two = await signJson({ payloadType: TYPE, value: { a: 2, b: 1 }, signers: [alice] });
    expect(envelopeDigest(one)).toBe(envelopeDigest(two));
    expect(Buffer.from(one.payload, 'base64').toString()).toBe('{"a":2,"b":1}');
  });

  it('is verified by nothing once any byte of its text has changed', async () => {
    const bytes = Buffer.from(envelopeText(await signed()));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const changed = Buffer.from(bytes);
        changed.writeUInt8(bytes.readUInt8(at) ^ mask, at);
        const parsed = parseEnvelope(changed);
        if ('problem' in parsed) return true;
        const verified = verifyEnvelope(parsed, [alice, bob], TYPE);
        // White space and key ids are outside the signature; files at rest are checked for both besides.
        return 'problem' in verified || verified.unverified > 0 || !changed.equals(Buffer.from(envelopeText(parsed)));
      }),
      { numRuns: 500 },
    );
  });
});

describe('reading an envelope', () => {
  const good = { payload: '', payloadType: TYPE, signatures: [{ keyid: '', sig: '' }] };
  const refused: [string, unknown][] = [
    ['a text that is not JSON', undefined],
    ['null', null],
    ['a list', [good]],
    ['an unknown field', { ...good, extra: 1 }],
    ['a missing payload', { payloadType: TYPE, signatures: good.signatures }],
    ['an empty list of signatures', { ...good, signatures: [] }],
    ['seventeen signatures', { ...good, signatures: Array(17).fill(good.signatures[0]) }],
    ['a signature with an unknown field', { ...good, signatures: [{ keyid: '', sig: '', cert: '' }] }],
    ['a payload in URL-safe base64', { ...good, payload: '-_-_' }],
    ['base64 without its padding', { ...good, payload: 'YQ' }],
    ['base64 with loose bits at its end', { ...good, payload: 'YR==' }],
    ['a payload type that is no text', { ...good, payloadType: 7 }],
  ];
  it.each(refused)('refuses %s', (_, value) => {
    expect(parseEnvelope(value === undefined ? 'no' : JSON.stringify(value))).toMatchObject({ problem: 'malformed' });
  });

  it('refuses what is too large before it parses', () => {
    expect(parseEnvelope('['.repeat(65_537))).toMatchObject({ problem: 'too_large' });
  });
});

describe('a key', () => {
  it('has the same id for its holder and for who verifies', () => {
    expect(publicKey(alice.publicKey)).toEqual({ keyId: alice.keyId, publicKey: alice.publicKey });
  });

  it.each([
    ['another algorithm', `rsa:${alice.publicKey.slice(8)}`],
    ['31 bytes', `ed25519:${Buffer.alloc(31).toString('base64')}`],
    ['a second spelling of the same bytes', `${alice.publicKey}\n`],
    ['nothing', ''],
  ])('is not %s', (_, text) => {
    expect(rawPublicKey(text)).toBeUndefined();
    expect(() => publicKey(text)).toThrow('not a public key');
  });

  it('has an id of 16 hex digits', () => {
    expect(keyIdOf(new Uint8Array(32))).toBe('66687aadf862bd77');
  });
});

it('canonical JSON refuses what JSON cannot say', () => {
  expect(() => canonicalJson(undefined)).toThrow();
  expect(() => canonicalJson({ a: Number.NaN })).toThrow();
});
