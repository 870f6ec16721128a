import { beforeEach, describe, expect, it } from 'vitest';
import { STANDING_ROLES } from '../../domain/roles.ts';
import { rowsOf } from '../../domain/runbook/rows.ts';
import { waitingFor } from '../../domain/waiting.ts';
import { COHORTS, evidence, World } from '../scripts/cli/world.ts';

const GROUPS = {
  'sales-ic': ['sales-ic-research', 'sales-ic-production'],
  'hr-lead': ['hr-lead-research', 'hr-lead-coordination'],
};
const ALL = COHORTS.map((c) => c.id);
const exits = (window: 'provision' | 'validate' | 'golive') =>
  rowsOf(window)
    .filter((r) => r.waivedBecause === undefined)
    .map((r) => r.id);

let world: World;
const waiting = async () => waitingFor(await world.view(), world.file, world.nowMs);
const ids = async () => (await waiting()).map((w) => w.id);
const named = async (id: string) => (await waiting()).find((w) => w.id === id);

beforeEach(async () => {
  world = await new World().open();
});

/** Window 1 behind it, all cohorts in shadow. */
async function inShadow(): Promise<void> {
  await world.start();
  await world.order('customer-lead', {
    kind: 'approve',
    scope: { level: 'deployment', names: [] },
    args: { decision: 'approve' },
  });
  await world.settle(exits('provision'));
  await world.pass('gate-1', 24);
  await world.phase(ALL, 'shadow');
}

/** Reviewed at T+39. */
async function reviewed(): Promise<void> {
  await inShadow();
  world.nowMs = World.at(38.5);
  await world.groupEvidence(GROUPS);
  world.nowMs = World.at(39);
  await world.order('customer-lead', { kind: 'confirm', scope: { level: 'row', names: ['W2.08'] } });
  await world.settle(['W2.08', 'W2.09'], 39);
}

/** In window 3, signed off. */
async function signedOff(): Promise<void> {
  await reviewed();
  await world.signAll(['customer-lead', 'security-lead', 'cfo'], Object.keys(GROUPS));
  await world.settle(exits('validate').filter((id) => id !== 'W2.08' && id !== 'W2.09'));
  await world.pass('gate-2', 47);
}

describe('the countdown waits', () => {
  it('for four executives and seven roles, who are named with their commands', async () => {
    expect(await ids()).toEqual([
      ...['ceo', 'customer-lead', 'cfo', 'security-lead'].map((role) => `approve-set/${role}`),
      ...STANDING_ROLES.map((role) => `confirm-C4/${role}`),
    ]);
    const cfo = await named('approve-set/cfo');
    expect(cfo).toMatchObject({ role: 'cfo', persons: [world.holder('cfo')], since: (await world.view()).set.verified?.at });
    expect(cfo?.command).toEqual(['approve', 'set', '--as', world.holder('cfo')]);
    expect((await named('confirm-C4/atlas-operator'))?.persons).toHaveLength(2);
  });

  it('for nobody before the deployment is open, and not for approvals before the set is verified', async () => {
    world = new World();
    await world.add('watch-item', { id: 'x', text: 'x', owner: 'cfo' });
    expect(await ids()).toEqual([]);
  });

  it('never for a second voice of one person, nor for who started the deployment', async () => {
    const [first] = world.file.people;
    world.file.people = world.file.people.map((p) => (p.roles.includes('cfo') ? { ...p, deputyOf: ['ceo'] } : p));
    await world.order('cfo', { kind: 'approve', scope: { level: 'set', names: [] }, args: { decision: 'approve' } });
    const ceo = await named('approve-set/ceo');
    expect(ceo?.persons).toEqual([world.holder('ceo')]);
    world.file.startedBy = world.holder('ceo');
    expect(first).toBeDefined();
    expect(await named('approve-set/ceo')).toMatchObject({ persons: [], command: ['approve', 'set'] });
  });

  it('not for an executive who rejected the set', async () => {
    await world.order('cfo', { kind: 'approve', scope: { level: 'set', names: [] }, args: { decision: 'reject' } });
    expect(await ids()).not.toContain('approve-set/cfo');
  });

  it('names the role where a person has several', async () => {
    world.file.people = world.file.people.map((p) =>
      p.roles.includes('atlas-operator') ? { ...p, roles: [...p.roles, 'arx-standby'] } : p,
    );
    expect((await named('confirm-C4/atlas-operator'))?.command.slice(-2)).toEqual(['--role', 'atlas-operator']);
  });

  it('for the start of the clock once C1 to C4 are settled, whatever the prerequisites say', async () => {
    await world.settle(['C1'], undefined, 'waived');
    await world.settle(['C2', 'C3']);
    expect(await ids()).not.toContain('clock-start');
    await world.settle(['C4']);
    expect(await named('clock-start')).toMatchObject({
      role: 'deployment-lead',
      command: ['clock', 'start', '--as', world.holder('deployment-lead')],
    });
  });
});

