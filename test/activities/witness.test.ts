import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import { factsOf } from '../../activities/settle/facts.ts';
import { settle } from '../../activities/settle/settle.ts';
import { WITNESS, watchWitness } from '../../activities/settle/witness.ts';
import { record } from '../../activities/entries.ts';
import type { AuditState, WitnessState } from '../../clients/recorder/reader.ts';
import { getEvidence } from '../../clients/store/evidence.ts';
import { newOffice, NOW, SET, type Office } from './office/office.ts';
import { WitnessedLog } from './office/witnessed.ts';

const REF = { ref: 'evidence/1', digest: SET };
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** T-0 of the tests: speed 1, and it is 24 hours and a minute later. */
const T0 = NOW - 24 * HOUR_MS - MINUTE_MS;

interface World {
  o: Office;
  witnessed: WitnessedLog;
  audit(change: Partial<AuditState>): void;
  probe(row: string): Promise<string>;
}

/** One cohort of two agents, each credentialled and tested; the last outcome is entry #6. */
async function world({ smoked = 2, row = 'met' as const } = {}): Promise<World> {
  const o = newOffice();
  const witnessed = new WitnessedLog(o);
  const state: AuditState = { origin: 'log', size: 9, root: '', published: null, witness: null, failing: null, halted: null };
  o.log.audit = async () => structuredClone(state);
  const cohorts = [{ id: 'hr-a', group: 'hr', shape: 'research' as const, agents: 2 }];
  await o.write('plan.recorded', 'plan', { cohorts, managers: 1, plan: REF, forecastMintHours: 1 });
  await o.write('clock.started', 'clock', { planHours: 0, speed: 1, wallAt: new Date(T0).toISOString() });
  for (const operation of ['mint', 'smoke'] as const)
    for (const agent of ['a', 'b'].slice(0, operation === 'smoke' ? smoked : 2)) {
      const data = { operation, key: `${agent}/${operation}`, result: 'applied' as const, intent: 0 };
      await record(o.log, [o.d.entry('outcome', `${agent}/${operation}`, data, { cohort: 'hr-a', agent })]);
    }
  const dueAt = new Date(T0 + 12 * HOUR_MS).toISOString();
  await o.write('milestone', 'milestone/W1.12', { row: 'W1.12', status: row, dueAt, duePlanHours: 12 });
  return {
    o,
    witnessed,
    audit: (change) => void Object.assign(state, change),
    probe: async (id) => (await WITNESS[id]?.(factsOf(o.d, await o.d.view())))?.status ?? 'open',
  };
}

describe('W1.13, the witness over provisioning,', () => {
  const cases: [string, string, (w: World) => Promise<void>, { smoked?: number }?][] = [
    ['met', 'its signature covers the last outcome', async (w) => w.witnessed.publish(await w.witnessed.checkpoint(6, NOW))],
    [
      'open',
      'its signature ends before the last outcome',
      async (w) => w.witnessed.publish(await w.witnessed.checkpoint(5, NOW)),
    ],
    ['open', 'nothing is published', async () => {}],
    [
      'open',
      'the witness did not sign what is published',
      async (w) => w.witnessed.publish(await w.witnessed.checkpoint(6, null)),
    ],
    [
      'open',
      'another key than the pinned one signed for the log',
      async (w) => w.witnessed.publish(await w.witnessed.checkpoint(6, NOW, { by: 'nobody' })),
    ],
    [
      'open',
      'an outcome that the platform counts is not in the log yet',
      async (w) => w.witnessed.publish(await w.witnessed.checkpoint(6, NOW)),
      { smoked: 1 },
    ],
  ];
  it.each(cases)('is %s when %s', async (status, _what, given, log) => {
    const w = await world(log);
    await given(w);
    expect(await w.probe('W1.13')).toBe(status);
  });

  it('keeps the checkpoint as its evidence', async () => {
    const w = await world();
    const text = await w.witnessed.checkpoint(6, NOW);
    await w.witnessed.publish(text);
    const settled = await WITNESS['W1.13']?.(factsOf(w.o.d, await w.o.d.view()));
    const kept = settled?.evidence && (await getEvidence(w.o.d.tenant.audit, settled.evidence));
    expect(Buffer.from(kept ?? []).toString()).toBe(text);
  });
});

