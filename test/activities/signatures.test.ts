import { describe, expect, it } from 'vitest';
import { applyOrders } from '../../activities/control/signatures.ts';
import { envelopeText } from '../../audit/envelope.ts';
import type { Command } from '../../domain/command.ts';
import type { Role } from '../../domain/roles.ts';
import { keyOf, newOffice, SET, type Office } from './office/office.ts';

const evidence = { ref: 'evidence/hr', digest: `sha256:${'1'.repeat(64)}` };

async function asked(): Promise<Office> {
  const o = newOffice({ platform: { fences: async () => ({ generation: 4, fences: [] }), fence: async () => 5 } });
  const cohorts = ['hr', 'sales'].map((group) => ({ id: `${group}-research`, group, shape: 'research' as const, agents: 3 }));
  await o.write('plan.recorded', 'plan', { cohorts, managers: 1, plan: { ref: 'plan', digest: SET }, forecastMintHours: 1 });
  for (const { id, group, agents } of cohorts)
    await o.write('group.evidence', `evidence/${group}`, { group, cohorts: [id], agents, evidence });
  return o;
}

const signature = (o: Office, person: string, role: Role, group = 'hr'): Command => {
  const base = o.draft(person, role, 'sign', { scope: { level: 'group', names: [group] }, args: { decision: 'approve' } });
  return { ...base, saw: { ...base.saw, evidence: { [group]: evidence.digest } } };
};
const handedIn = async (o: Office, commands: Command[]) =>
  Promise.all(
    commands.map(async (command) => ({
      envelope: envelopeText(await o.sign(command, keyOf(command.person))),
      handedInAt: new Date(o.d.now()).toISOString(),
    })),
  );

describe('signatures that lie there together', () => {
  it('are answered together, each on what those before it changed', async () => {
    const o = await asked();
    const finn = signature(o, 'finn', 'cfo');
    const orders = [
      finn,
      signature(o, 'sam', 'security-lead'),
      // The same click twice, the same human being in another role, and a role that has spoken.
      finn,
      signature(o, 'ann', 'customer-lead', 'sales'),
      signature(o, 'anna', 'cfo', 'sales'),
      signature(o, 'anna', 'cfo'),
    ];
    const results = await applyOrders(o.d, await handedIn(o, orders));
    expect(results.map((r) => (r.outcome === 'refused' ? r.code : r.outcome))).toEqual([
      ...['applied', 'applied', 'applied', 'applied'],
      ...['person_counted_twice', 'already_done'],
    ]);
    expect(results[2]).toEqual(results[0]);
    const signed = o.log.all.flatMap((e) => (e.kind === 'sign-off' ? [e.data] : []));
    expect(signed.map(({ group, role }) => `${group} ${role}`)).toEqual(['hr cfo', 'hr security-lead', 'sales customer-lead']);
    // Each cites the entry of its own order.
    for (const { commandIndex, role } of signed)
      expect(o.log.all[commandIndex]).toMatchObject({ kind: 'command.applied', data: { command: { role } } });
  });

  it('give the first answers when they are handed in again', async () => {
    const o = await asked();
    const orders = await handedIn(o, [signature(o, 'finn', 'cfo'), signature(o, 'sam', 'security-lead')]);
    const first = await applyOrders(o.d, orders);
    const entries = o.log.all.length;
    expect(await applyOrders(o.d, orders)).toEqual(first);
    expect(o.log.all).toHaveLength(entries);
  });

  it('wait for any other order that came before them, and hold up none that came after', async () => {
    const o = await asked();
    const hold = o.draft('sam', 'security-lead', 'hold', { scope: { level: 'group', names: ['hr'] }, reason: 'wait' });
    const [one, two, three] = [
      signature(o, 'finn', 'cfo'),
      signature(o, 'sam', 'security-lead'),
      signature(o, 'chris', 'customer-lead'),
    ];
    const first = await applyOrders(o.d, await handedIn(o, [hold, one, two]));
    expect(first.map((r) => r.id)).toEqual([hold.id]);
    const then = await applyOrders(o.d, await handedIn(o, [one, two, hold, three]));
    expect(then.map((r) => r.id)).toEqual([one.id, two.id]);
  });
});