describe('window 1 waits', () => {
  it('for the go-ahead and then for nobody until the exits are settled', async () => {
    await world.start();
    expect(await ids()).toEqual(['go-ahead']);
    await world.order('customer-lead', {
      kind: 'approve',
      scope: { level: 'deployment', names: [] },
      args: { decision: 'approve' },
    });
    expect(await ids()).toEqual([]);
    await world.settle(exits('provision'));
    expect(await named('go/gate-1')).toMatchObject({ role: 'deployment-lead' });
    await world.order('deployment-lead', { kind: 'go', scope: { level: 'gate', names: ['gate-1'] } });
    expect(await ids()).toEqual([]);
  });

  it('for the clock to go on where somebody stopped it', async () => {
    await world.start();
    world.nowMs = World.at(2);
    await world.order('deployment-lead', {
      kind: 'clock',
      scope: { level: 'deployment', names: [] },
      args: { clock: 'stop' },
      reason: 'connector',
    });
    expect(await ids()).toEqual(['clock-restart', 'go-ahead']);
  });
});

describe('the Security Lead is waited for', () => {
  const security = () => world.holder('security-lead');
  const provisioned = async () => {
    await world.start();
    await world.order('customer-lead', {
      kind: 'approve',
      scope: { level: 'deployment', names: [] },
      args: { decision: 'approve' },
    });
    world.nowMs = World.at(12);
  };

  it('to verify the log once the witness signed over provisioning, with both commands', async () => {
    await provisioned();
    await world.settle(['W1.12'], 12);
    expect(await ids()).toEqual([]);
    await world.settle(['W1.13'], 12);
    const { bucket, prefix } = world.file.audit;
    expect(await named('confirm-W1.14/security-lead')).toMatchObject({
      report: { command: ['verify', `s3://${bucket}/${prefix}`, '--policy', 'policy', '--json'], file: 'W1.14.json' },
      command: ['confirm', 'W1.14', '--evidence', 'W1.14.json', '--as', security()],
    });
    await world.settle(['W1.14'], 13);
    expect(await ids()).toEqual([]);
  });

  it('to explain gaps of the witness that were found, and not again after the explanation', async () => {
    await provisioned();
    await world.add('evidence', { subject: 'explain:W1.15', summary: '1 gap', evidence: evidence(9) });
    expect((await named('confirm-W1.15/security-lead'))?.command).toEqual([
      ...['confirm', 'W1.15', '--reason', 'WHY', '--as', security()],
    ]);
    await world.order('security-lead', { kind: 'confirm', scope: { level: 'row', names: ['W1.15'] }, reason: 'moved racks' });
    expect(await ids()).toEqual([]);
    await world.add('evidence', { subject: 'explain:W1.15', summary: '2 gaps', evidence: evidence(10) });
    expect(await ids()).toEqual(['confirm-W1.15/security-lead']);
  });

  it('to check a sample of the log from T+38', async () => {
    await inShadow();
    world.nowMs = World.at(37.9);
    expect(await ids()).toEqual([]);
    world.nowMs = World.at(38);
    expect(await named('confirm-W2.09/security-lead')).toMatchObject({
      report: { command: ['audit', 'sample', '--json'], file: 'W2.09.json' },
      command: ['confirm', 'W2.09', '--evidence', 'W2.09.json', '--as', security()],
    });
  });
});