/** A copy every five minutes from T-0 to T+24, but for the minutes that are left out. */
async function signedEveryFiveMinutes(
  { witnessed }: World,
  away: { from: number; to: number } = { from: -1, to: -1 },
): Promise<void> {
  for (let minute = 0; minute <= 24 * 60; minute += 5)
    if (minute < away.from || minute > away.to) await witnessed.copy(10 + minute, T0 + minute * MINUTE_MS);
}
const tasks = async ({ o }: World) => Object.values((await o.d.view()).tasks).map((t) => [t.owner, t.code, t.closed === null]);

/** The Security Lead's order as it stands in the log once it was judged. */
const explain = (o: Office, reason: string) =>
  o.applied(o.draft('sam', 'security-lead', 'confirm', { scope: { level: 'row', names: ['W1.15'] }, reason }));

describe('W1.15, the witness every five minutes,', () => {
  it('is met when it signed without a gap, and says what counts as one', async () => {
    const w = await world();
    await signedEveryFiveMinutes(w);
    expect(await w.probe('W1.15')).toBe('met');
    const settled = await WITNESS['W1.15']?.(factsOf(w.o.d, await w.o.d.view()));
    expect(settled?.reason).toMatch(
      /^28\d signatures by witness.acme.example\/golive, no gap \(a gap is more than 12 min of plan/,
    );
  });

  it('is not judged before T+24', async () => {
    const w = await world();
    await signedEveryFiveMinutes(w);
    w.o.setNow(NOW - 2 * MINUTE_MS);
    expect(await w.probe('W1.15')).toBe('open');
  });

  it('forgives one signature that fails and is made up for at the next interval', async () => {
    const w = await world();
    await signedEveryFiveMinutes(w, { from: 600, to: 600 });
    expect(await w.probe('W1.15')).toBe('met');
  });

  it.each([
    ['for twenty minutes', { from: 600, to: 610 }, '1 gap in the signatures of the witness, the longest 20 min of plan'],
    ['from the start', { from: 0, to: 55 }, 'the longest 60 min of plan'],
    ['at the end', { from: 1400, to: 1440 }, 'the longest 45 min of plan'],
    ['all the time', { from: 0, to: 1440 }, 'the longest 1440 min of plan'],
  ])('waits for the Security Lead when it was away %s', async (_what, away, words) => {
    const w = await world();
    await signedEveryFiveMinutes(w, away);
    expect(await w.probe('W1.15')).toBe('open');
    expect(await tasks(w)).toEqual([['security-lead', 'witness_gap', true]]);
    expect((await w.o.d.view()).evidence['explain:W1.15']?.summary).toContain(words);
    expect(await w.probe('W1.15')).toBe('open');
    expect(w.o.log.all.filter((e) => e.kind === 'task.opened')).toHaveLength(1);
  });

  it('is met with gap and explanation in its reason once the Security Lead has explained it', async () => {
    const w = await world();
    await signedEveryFiveMinutes(w, { from: 600, to: 610 });
    await w.probe('W1.15');
    await explain(w.o, 'the witness was moved to another rack');
    const settled = await WITNESS['W1.15']?.(factsOf(w.o.d, await w.o.d.view()));
    expect(settled).toMatchObject({ status: 'met' });
    expect(settled?.reason).toMatch(
      /explained by sam, entry #\d+: the witness was moved to another rack; .*\(20 min of plan\) \(a gap is/,
    );
    expect(await tasks(w)).toEqual([['security-lead', 'witness_gap', false]]);
  });

  it('asks for the explanation as soon as the witness is back, and takes it at T+24 if nothing was added', async () => {
    const w = await world();
    await signedEveryFiveMinutes(w, { from: 600, to: 610 });
    w.o.setNow(T0 + 11 * HOUR_MS);
    expect(await w.probe('W1.15')).toBe('open');
    expect(await tasks(w)).toEqual([['security-lead', 'witness_gap', true]]);
    await explain(w.o, 'moved');
    w.o.setNow(T0 + 11.2 * HOUR_MS);
    expect(await w.probe('W1.15')).toBe('open');
    expect(await tasks(w)).toEqual([['security-lead', 'witness_gap', false]]);
    w.o.setNow(NOW);
    expect(await w.probe('W1.15')).toBe('met');
  });

  it('takes no explanation that was given before the gap was known', async () => {
    const w = await world();
    await signedEveryFiveMinutes(w, { from: 600, to: 615 });
    await explain(w.o, 'just in case');
    await w.probe('W1.15');
    expect(await w.probe('W1.15')).toBe('open');
  });

  it("counts no copy that only bears a time in its name, or somebody else's signature", async () => {
    const w = await world();
    await signedEveryFiveMinutes(w, { from: 600, to: 615 });
    const store = w.o.d.tenant.audit;
    for (const minute of [605, 610]) {
      const name = (n: number) => `log/checkpoints/${n}-${Math.floor((T0 + minute * MINUTE_MS) / 1000)}`;
      await store.put(name(9000), await w.witnessed.checkpoint(9000, null));
      await store.put(name(9001), await w.witnessed.checkpoint(9001, T0 + minute * MINUTE_MS, { by: 'nobody' }));
      await store.put(name(9002), 'no checkpoint');
    }
    expect(await w.probe('W1.15')).toBe('open');
    expect(await tasks(w)).toEqual([['security-lead', 'witness_gap', true]]);
  });

  it.each<[string, (w: World) => Promise<unknown>]>([
    ['two roots of one size', (w) => w.witnessed.copy(610, T0 + 601 * MINUTE_MS, 'other')],
    ['a log that became shorter', (w) => w.witnessed.copy(300, T0 + 601 * MINUTE_MS)],
  ])('is never met with %s under its signature; that is an incident', async (_what, fork) => {
    const w = await world();
    await signedEveryFiveMinutes(w);
    await fork(w);
    expect(await w.probe('W1.15')).toBe('open');
    expect(await w.probe('W1.15')).toBe('open');
    expect(await tasks(w)).toEqual([
      ['security-lead', 'log_integrity', true],
      ['arx-standby', 'log_integrity', true],
    ]);
    expect((await w.o.d.view()).watchItems['log-integrity']?.text).toMatch(/^For all: /);
    expect(w.o.log.all.filter((e) => e.kind === 'task.opened')).toHaveLength(2);
  });

  it.each<[string, Partial<AuditState>]>([
    ['has halted', { halted: 'the lock is not ours' }],
    ['is refused by the witness', { witness: { ...away(0), refused: true, reason: 'it does not continue size 8' } }],
  ])('is not met while the log %s', async (_what, audit) => {
    const w = await world();
    await signedEveryFiveMinutes(w);
    w.audit(audit);
    expect(await w.probe('W1.15')).toBe('open');
  });
});

function away(minutes: number): WitnessState {
  const at = new Date(NOW - minutes * MINUTE_MS).toISOString();
  return { name: 'w', size: 8, at, lagMs: minutes * MINUTE_MS, failingSince: null, reason: 'no answer', refused: false };
}

describe('a witness that is away', () => {
  const look = async ({ o }: World) => void (await record(o.log, await watchWitness(factsOf(o.d, await o.d.view()))));
  const items = async ({ o }: World) => Object.values((await o.d.view()).watchItems).map((i) => [i.text, i.closed === null]);

  it('is a watch item after twelve minutes, one per absence, closed when it is back', async () => {
    const w = await world();
    for (const minutes of [2, 11]) {
      w.audit({ witness: away(minutes) });
      await look(w);
    }
    expect(await items(w)).toEqual([]);
    w.audit({ witness: away(13) });
    await look(w);
    await look(w);
    expect(await items(w)).toEqual([[`The witness w signed last at ${away(13).at ?? ''}: no answer`, true]]);
    w.audit({ witness: away(0) });
    await look(w);
    await look(w);
    expect((await items(w)).map(([, open]) => open)).toEqual([false]);
    expect(w.o.log.all.filter((e) => e.kind === 'watch-item')).toHaveLength(2);
  });

  it('is no watch item but an incident when it refuses the log', async () => {
    const w = await world();
    w.audit({ witness: { ...away(1), refused: true, reason: 'it does not continue size 8' } });
    await look(w);
    await look(w);
    expect((await tasks(w)).map(([owner]) => owner)).toEqual(['security-lead', 'arx-standby']);
    expect((await items(w)).map(([text]) => text)).toEqual([expect.stringContaining('it does not continue size 8')]);
  });

  it('writes nothing into a log that has halted: it could not', async () => {
    const w = await world();
    w.audit({ witness: away(60), halted: 'x' });
    expect(await watchWitness(factsOf(w.o.d, await w.o.d.view()))).toEqual([]);
  });

  it('is looked at by whoever settles a window, and holds nothing up when it cannot be looked at', async () => {
    const w = await world();
    w.o.log.audit = () => Promise.reject(new Error('away'));
    for (const id of ['C1', 'C2', 'C3', 'C4', ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `P${n}`)])
      await w.o.write('milestone', `milestone/${id}`, { row: id, status: 'met', dueAt: '', duePlanHours: 0 });
    expect(await new MockActivityEnvironment().run(() => settle(w.o.d, 'countdown'))).toEqual({ late: 0, missed: 0 });
  });
});
