import { describe, expect, it } from 'vitest';
import { promotion } from '../../activities/authority.ts';
import { temporarySigner } from '../../clients/keys/local.ts';
import { codeOf } from './office/code.ts';
import { GATEWAY, inSlack, newOffice, NOW, OTHER_SET, SLACK, type Office } from './office/office.ts';

const COHORT = { cohort: 'sales-ic-research', group: 'sales-ic', shape: 'research' };
const EVIDENCE = { ref: 'evidence/1', digest: `sha256:${'1'.repeat(64)}` };
const OLDER = { ref: 'evidence/0', digest: `sha256:${'0'.repeat(64)}` };

async function signed(
  o: Office,
  person: string,
  role: 'customer-lead' | 'security-lead' | 'cfo',
  change: {
    boundTo?: string;
    decision?: 'approve' | 'reject';
    signer?: ReturnType<typeof temporarySigner>;
    slack?: boolean;
    delegation?: string;
  } = {},
): Promise<void> {
  const { boundTo = EVIDENCE.digest, decision = 'approve', slack = false, delegation } = change;
  const signer = change.signer ?? (slack ? GATEWAY : undefined);
  const order = o.draft(person, role, 'sign', { scope: { level: 'group', names: [COHORT.group] }, args: { decision } });
  const own = {
    ...{ ...order, saw: { ...order.saw, evidence: { [COHORT.group]: boundTo } } },
    ...(delegation === undefined ? {} : { delegation }),
  };
  const command = slack ? inSlack(own, { cards: ['card-1'] }) : own;
  const commandIndex = await o.applied(command, signer ? { signer } : {});
  await o.write(
    'sign-off',
    `sign-off/${command.id}`,
    { group: COHORT.group, role, decision, boundTo, commandIndex, channel: slack ? 'slack' : 'cli' },
    person,
  );
}
const shown = (o: Office, cohorts = [COHORT.cohort], evidence = EVIDENCE) =>
  o.write('group.evidence', `evidence/${evidence.digest}/${cohorts.join()}`, {
    group: COHORT.group,
    cohorts,
    agents: 60,
    evidence,
  });
const allSigned = async (o: Office): Promise<void> => {
  await shown(o);
  await signed(o, 'chris', 'customer-lead');
  await signed(o, 'sam', 'security-lead');
  await signed(o, 'finn', 'cfo');
};
const promote = (o: Office, level: 'wave' | 'group' | 'cohort', name: string) =>
  o.draft('lea', 'deployment-lead', 'promote', { scope: { level, names: [name] } });

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

const ROLES = [
  ['chris', 'customer-lead'],
  ['sam', 'security-lead'],
  ['finn', 'cfo'],
] as const;
const unsigned = async (o: Office): Promise<string[]> => {
  const grant = await o.applied(promote(o, 'wave', 'research'));
  return (await promotion(o.d, { grant }, [COHORT])).unsigned;
};

describe('signatures that came through Slack', () => {
  const office = async (personalFor: Office['d']['file']['personalFor']): Promise<Office> => {
    const o = newOffice({ file: { slack: SLACK!, personalFor } });
    const cohorts = (['research', 'coordination'] as const).map((shape) => ({
      id: `sales-ic-${shape}`,
      group: 'sales-ic',
      shape,
    }));
    const plan = { managers: 1, plan: EVIDENCE, forecastMintHours: 1 };
    await o.write('plan.recorded', 'plan', { cohorts: cohorts.map((c) => ({ ...c, agents: 60 })), ...plan });
    await shown(o);
    return o;
  };
  const all = async (o: Office, own?: 'cfo'): Promise<void> => {
    for (const [person, role] of ROLES) await signed(o, person, role, { slack: role !== own });
  };

  it('count, also where the group holds no shape that needs a personal one', async () => {
    for (const personalFor of [[], ['production' as const]]) {
      const o = await office(personalFor);
      await all(o);
      expect(await unsigned(o)).toEqual([]);
    }
  });

  it('are not enough for a group with such a shape; one of the three personally is', async () => {
    const o = await office(['coordination']);
    await all(o);
    expect(await unsigned(o)).toEqual([COHORT.cohort]);
    await signed(o, 'sam', 'security-lead');
    expect(await unsigned(o)).toEqual([]);
    const at = await office(['coordination']);
    await all(at, 'cfo');
    expect(await unsigned(at)).toEqual([]);
  });

  it('do not count when the log says of a click that it was a personal signature', async () => {
    const o = await office(['coordination']);
    await all(o);
    const entry = o.log.all.find((e) => e.kind === 'sign-off');
    if (entry?.kind === 'sign-off') entry.data.channel = 'cli';
    expect(await unsigned(o)).toEqual([COHORT.cohort]);
  });

  it('are worth nothing without a gateway that the deployment file names', async () => {
    const o = newOffice();
    await shown(o);
    for (const [person, role] of ROLES) await signed(o, person, role, { slack: true });
    const grant = await o.applied(promote(o, 'wave', 'research'));
    expect(await codeOf(promotion(o.d, { grant }, [COHORT]))).toBe('signature_invalid');
  });
});

