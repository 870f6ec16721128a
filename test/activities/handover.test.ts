import { describe, expect, it } from 'vitest';
import { factsOf } from '../../activities/settle/facts.ts';
import { handOver } from '../../activities/settle/handover.ts';
import { record } from '../../activities/entries.ts';
import { getEvidence } from '../../clients/store/evidence.ts';
import type { HandoverPack } from '../../domain/handover/pack.ts';
import { newOffice, NOW, SET, type Office } from './office/office.ts';

const HOUR_MS = 3_600_000;
const SUBJECT = 'accept:W3.13';

/** One cohort, at a plan hour of a clock at real speed, with the last wave stable unless the test says otherwise. */
async function world({ hours = 66.5, stable = true } = {}): Promise<Office> {
  const o = newOffice();
  const cohorts = [{ id: 'hr-a', group: 'hr', shape: 'coordination' as const, agents: 2 }];
  await o.write('plan.recorded', 'plan', { cohorts, managers: 1, plan: { ref: '', digest: SET }, forecastMintHours: 1 });
  await o.write('clock.started', 'clock', { planHours: 0, speed: 1, wallAt: new Date(NOW - hours * HOUR_MS).toISOString() });
  for (const gate of ['gate-1', 'gate-2'] as const)
    await o.write('gate.passed', gate, { gate, commandIndex: 0, planHours: 0, evidence: { ref: '', digest: SET } });
  if (stable)
    await o.write('milestone', 'm', { row: 'W3.12', status: 'met', dueAt: new Date(NOW).toISOString(), duePlanHours: 66 });
  return o;
}

const compile = async (o: Office): Promise<number> => {
  const entries = await handOver(factsOf(o.d, await o.d.view()));
  if (entries.length > 0) await record(o.log, entries);
  return entries.length;
};
const pack = async (o: Office): Promise<HandoverPack> => {
  const evidence = (await o.d.view()).evidence[SUBJECT]?.evidence;
  const bytes = evidence && (await getEvidence(o.d.tenant.audit, evidence));
  return JSON.parse(Buffer.from(bytes ?? []).toString('utf8')) as HandoverPack;
};
const hold = (o: Office) =>
  o.write('hold.added', 'hold/h-1', {
    holdId: 'h-1',
    scope: { level: 'cohort', names: ['hr-a'] },
    ceiling: 'shadow',
    why: 'access review',
    releasedBy: 'security-lead',
  });
const accept = async (o: Office) => {
  const digest = (await o.d.view()).evidence[SUBJECT]?.evidence.digest ?? '';
  const draft = o.draft('otto', 'operations-lead', 'confirm', { scope: { level: 'row', names: ['W3.13'] } });
  return o.applied({ ...draft, saw: { ...draft.saw, evidence: { 'W3.13': digest } } });
};

describe('the hand-over pack', () => {
  it('is made at T+66, once the last wave is stable, and not before', async () => {
    expect(await compile(await world({ hours: 65.9 }))).toBe(0);
    expect(await compile(await world({ stable: false }))).toBe(0);
    expect(await compile(await world())).toBe(1);
  });

  it('is the same document as long as nothing in it changes, and a new one when a hold is made', async () => {
    const o = await world();
    await compile(o);
    o.setNow(NOW + HOUR_MS);
    expect(await compile(o)).toBe(0);
    await hold(o);
    expect(await compile(o)).toBe(1);
    expect((await pack(o)).holds).toEqual([
      expect.objectContaining({
        id: 'h-1',
        why: 'access review',
        mayRelease: 'security-lead',
        command: 'golive release h-1 --as PERSON',
      }),
    ]);
  });

  it('goes back to what it was when the hold is released, as a document of its own in the log', async () => {
    const o = await world();
    await compile(o);
    const first = (await o.d.view()).evidence[SUBJECT]?.evidence.digest;
    await hold(o);
    await compile(o);
    await o.write('hold.released', 'hold/h-1/released', { holdId: 'h-1', by: 'sam' });
    expect(await compile(o)).toBe(1);
    expect((await o.d.view()).evidence[SUBJECT]?.evidence.digest).toBe(first);
    expect(await compile(o)).toBe(0);
  });

  it('stays what was accepted: what comes later is not put under a signature', async () => {
    const o = await world();
    await compile(o);
    await accept(o);
    await hold(o);
    expect(await compile(o)).toBe(0);
  });

  it('names for every role whom to call and when, how to stop, and what to look at in the first week', async () => {
    const o = await world();
    o.d.file.people = o.d.file.people.map((p) =>
      p.id === 'otto' ? { ...p, contactHours: { zone: 'Europe/Berlin', from: '08:00', to: '20:00' } } : p,
    );
    await compile(o);
    const { contacts, howToStop, firstWeek } = await pack(o);
    expect(contacts.find((c) => c.role === 'operations-lead')?.people).toEqual([
      expect.objectContaining({ id: 'otto', hours: '08:00 to 20:00, Europe/Berlin', deputy: false }),
    ]);
    expect(contacts).toHaveLength(9);
    for (const way of howToStop) expect(way.command ?? way.instead).toBeTruthy();
    expect(firstWeek.map((c) => c.what.slice(0, 2))).toEqual(expect.arrayContaining(['A1', 'A2', 'A3']));
  });
});