describe('window 2 waits', () => {
  it('for the review from T+38, once there is evidence', async () => {
    await inShadow();
    world.nowMs = World.at(37);
    await world.groupEvidence(GROUPS);
    expect(await ids()).toEqual([]);
    world.nowMs = World.at(38);
    expect(await ids()).toEqual(['confirm-W2.08/customer-lead', 'confirm-W2.09/security-lead']);
  });

  it('for three signatures after the review, each for all groups that lack it', async () => {
    await reviewed();
    expect(await ids()).toEqual(['sign/customer-lead', 'sign/security-lead', 'sign/cfo']);
    await world.signAll(['customer-lead'], ['sales-ic']);
    expect((await named('sign/customer-lead'))?.what).toBe('sign 1 cohort group');
    await world.signAll(['customer-lead'], ['hr-lead']);
    await world.signAll(['security-lead', 'cfo'], Object.keys(GROUPS));
    expect(await ids()).toEqual([]);
    await world.groupEvidence({ 'hr-lead': GROUPS['hr-lead'] }, 11);
    expect(await ids()).toEqual(['sign/customer-lead', 'sign/security-lead', 'sign/cfo']);
  });

  it('not for groups that are held as a whole, until a hold is released', async () => {
    await reviewed();
    await world.order('cfo', { kind: 'hold', id: 'hold-sales', scope: { level: 'group', names: ['sales-ic'] }, reason: 'legal' });
    expect((await named('sign/cfo'))?.what).toBe('sign 1 cohort group');
    await world.add('hold.released', { holdId: 'hold-sales', by: 'x' });
    expect((await named('sign/cfo'))?.what).toBe('sign 2 cohort groups');
  });

  it('not for a signature whose consequences are still on their way into the log', async () => {
    await reviewed();
    await world.add('command.applied', {
      command: {
        v: 1,
        id: 'order-on-its-way',
        kind: 'sign',
        customer: 'northwind',
        deployment: 'q1',
        environment: 'rehearsal',
        logOrigin: world.file.logOrigin,
        person: world.holder('cfo'),
        role: 'cfo',
        scope: { level: 'group', names: Object.keys(GROUPS) },
        issuedAt: '2026-03-10T08:00:00.000Z',
        expiresAt: '2026-03-10T09:00:00.000Z',
        saw: { manifestSetDigest: '', runbookDigest: '', policyVersion: 1, evidence: {} },
        args: { decision: 'approve' },
        reason: '',
      },
      envelope: { ref: 'e', digest: 'e' },
      fenceGeneration: 1,
      latencyMs: 1,
    });
    expect(await ids()).toEqual(['sign/customer-lead', 'sign/security-lead']);
  });
});

describe('window 3 waits', () => {
  it('for each wave from five minutes before it opens, when its cohorts are signed off and the one before is stable', async () => {
    await signedOff();
    world.nowMs = World.at(47.95);
    expect(await ids()).toEqual([]); // not signed off yet, as cohorts say themselves
    await world.phase(ALL, 'signed-off');
    expect(await ids()).toEqual(['promote/research']);
    await world.order('deployment-lead', { kind: 'promote', scope: { level: 'wave', names: ['research'] } });
    expect(await ids()).toEqual([]);
    await world.settle(['W3.01'], 48);
    world.nowMs = World.at(54);
    expect(await ids()).toEqual([]);
    await world.settle(['W3.04'], 54);
    expect(await ids()).toEqual(['promote/production']);
    expect((await named('promote/production'))?.command.slice(0, 2)).toEqual(['promote', 'production']);
  });

  it('for the hand-over from T+66: operations when the pack lies there, and again on a newer one; the CFO in any case', async () => {
    await signedOff();
    await world.phase(ALL, 'live');
    await world.settle(exits('golive').filter((id) => id < 'W3.12'));
    world.nowMs = World.at(65.9);
    expect(await ids()).toEqual([]);
    world.nowMs = World.at(66);
    expect(await ids()).toEqual(['confirm-W3.15/cfo']);
    await world.settle(['W3.12'], 66);
    expect(await ids()).toEqual(['confirm-W3.15/cfo']);
    const accept = () => world.order('operations-lead', { kind: 'confirm', scope: { level: 'row', names: ['W3.13'] } });
    await world.add('evidence', { subject: 'accept:W3.13', summary: 'the hand-over pack', evidence: evidence(9) });
    expect(await ids()).toEqual(['confirm-W3.13/operations-lead', 'confirm-W3.15/cfo']);
    await accept();
    expect(await ids()).toEqual(['confirm-W3.15/cfo']);
    await world.add('evidence', { subject: 'accept:W3.13', summary: 'the hand-over pack', evidence: evidence(10) });
    expect(await ids()).toEqual(['confirm-W3.13/operations-lead', 'confirm-W3.15/cfo']);
    await world.settle(['W3.13', 'W3.14', 'W3.15', 'W3.16'], 71);
    expect(await ids()).toEqual(['go/gate-3']);
  });

  it('for nobody once the deployment is closed', async () => {
    await signedOff();
    await world.settle(exits('golive'));
    await world.add('deployment.closed', { result: 'live' });
    expect(await ids()).toEqual([]);
  });
});
