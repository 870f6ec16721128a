import { beforeEach, describe, expect, it } from 'vitest';
import type { EvidenceRef } from '../../domain/entry.ts';
import { rowsOf } from '../../domain/runbook/rows.ts';
import { holdOfStop } from '../../domain/stop/hold.ts';
import type { Command } from '../../domain/command.ts';
import { STOPS, type StoppingKind } from '../../domain/stop/stop.ts';
import { causeGoneSubject } from '../../domain/stop/triggers/standing.ts';
import { liftOf } from '../../domain/hold.ts';
import { waitingFor } from '../../domain/waiting.ts';
import { COHORTS, evidence, World } from '../scripts/cli/world.ts';

const COHORT = 'sales-ic-research';
const GROUPS = { 'sales-ic': [COHORT, 'sales-ic-production'], 'hr-lead': ['hr-lead-research', 'hr-lead-coordination'] };
const SEEN: EvidenceRef = evidence(7);
const SEEN_AT = '2026-03-03T10:00:00.000Z';
const exits = (window: 'provision' | 'validate') =>
  rowsOf(window)
    .filter((r) => r.waivedBecause === undefined)
    .map((r) => r.id);

let world: World;
const waiting = async () => waitingFor(await world.view(), world.file, world.nowMs);
const ids = async () => (await waiting()).map((w) => w.id).filter((id) => /^(reissue|lift|promote-again)/.test(id));

/** In window 3, signed off, the research wave live. */
beforeEach(async () => {
  world = await new World().open();
  await world.start();
  await world.order('customer-lead', {
    kind: 'approve',
    scope: { level: 'deployment', names: [] },
    args: { decision: 'approve' },
  });
  await world.settle(exits('provision'));
  await world.pass('gate-1', 24);
  await world.phase(
    COHORTS.map((c) => c.id),
    'shadow',
  );
  world.nowMs = World.at(39);
  await world.groupEvidence(GROUPS);
  await world.order('customer-lead', { kind: 'confirm', scope: { level: 'row', names: ['W2.08'] } });
  await world.signAll(['customer-lead', 'security-lead', 'cfo'], Object.keys(GROUPS));
  await world.settle(exits('validate'));
  await world.pass('gate-2', 47);
  world.nowMs = World.at(50);
  await world.settle(['W3.01']);
  await world.phase([COHORT], 'live');
});

/** As the log has a stop that golive gave by itself. */
async function stopped(kind: StoppingKind, row: string, person = 'golive', nth = 1): Promise<string> {
  const scope: Command['scope'] = { level: 'cohort', names: [COHORT] };
  const args = person === 'golive' ? { trigger: row } : {};
  const id = `trigger-${row}-${nth}`;
  const role = person === 'golive' ? 'machine' : 'security-lead';
  await world.order(role, { kind, scope, args, id, person, reason: 'odd figures' });
  const command = Object.values((await world.view()).commands).find((c) => c.id === id);
  const hold = holdOfStop({ ...(command as unknown as Command), kind, args, scope, id, person, reason: 'odd', issuedAt: '' });
  const lifted = { releasedBy: hold.releasedBy, by: kind, liftedBy: liftOf(hold), why: 'odd figures' };
  const known = Object.values((await world.view()).holds).some((h) => h.holdId === id);
  if (!known) await world.add('hold.added', { holdId: id, scope, ceiling: STOPS[kind].ceiling, ...lifted }, { actor: person });
  return id;
}
const landed = (stop: string) => world.add('stop.landed', { stop, verdict: 'pass', checks: [], evidence: SEEN });
const causeGone = (stop: string) =>
  world.add('evidence', { subject: causeGoneSubject(stop), summary: 'its cause is gone', evidence: SEEN });