describe('a signature under a delegation', () => {
  const delegate = async (
    o: Office,
    change: { to?: string; until?: string; signer?: ReturnType<typeof temporarySigner> } = {},
  ) => {
    const { to = 'otto', until = new Date(NOW + 3_600_000).toISOString(), signer } = change;
    const delegation = { to, role: 'cfo' as const, mode: 'act' as const, kinds: ['sign' as const], until };
    const command = o.draft('finn', 'cfo', 'delegate', { args: { delegation } });
    await o.applied(command, signer ? { signer } : {});
    return command.id;
  };
  const revoke = (o: Office, delegationId: string) => o.applied(o.draft('finn', 'cfo', 'revoke', { args: { delegationId } }));
  const others = async (o: Office): Promise<void> => {
    await shown(o);
    await signed(o, 'chris', 'customer-lead');
    await signed(o, 'sam', 'security-lead');
  };

  it('counts', async () => {
    const o = newOffice();
    await others(o);
    await signed(o, 'otto', 'cfo', { delegation: await delegate(o) });
    expect(await unsigned(o)).toEqual([]);
  });

  it('does not count once it was revoked before the promotion, and goes on to count for what was promoted before', async () => {
    const o = newOffice();
    await others(o);
    const delegation = await delegate(o);
    await signed(o, 'otto', 'cfo', { delegation });
    const before = await o.applied(promote(o, 'wave', 'research'));
    await revoke(o, delegation);
    expect(await unsigned(o)).toEqual([COHORT.cohort]);
    expect((await promotion(o.d, { grant: before }, [COHORT])).unsigned).toEqual([]);
    await signed(o, 'finn', 'cfo');
    expect(await unsigned(o)).toEqual([]);
  });

  it.each<[string, string, (o: Office) => Promise<unknown>]>([
    ['that nobody gave', 'unknown_delegation', (o) => signed(o, 'otto', 'cfo', { delegation: 'order-nowhere' })],
    ['that is not named', 'role_not_held', (o) => signed(o, 'otto', 'cfo')],
    [
      'that a stranger signed',
      'signature_invalid',
      async (o) => signed(o, 'otto', 'cfo', { delegation: await delegate(o, { signer: temporarySigner() }) }),
    ],
    [
      'that had run out',
      'delegation_void',
      async (o) => signed(o, 'otto', 'cfo', { delegation: await delegate(o, { until: new Date(NOW - 1).toISOString() }) }),
    ],
    [
      'that was revoked before it',
      'delegation_void',
      async (o) => {
        const delegation = await delegate(o);
        await revoke(o, delegation);
        await signed(o, 'otto', 'cfo', { delegation });
      },
    ],
    ['of somebody else', 'delegation_void', async (o) => signed(o, 'lea', 'cfo', { delegation: await delegate(o) })],
  ])('%s is none: %s', async (_what, code, sign) => {
    const o = newOffice();
    await others(o);
    await sign(o);
    const grant = await o.applied(promote(o, 'wave', 'research'));
    expect(await codeOf(promotion(o.d, { grant }, [COHORT]))).toBe(code);
  });

  it('is no second voice of whoever delegated, nor of who acts', async () => {
    const o = newOffice();
    await shown(o);
    await signed(o, 'chris', 'customer-lead');
    await signed(o, 'sam', 'security-lead');
    await signed(o, 'sam', 'cfo', { delegation: await delegate(o, { to: 'sam' }) });
    expect(await unsigned(o)).toEqual([COHORT.cohort]);
  });
});
