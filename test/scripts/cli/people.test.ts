import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitingFor } from '../../../domain/waiting.ts';
import { openDesk, type Desk } from './desk.ts';
import { World } from './world.ts';

const GROUPS = {
  'sales-ic': ['sales-ic-research', 'sales-ic-production'],
  'hr-lead': ['hr-lead-research', 'hr-lead-coordination'],
};
let desk: Desk;
let world: World;
const who = (role: Parameters<World['holder']>[0]) => world.holder(role);
const last = () => world.handedIn.at(-1);
const waiting = async () => waitingFor(await world.view(), world.file, world.nowMs);
const asked = async (id: string) => (await waiting()).find((w) => w.id === id);

/** In window 2, reviewed, with groups to sign. */
async function begin(personalFor: World['file']['personalFor'] = []): Promise<void> {
  world = new World();
  world.file.personalFor = personalFor;
  await world.open();
  desk = await openDesk(world);
  await world.start();
  await world.order('customer-lead', {
    kind: 'approve',
    scope: { level: 'deployment', names: [] },
    args: { decision: 'approve' },
  });
  await world.pass('gate-1', 24);
  world.nowMs = World.at(39);
  await world.groupEvidence(GROUPS);
  await world.settle(['W2.08'], 39);
}
beforeEach(() => begin());
afterEach(() => desk.close());

describe('golive delegate', () => {
  it('lets somebody sign, who is asked from then on and whose order names it by itself', async () => {
    const ran = await desk.golive('delegate', who('operations-lead'), '--orders', 'sign', '--until', '8h', '--as', who('cfo'));
    expect(ran.out).toContain(`CFO lets ${who('operations-lead')} sign in their place until `);
    const delegation = last()?.id;
    const cfo = await asked('sign/cfo');
    expect(cfo?.persons).toEqual([who('cfo'), who('operations-lead')]);

    const signed = await desk.golive('sign', '--all', '--as', who('operations-lead'), '--role', 'cfo');
    expect(signed).toMatchObject({ code: 0 });
    expect(signed.out).toContain(`CFO (${who('operations-lead')} in their place) signs `);
    expect(last()).toMatchObject({ role: 'cfo', person: who('operations-lead'), delegation });
    expect(await asked('sign/cfo')).toBeUndefined();
  });

  it('for one group lets them sign that one, whatever they ask for', async () => {
    const otto = who('operations-lead');
    await desk.golive('delegate', otto, '--orders', 'sign', '--group', 'sales-ic', '--until', '8h', '--as', who('cfo'));
    await desk.golive('sign', '--all', '--as', otto);
    expect(last()).toMatchObject({ role: 'cfo', scope: { names: ['sales-ic'] } });
    expect((await desk.golive('sign', '--group', 'hr-lead', '--as', otto)).err).toContain('is about sales-ic only');
  });

  it.each<[string[], string]>([
    [['nobody', '--orders', 'sign', '--until', '8h'], 'names nobody called nobody'],
    [['--orders', 'sign', '--until', '8h'], 'missing required argument'],
    [['OTTO', '--until', '8h'], 'Say what they may order'],
    [['OTTO', '--orders', 'sing', '--until', '8h'], 'cfo cannot delegate sing; did you mean sign?'],
    [['OTTO', '--orders', 'approve', '--until', '8h'], 'cannot delegate approve'],
    [['OTTO', '--orders', 'sign'], 'Say when it runs out'],
    [['OTTO', '--orders', 'sign', '--until', 'soon'], 'soon is no duration'],
    [['OTTO', '--orders', 'sign', '--until', '8h', '--group', 'sales-ci'], 'There is no group sales-ci'],
  ])('%j is said to be wrong before anything is signed', async (words, said) => {
    const before = world.handedIn.length;
    const ran = await desk.golive(
      'delegate',
      ...words.map((w) => (w === 'OTTO' ? who('operations-lead') : w)),
      '--as',
      who('cfo'),
    );
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain(said);
    expect(world.handedIn).toHaveLength(before);
  });
});

describe('golive revoke', () => {
  it('makes void what was signed under it, and the principal is asked again', async () => {
    const otto = who('operations-lead');
    await desk.golive('delegate', otto, '--orders', 'sign', '--until', '2026-12-31T00:00:00Z', '--as', who('cfo'));
    const id = last()?.id ?? '';
    await desk.golive('sign', '--all', '--as', otto, '--role', 'cfo');
    world.nowMs = World.at(40);
    expect((await desk.golive('revoke', id, '--as', who('cfo'))).out).toContain(`CFO revokes delegation ${id}`);
    const again = await asked('sign/cfo');
    expect(again).toMatchObject({ persons: [who('cfo')], since: new Date(World.at(40)).toISOString() });
    expect((await world.view()).signOffs.filter((s) => s.current)).toEqual([]);
    expect((await desk.golive('sign', '--all', '--as', otto, '--role', 'cfo')).err).toContain('role_not_held');
    expect((await desk.golive('revoke', id, '--as', who('cfo'))).err).toContain('already_done');
  });

  it('knows the delegations by name', async () => {
    expect((await desk.golive('revoke', 'x', '--as', who('cfo'))).err).toContain('There is no delegation x');
  });
});

describe('golive sign', () => {
  it('is asked for once more where all three signed through Slack and one must sign personally', async () => {
    await desk.close();
    await begin(['coordination']);
    await world.signAll(['customer-lead', 'security-lead', 'cfo'], Object.keys(GROUPS), 'slack');
    const personal = await asked('sign-personal');
    expect(personal).toMatchObject({ role: 'customer-lead', command: ['sign', '--all', '--as', who('customer-lead')] });
    expect(personal?.what).toBe('sign 1 cohort group with a key of their own: so far all three signed through Slack');
    await desk.golive(...(personal?.command ?? []));
    expect(last()?.scope.names).toEqual(['hr-lead']);
    expect(await asked('sign-personal')).toBeUndefined();
  });
});

describe('golive ack', () => {
  const raise = () =>
    world.add('escalation.raised', {
      ...{ escalation: 'sign-cfo-1', about: 'sign/cfo', what: 'sign 2 cohort groups', owner: 'cfo', level: 'on-call' },
      ...{ told: [who('arx-standby')], since: new Date(world.nowMs).toISOString() },
    });

  it('takes an escalation on, or hands it over', async () => {
    await raise();
    const ran = await desk.golive('ack', 'sign-cfo-1', '--as', who('arx-standby'));
    expect(ran.out).toContain('ARX Standby takes on sign-cfo-1');
    const over = await desk.golive('ack', 'sign-cfo-1', '--hand-to', who('deployment-lead'), '--as', who('arx-standby'));
    expect(over.out).toContain(`hands sign-cfo-1 to ${who('deployment-lead')}`);
    const { acknowledged } = (await world.view()).escalations['sign-cfo-1'] ?? {};
    expect(acknowledged).toMatchObject({ by: who('arx-standby'), handedTo: who('deployment-lead') });
  });

  it('knows the escalations and the people by name', async () => {
    expect((await desk.golive('ack', 'x', '--as', who('cfo'))).err).toContain('There is no escalation x');
    await raise();
    const ran = await desk.golive('ack', 'sign-cfo-1', '--hand-to', 'nobody', '--as', who('cfo'));
    expect(ran.err).toContain('names nobody called nobody');
  });
});
