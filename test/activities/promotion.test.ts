import { describe, expect, it } from 'vitest';
import { promotion } from '../../activities/authority.ts';
import { temporarySigner } from '../../clients/keys/local.ts';
import { codeOf } from './office/code.ts';
import { newOffice, OTHER_SET, type Office } from './office/office.ts';
import { COHORT, OLDER, promote, shown, signed } from './office/signed.ts';

const allSigned = async (o: Office): Promise<void> => {
  await shown(o);
  await signed(o, 'chris', 'customer-lead');
  await signed(o, 'sam', 'security-lead');
  await signed(o, 'finn', 'cfo');
};

describe('a promotion', () => {
  it.each([
    ['wave', 'research', 'allowed'],
    ['group', 'sales-ic', 'allowed'],
    ['cohort', 'sales-ic-research', 'allowed'],
    ['wave', 'production', 'authority_missing'],
    ['group', 'hr-lead', 'authority_missing'],
    ['cohort', 'hr-lead-research', 'authority_missing'],
    // A cohort that is called like a shape is not in the wave of that shape.
    ['cohort', 'research', 'authority_missing'],
  ] as const)('of %s %s: %s', async (level, name, code) => {
    const o = newOffice();
    await allSigned(o);
    const grant = await o.applied(promote(o, level, name));
    expect(await codeOf(promotion(o.d, { grant }, [COHORT]))).toBe(code);
  });

  it('is not given by an executive, and not for another set', async () => {
    const o = newOffice();
    await allSigned(o);
    const scope = { level: 'wave' as const, names: ['research'] };
    const cfo = await o.applied(o.draft('finn', 'cfo', 'promote', { scope }));
    expect(await codeOf(promotion(o.d, { grant: cfo }, [COHORT]))).toBe('authority_missing');
    const order = promote(o, 'wave', 'research');
    const stale = await o.applied({ ...order, saw: { ...order.saw, manifestSetDigest: OTHER_SET } });
    expect(await codeOf(promotion(o.d, { grant: stale }, [COHORT]))).toBe('stale_binding');
  });

  const signatures: [string, boolean, (o: Office) => Promise<unknown>][] = [
    ['three executives on the evidence that is there', true, allSigned],
    ['nobody', false, (o) => shown(o)],
    ['nobody, and without evidence', false, (o) => o.write('watch-item', 'w', { id: 'w', text: 'w', owner: 'cfo' })],
    [
      'two',
      false,
      async (o) => {
        await shown(o);
        await signed(o, 'chris', 'customer-lead');
        await signed(o, 'sam', 'security-lead');
      },
    ],
    [
      'three roles by two persons',
      false,
      async (o) => {
        await shown(o);
        await signed(o, 'ann', 'customer-lead');
        await signed(o, 'ann', 'security-lead');
        await signed(o, 'finn', 'cfo');
      },
    ],
    [
      'three roles by two human beings under three names',
      false,
      async (o) => {
        await shown(o);
        await signed(o, 'chris', 'customer-lead');
        await signed(o, 'ann', 'security-lead');
        await signed(o, 'anna', 'cfo');
      },
    ],
    [
      'three, one of whom started the deployment',
      false,
      async (o) => {
        await shown(o);
        await signed(o, 'chris', 'customer-lead');
        await signed(o, 'dan', 'security-lead');
        await signed(o, 'finn', 'cfo');
      },
    ],
    [
      'three, one of whom started the deployment under another name',
      false,
      async (o) => {
        await shown(o);
        await signed(o, 'chris', 'customer-lead');
        await signed(o, 'sam', 'security-lead');
        await signed(o, 'daniel', 'cfo');
      },
    ],
    [
      'three, one on older evidence',
      false,
      async (o) => {
        await shown(o, [COHORT.cohort], OLDER);
        await signed(o, 'finn', 'cfo', { boundTo: OLDER.digest });
        await shown(o);
        await signed(o, 'chris', 'customer-lead');
        await signed(o, 'sam', 'security-lead');
      },
    ],
    ['three on evidence that has changed since', false, async (o) => (await allSigned(o), shown(o, [COHORT.cohort], OLDER))],
    [
      'three on evidence that does not name the cohort',
      false,
      async (o) => {
        await shown(o, ['sales-ic-production']);
        await signed(o, 'chris', 'customer-lead');
        await signed(o, 'sam', 'security-lead');
        await signed(o, 'finn', 'cfo');
      },
    ],
    [
      'three, one of whom said no',
      false,
      async (o) => {
        await shown(o);
        await signed(o, 'chris', 'customer-lead');
        await signed(o, 'sam', 'security-lead');
        await signed(o, 'finn', 'cfo', { decision: 'reject' });
      },
    ],
    [
      'three, one of whom said no later',
      false,
      async (o) => (await allSigned(o), signed(o, 'finn', 'cfo', { decision: 'reject' })),
    ],
    [
      'three, one of whom said no first',
      true,
      async (o) => {
        await shown(o);
        await signed(o, 'finn', 'cfo', { decision: 'reject' });
        await allSigned(o);
      },
    ],
  ];
  it.each(signatures)('of a group signed by %s: %s', async (_who, counts, sign) => {
    const o = newOffice();
    await sign(o);
    const grant = await o.applied(promote(o, 'wave', 'research'));
    const { unsigned } = await promotion(o.d, { grant }, [COHORT]);
    expect(unsigned).toEqual(counts ? [] : [COHORT.cohort]);
  });

  it('leaves out the cohorts of a group that is not signed, and goes on with the others', async () => {
    const o = newOffice();
    await allSigned(o);
    const grant = await o.applied(promote(o, 'wave', 'research'));
    const other = { cohort: 'hr-lead-research', group: 'hr-lead', shape: 'research' };
    expect((await promotion(o.d, { grant }, [COHORT, other])).unsigned).toEqual(['hr-lead-research']);
  });

  it('does not count a sign-off whose order nobody signed, whatever the log says', async () => {
    const o = newOffice();
    await shown(o);
    await signed(o, 'chris', 'customer-lead');
    await signed(o, 'sam', 'security-lead');
    await signed(o, 'finn', 'cfo', { signer: temporarySigner() });
    const grant = await o.applied(promote(o, 'wave', 'research'));
    expect(await codeOf(promotion(o.d, { grant }, [COHORT]))).toBe('signature_invalid');
  });
});
