import { describe, expect, it } from 'vitest';
import { promotion } from '../../activities/authority.ts';
import { temporarySigner } from '../../clients/keys/local.ts';
import { codeOf } from './office/code.ts';
import { newOffice, NOW, SLACK, type Office } from './office/office.ts';
import { COHORT, EVIDENCE, promote, shown, signed } from './office/signed.ts';

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