describe('after a stop of its own golive waits', () => {
  it('for a promotion, once a rollback has landed', async () => {
    const stop = await stopped('rollback', 'critical-level');
    expect(await ids()).toEqual([]);
    await landed(stop);
    expect(await ids()).toEqual([`promote-again/${COHORT}`]);
    const [asked] = (await waiting()).filter((w) => w.id.startsWith('promote-again'));
    expect(asked).toMatchObject({ role: 'deployment-lead', id: `promote-again/${COHORT}` });
    expect(asked?.command.slice(0, 3)).toEqual(['promote', '--cohort', COHORT]);
  });

  it('for no promotion of what was stopped again for the same reason: somebody finds out why first', async () => {
    await landed(await stopped('rollback', 'critical-level'));
    await landed(await stopped('rollback', 'write-rate'));
    expect(await ids()).toEqual([`promote-again/${COHORT}`]);
    await landed(await stopped('rollback', 'critical-level', 'golive', 2));
    expect(await ids()).toEqual([]);
  });

  it('for a promotion of what a person stopped too, once it was taken back and stands in shadow again', async () => {
    const raised = { operation: 'raise', key: 'r', intent: 0, result: 'applied', mode: 'live', livePercent: 100 } as const;
    await world.add('outcome', raised, { cohort: COHORT });
    const stop = await stopped('halt', 'person', world.holder('security-lead'));
    const flips = { handedInAt: SEEN_AT, fencedAt: SEEN_AT, lastAt: SEEN_AT, evidence: SEEN };
    const outcomes = { applied: 1, 'not-applied': 0, unknown: 0 };
    await world.add('stop.flipped', {
      ...{ stop, kind: 'halt', scope: { level: 'cohort', names: [COHORT] }, ceiling: 'halted', fenceGeneration: 9 },
      ...{ ...flips, outcomes, flipped: [COHORT], left: [] },
    });
    await world.add('hold.released', { holdId: stop, by: world.holder('deployment-lead') });
    expect(await ids()).toEqual([]);
    const restored = { operation: 'restore', key: 'k', intent: 0, result: 'applied', mode: 'shadow', livePercent: 0 } as const;
    await world.add('outcome', restored, { cohort: COHORT });
    expect(await ids()).toEqual([`promote-again/${COHORT}`]);
  });

  it('for a promotion of who left its wave over an alert that has ended, however many waves of it were stopped before', async () => {
    const fired = {
      row: 'warning-level',
      subject: COHORT,
      cohorts: [COHORT],
      stop: null,
      because: 'p95',
      since: SEEN_AT,
      evidence: SEEN,
    };
    await world.add('trigger.fired', fired);
    for (const wave of ['research', 'catch-up-1', 'catch-up-2'])
      await world.add('wave.started', { wave, shape: 'catch-up', cohorts: [COHORT], ramp: [100], authority: 1 });
    await world.add('cohort.phase', { phase: 'held', code: 'not_stable', reason: 'alert' }, { cohort: COHORT });
    expect(await ids()).toEqual([]);
    await world.add('trigger.cleared', { row: 'warning-level', subject: COHORT, because: 'calm' });
    expect(await ids()).toEqual([]);
    await landed(await stopped('rollback', 'critical-level'));
    await world.add('hold.released', { holdId: 'trigger-critical-level-1', by: world.holder('deployment-lead') });
    await world.add('cohort.phase', { phase: 'held', code: 'not_stable', reason: 'alert' }, { cohort: COHORT });
    expect(await ids()).toEqual([`promote-again/${COHORT}`]);
  });

  it('for a promotion of whom the platform refused to raise because of a stop, once that was taken back', async () => {
    const stop = await stopped('halt', 'audit-integrity');
    await world.add('cohort.phase', { phase: 'held', code: 'fenced', reason: 'a stop came after it' }, { cohort: COHORT });
    expect(await ids()).toEqual([]);
    await world.add('hold.released', { holdId: stop, by: world.holder('deployment-lead') });
    expect(await ids()).toEqual([`promote-again/${COHORT}`]);
  });

  it('for two voices, once the cause of a halt is gone', async () => {
    const stop = await stopped('halt', 'manifest-drift');
    expect(await ids()).toEqual([]);
    await causeGone(stop);
    expect(await ids()).toEqual([`lift/${stop}/atlas-operator`, `lift/${stop}/deployment-lead`]);
  });

  it('for new credentials first, where a connector saw the wrong identity', async () => {
    const stop = await stopped('halt', 'wrong-identity');
    expect(await ids()).toEqual([`reissue/${COHORT}`]);
    await world.order('connector-standby', { kind: 'reissue', scope: { level: 'cohort', names: [COHORT] } });
    expect(await ids()).toEqual([]);
    await causeGone(stop);
    expect(await ids()).toEqual([`lift/${stop}/security-lead`, `lift/${stop}/deployment-lead`]);
  });

  it('for nobody where a person stopped it: they know what for', async () => {
    const stop = await stopped('rollback', 'person', world.holder('security-lead'));
    await landed(stop);
    expect(await ids()).toEqual([]);
  });
});
