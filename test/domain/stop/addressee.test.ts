import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stopWorkflowId } from '../../../domain/ids.ts';
import { addresseeOf, stops } from '../../../domain/stop/addressee.ts';

const envelope = (order: unknown) => JSON.stringify({ payload: Buffer.from(JSON.stringify(order)).toString('base64') });

describe('the address of an order', () => {
  it('is read from any envelope, whatever else it says', () => {
    const word = fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' });
    fc.assert(
      fc.property(word, word, word, word, fc.json(), (id, customer, deployment, kind, rest) => {
        expect(addresseeOf(envelope({ rest, kind, deployment, customer, id }))).toEqual({
          ...{ id, customer, deployment, kind },
          mark: 'unsigned',
        });
      }),
    );
  });

  it('is none where there is none, and nothing throws', () => {
    for (const order of [{}, null, 7, { id: 'a' }, { id: 1, customer: 'a', deployment: 'b', kind: 'halt' }])
      expect(addresseeOf(envelope(order))).toBeUndefined();
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void addresseeOf(text)));
    fc.assert(fc.property(fc.string(), (payload) => void addresseeOf(JSON.stringify({ payload }))));
  });

  it('is marked by its signature, so that nobody takes its place by knowing its id', () => {
    const order = { id: 'x', customer: 'acme', deployment: 'q4', kind: 'halt' };
    const signedAs = (signatures: unknown) => {
      const text = JSON.stringify({ ...(JSON.parse(envelope(order)) as object), signatures });
      return stopWorkflowId(addresseeOf(text) ?? { ...order, mark: '' });
    };
    const real = signedAs([{ keyid: 'k', sig: 'qL+/9Zt0cmVhbC1zaWduYXR1cmUtYnl0ZXM=' }]);
    expect(real).toBe('golive/acme/stop/x/qL9Zt0cmVhbC1zaWduYXR1');
    for (const other of [undefined, 7, [], [null], [{ sig: 7 }], [{ sig: '' }], [{ sig: 'AAAA' }]])
      expect(signedAs(other)).not.toBe(real);
  });

  it('says whether the order stops', () => {
    const to = (kind: string) => addresseeOf(envelope({ id: 'x', customer: 'acme', deployment: 'q4', kind }));
    expect(
      ['halt', 'shutdown', 'resume', 'toString'].map((kind) =>
        stops(to(kind) ?? { id: '', customer: '', deployment: '', kind: '', mark: '' }),
      ),
    ).toEqual([true, true, false, false]);
  });
});
