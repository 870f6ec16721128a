import { describe, expect, it } from 'vitest';
import { record } from '../../activities/entries.ts';
import { factsOf } from '../../activities/settle/facts.ts';
import { GOLIVE } from '../../activities/settle/golive.ts';
import { approvedWrites, interceptVerdicts } from '../../activities/settle/running.ts';
import type { Platform, Telemetry } from '../../clients/platform/port.ts';
import { getEvidence } from '../../clients/store/evidence.ts';
import { newOffice, NOW, SET, type Office } from './office/office.ts';

const REF = { ref: 'evidence/1', digest: SET };
const HOUR_MS = 3_600_000;
const T0 = NOW - 50 * HOUR_MS;
const at = (hours: number) => new Date(T0 + hours * HOUR_MS).toISOString();

/** A production wave is open; the platform has so many approved writes, of which it gives 1000 at once. */
async function office(committed: { count: number }, platform: Partial<Platform> = {}): Promise<Office> {
  const write = (n: number) => ({ id: `w-${n}`, escalation: `e-${n}`, agent: 'a', manager: 'm', connector: 'crm', at: at(56) });
  const o = newOffice({
    platform: {
      writes: async (_deployment, limit, _signal, after = 0) => {
        const rest = Math.max(0, committed.count - after);
        const writes = Array.from({ length: Math.min(limit, rest) }, (_, i) => ({ ...write(after + i), secret: 'x' }));
        return { total: committed.count, writes };
      },
      ...platform,
    },
  });
  o.setNow(T0 + 56 * HOUR_MS);
  const wave = { wave: 'production', shape: 'production' as const, cohorts: ['x'], ramp: [100], authority: 7 };
  await o.write('clock.started', 'clock', { planHours: 0, speed: 1, wallAt: at(0) });
  await o.write('wave.started', 'wave/production', wave);
  return o;
}
const facts = async (o: Office) => factsOf(o.d, await o.d.view());
const pages = (o: Office) => o.log.all.flatMap((e) => (e.kind === 'writes.approved' ? [e.data] : []));

describe('manager-approved writes', () => {
  it('meet W3.07 once the first hundred stand in our log by name', async () => {
    const o = await office({ count: 99 });
    expect(await GOLIVE['W3.07']?.(await facts(o))).toBeNull();
    expect(pages(o)).toEqual([]);
    const more = await office({ count: 120 });
    expect(await GOLIVE['W3.07']?.(await facts(more))).toBeNull();
    const [page] = pages(more);
    expect([page?.first, page?.count, page?.writes.length]).toEqual([0, 120, 100]);
    expect((await GOLIVE['W3.07']?.(await facts(more)))?.status).toBe('met');
  });

  it('are all in the log once a plan hour: each by id in the evidence of an entry, none twice, and nothing that we do not know', async () => {
    const committed = { count: 150 };
    const o = await office(committed);
    await GOLIVE['W3.07']?.(await facts(o));
    committed.count = 3400;
    expect(await approvedWrites(await facts(o), false)).toEqual([]);
    o.setNow(T0 + 57 * HOUR_MS);
    for (let twice = 0; twice < 2; twice++) await record(o.log, await approvedWrites(await facts(o), false));
    committed.count = 3405;
    await record(o.log, await approvedWrites(await facts(o), true));
    expect((await o.d.view()).writes.count).toBe(3405);
    const ids: string[] = [];
    for (const page of pages(o)) {
      const text = Buffer.from((await getEvidence(o.d.tenant.audit, page.evidence)) ?? []).toString();
      expect(text).not.toContain('secret');
      ids.push(...(JSON.parse(text) as { writes: { id: string }[] }).writes.map((w) => w.id));
    }
    expect(ids).toEqual(Array.from({ length: 3405 }, (_, n) => `w-${n}`));
    expect(pages(o)).toHaveLength(6);
  });

  it('of a run that never had a hundred are in the log at its end', async () => {
    const o = await office({ count: 7 });
    expect(await approvedWrites(await facts(o), false)).toEqual([]);
    await record(o.log, await approvedWrites(await facts(o), true));
    expect((await o.d.view()).writes.firstHundred).toHaveLength(7);
  });
});

const side = (calls: number, deny = 0) => ({
  ...{ calls, writesCommitted: 0, writesDryRun: 0, errors: 0, latency: new Array<number>(10).fill(0), costDollars: 0 },
  verdicts: { allow: calls - deny, warn: 0, deny, failed: 0 },
});

/** Gate 1 was passed at T+24:03; cohort a denied one call in shadow, b is silent. */
async function running(asked: [string, string][]): Promise<Office> {
  const telemetry = (from: string, to: string): Telemetry => ({
    ...{ from, to, connectors: [] },
    cohorts: [
      { cohort: 'a', live: side(5), shadow: side(10, 1), liveAgentHours: 1, shadowAgentHours: 1 },
      { cohort: 'b', live: side(0), shadow: side(0), liveAgentHours: 0, shadowAgentHours: 0 },
    ],
  });
  const o = await office({ count: 0 }, { telemetry: async (_d, from, to) => (asked.push([from, to]), telemetry(from, to)) });
  o.setNow(T0 + 24.05 * HOUR_MS);
  await o.write('gate.passed', 'gate/gate-1', { gate: 'gate-1', commandIndex: 0, planHours: 24.05, evidence: REF });
  return o;
}

describe('what the intercept said', () => {
  it('is an entry per cohort with calls and six plan hours, on one document, whoever looks and however often', async () => {
    const asked: [string, string][] = [];
    const o = await running(asked);
    for (const hours of [25, 29.9, 30.1, 30.2, 36, 40]) {
      o.setNow(T0 + hours * HOUR_MS);
      await record(o.log, await interceptVerdicts(await facts(o), false));
    }
    expect(asked).toEqual([
      [at(24.05), at(30)],
      [at(30), at(36)],
    ]);
    const entries = o.log.all.flatMap((e) => (e.kind === 'intercept.verdicts' ? [e] : []));
    expect(entries.map((e) => [e.cohort, e.data.to])).toEqual([
      ['a', at(30)],
      ['a', at(36)],
    ]);
    expect(entries[0]?.data.verdicts).toEqual({ allow: 14, warn: 0, deny: 1, failed: 0 });
    const document = entries[0] && (await getEvidence(o.d.tenant.audit, entries[0].data.evidence));
    expect(JSON.parse(Buffer.from(document ?? []).toString())).toMatchObject({ from: at(24.05), to: at(30) });
  });

  it('is complete at the end, also for hours that were not six', async () => {
    const asked: [string, string][] = [];
    const o = await running(asked);
    o.setNow(T0 + 27 * HOUR_MS);
    await record(o.log, await interceptVerdicts(await facts(o), true));
    expect(asked).toEqual([[at(24.05), at(27)]]);
  });

  it('is nothing before gate 1', async () => {
    const o = await office({ count: 0 });
    expect(await interceptVerdicts(await facts(o), false)).toEqual([]);
  });
});
