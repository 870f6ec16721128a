import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type * as wire from '../../clients/platform/wire.schema.ts';
import { RunningPlatform } from './running-platform.ts';
import { Steps } from './steps.ts';
import { specOf } from './world.ts';

type Telemetry = z.infer<typeof wire.telemetryReply>;
type Side = Telemetry['cohorts'][number]['live'];
type Escalations = z.infer<typeof wire.escalationsReply>;
type Writes = z.infer<typeof wire.writesReply>;
type Executions = z.infer<typeof wire.executionsReply>;

/** One plan hour in a second of wall time. */
const SPEED = 3600;
const hours = (count: number): Promise<void> => sleep((count * 3_600_000) / SPEED);
const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);

const RESEARCH = specOf('readers', { shape: 'research', agents: 20 });
const PRODUCTION = specOf('askers', { shape: 'production', agents: 100 });
const COORDINATION = specOf('movers', { shape: 'coordination', agents: 20 });
const UNSTABLE = specOf('shaky', { shape: 'research', agents: 20 });
const NAMES = [RESEARCH, PRODUCTION, COORDINATION, UNSTABLE].map(({ cohort }) => cohort);

/** One story, told in order: shadow, then live, then back again, and what the platform counts on the way. */
describe('running agents', () => {
  let platform: RunningPlatform;
  let steps: Steps;
  let shadowFrom = 0;
  let liveFrom = 0;
  beforeAll(async () => {
    platform = await RunningPlatform.start({
      speed: SPEED,
      managerAnswering: { 'm3@acme.test': { never: true } },
      faults: { unstable: ['shaky'] },
    });
    steps = new Steps(platform);
    await steps.provision(RESEARCH, PRODUCTION, COORDINATION, UNSTABLE);
  });
  afterAll(() => platform.stop());

  const telemetry = async (from: number, to: number): Promise<Telemetry> => {
    const window = `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`;
    return (await platform.get(`/v1/deployments/q4/telemetry?${window}`)).body as Telemetry;
  };
  const of = (reply: Telemetry, cohort: string) => reply.cohorts.find((each) => each.cohort === cohort)!;
  const listed = async <T>(what: string): Promise<T> => (await platform.get(`/v1/deployments/q4/${what}`)).body as T;

  it('make no calls before they run', async () => {
    await hours(0.5);
    const { cohorts } = await telemetry(0, Date.now());
    expect(sum(cohorts.map(({ live, shadow }) => live.calls + shadow.calls))).toBe(0);
  });

  it('in shadow make about the calls that their manifest expects, and commit no write', async () => {
    shadowFrom = Date.now();
    for (const name of NAMES) await steps.flip(name, 'shadow', { run: true });
    await hours(2.5);
    const reply = await telemetry(shadowFrom, Date.now());
    for (const { live, shadow, shadowAgentHours } of reply.cohorts) {
      expect(live.calls).toBe(0);
      expect(shadow.writesCommitted).toBe(0);
      expect(Math.abs(shadow.calls / (12 * shadowAgentHours) - 1)).toBeLessThan(0.1);
    }
    expect(of(reply, 'askers').shadow.writesDryRun).toBeGreaterThan(100);
    expect(of(reply, 'readers').shadow.writesDryRun).toBe(0);
    expect(await listed<Writes>('writes')).toEqual({ total: 0, writes: [] });
    expect(await listed<Escalations>('escalations')).toMatchObject({ total: 0 });
  });

  it('live make the same calls as in shadow, in good health but where the script says otherwise', async () => {
    liveFrom = Date.now();
    const before = await telemetry(shadowFrom, liveFrom);
    for (const name of NAMES) await steps.flip(name, 'live');
    await hours(2.5);
    const after = await telemetry(liveFrom + 200, Date.now());
    for (const name of NAMES) {
      const [shadow, live] = [of(before, name), of(after, name)];
      const [was, is] = [shadow.shadow.calls / shadow.shadowAgentHours, live.live.calls / live.liveAgentHours];
      expect(Math.abs(is / was - 1)).toBeLessThan(0.1);
      const errorRate = live.live.errors / live.live.calls;
      if (name === 'shaky') expect(errorRate).toBeGreaterThan(0.02);
      else expect(errorRate).toBeLessThan(0.001);
      const under100Ms = sum(live.live.latency.slice(0, 4));
      expect(under100Ms / live.live.calls).toBeGreaterThan(0.95);
      expect(live.live.costDollars).toBeGreaterThan(0);
    }
  });

  it('commit what managers approved, within two hours more than a hundred writes from a hundred agents', async () => {
    const { writes } = await listed<Writes>('writes?limit=1000');
    const { total, escalations } = await listed<Escalations>('escalations?limit=1000');
    const first = escalations[0]!;
    expect(Date.parse(first.at) - liveFrom).toBeLessThan(0.5 * (3_600_000 / SPEED) + 200);
    expect(total).toBe(escalations.length);
    const early = writes.filter(({ at }) => Date.parse(at) < liveFrom + 2.2 * (3_600_000 / SPEED));
    expect(early.length).toBeGreaterThanOrEqual(100);
    for (const write of writes) {
      const { decision, decidedAt } = escalations.find(({ id }) => id === write.escalation)!;
      expect([decision, decidedAt]).toEqual(['approved', write.at]);
    }
  });

  it('complete orchestrations over several systems within an hour of going live', async () => {
    const { total, orchestrations } = await listed<z.infer<typeof wire.orchestrationsReply>>('orchestrations');
    expect(total).toBeGreaterThan(0);
    expect(orchestrations[0]!.connectors.length).toBeGreaterThan(1);
    expect(Date.parse(orchestrations[0]!.completedAt) - liveFrom).toBeLessThan(3_600_000 / SPEED + 200);
  });

  it('wait in the queue of a manager who never answers until somebody passes them on', async () => {
    await hours(3);
    const waiting = await listed<Escalations>('escalations?open=true&limit=1000');
    const lying = waiting.escalations.filter(({ manager }) => manager === 'm3@acme.test');
    expect(lying.every(({ level, assignedTo }) => level === 0 && assignedTo === 'm3@acme.test')).toBe(true);
    const items = lying.map(({ id }) => ({ key: `pass/${id}`, escalation: id, to: 'head@acme.test' }));
    await platform.post('/v1/deployments/q4/escalations/reassign', { items: items.slice(0, 20) });
    await hours(0.6);
    const { queues } = await listed<z.infer<typeof wire.queuesReply>>('queues');
    expect(queues.map(({ manager }) => manager).sort()).toEqual([
      'boss@acme.test',
      'head@acme.test',
      'm1@acme.test',
      'm2@acme.test',
      'm3@acme.test',
    ]);
    const silent = queues.find(({ manager }) => manager === 'm3@acme.test')!;
    expect(silent.decided).toBe(0);
    expect(silent.open).toBeGreaterThan(0);
    const { escalations } = await listed<Escalations>('escalations?limit=1000');
    const decided = escalations.filter(({ manager, decidedBy }) => manager === 'm3@acme.test' && decidedBy !== null);
    expect(new Set(decided.map(({ id }) => id))).toEqual(new Set(items.slice(0, 20).map(({ escalation }) => escalation)));
    expect(new Set(decided.map(({ decidedBy }) => decidedBy))).toEqual(new Set(['head@acme.test']));
  });

  it('are counted once: adjoining windows add up to the window around them', async () => {
    const to = Date.now();
    const cuts = [shadowFrom, shadowFrom + 777, liveFrom - 1, liveFrom + 3, liveFrom + 1234, to];
    const whole = await telemetry(shadowFrom, to);
    const parts = await Promise.all(cuts.slice(1).map((cut, index) => telemetry(cuts[index]!, cut)));
    for (const name of NAMES) {
      for (const side of ['live', 'shadow'] as const) {
        const added = parts.map((part) => flat(of(part, name)[side]));
        expect(added.reduce((a, b) => a.map((value, index) => value + b[index]!))).toEqual(flat(of(whole, name)[side]));
        for (const counts of added) expect(Math.min(...counts)).toBeGreaterThanOrEqual(0);
      }
    }
    for (const { connector, calls } of whole.connectors) {
      const added = sum(parts.map((part) => part.connectors.find((each) => each.connector === connector)?.calls ?? 0));
      expect(added).toBe(calls);
    }
  });

  it('are counted the same after a kill -9 and a restart', async () => {
    const to = Date.now();
    const asked = async () => ({
      telemetry: await telemetry(shadowFrom, to),
      escalations: (await listed<Escalations>('escalations?limit=50')).escalations.filter(({ decidedAt }) => decidedAt !== null),
      writes: (await listed<Writes>('writes?limit=50')).writes,
      executions: (await listed<Executions>(`executions?from=${iso(liveFrom)}&to=${iso(to)}&limit=50`)).executions,
    });
    const before = await asked();
    await platform.restart();
    expect(await asked()).toEqual(before);
  });

  it('can be drawn from by number, state changes too', async () => {
    const to = Date.now();
    const window = `from=${iso(liveFrom)}&to=${iso(to)}`;
    const reply = await telemetry(liveFrom, to);
    const all = await listed<Executions>(`executions?${window}&limit=1000`);
    expect(all.total).toBe(sum(reply.cohorts.map(({ live, shadow }) => live.calls + shadow.calls)));
    const drawn = await listed<Executions>(`executions?${window}&after=500&limit=1`);
    expect(drawn.executions).toEqual([all.executions[501]]);
    for (const { at } of all.executions) expect(Date.parse(at)).toBeGreaterThan(liveFrom - 1);
    const changes = await listed<Executions>(`executions?${window}&stateChange=true&limit=1000`);
    expect(changes.total).toBe(of(reply, 'movers').live.writesCommitted);
    expect(changes.executions.every(({ stateChange, live, cohort }) => stateChange && live && cohort === 'movers')).toBe(true);
  });

  it('commit nothing any more once they are back in shadow, approved or not', async () => {
    for (const name of NAMES) await steps.flip(name, 'shadow');
    const stopped = Date.now();
    await hours(1);
    const reply = await telemetry(stopped, Date.now());
    for (const { live } of reply.cohorts) expect([live.calls, live.writesCommitted]).toEqual([0, 0]);
    const { writes } = await listed<Writes>('writes?limit=1000');
    expect(Math.max(...writes.map(({ at }) => Date.parse(at)))).toBeLessThanOrEqual(stopped);
  });

  it('fail on a connector that is down, and on that one only', async () => {
    await platform.control({ action: 'connector-down', customer: 'acme', connector: 'crm' });
    const from = Date.now();
    await hours(1);
    const { connectors } = await telemetry(from, Date.now());
    const rate = (id: string): number => {
      const { calls, errors } = connectors.find(({ connector }) => connector === id)!;
      return errors / calls;
    };
    expect(rate('crm')).toBe(1);
    expect(rate('jira')).toBeLessThan(0.01);
    await platform.control({ action: 'connector-up', customer: 'acme', connector: 'crm' });
  });

  it('answer the example request as their output schema says, unless the script says otherwise', async () => {
    const ask = async (cohort: string, key: string) =>
      (await platform.post(`/v1/deployments/q4/cohorts/${cohort}/example`, { key, generation: 0 })).body;
    const right = {
      output: { answer: expect.any(String) as string, sources: [expect.any(String)] },
      verdict: 'ALLOW',
      dryRun: true,
    };
    expect(await ask('askers', 'example/1')).toEqual(right);
    await platform.control({ action: 'example-mismatch', customer: 'acme', cohort: 'askers' });
    expect(await ask('askers', 'example/2')).not.toHaveProperty('output.answer');
    expect(await ask('askers', 'example/1')).toEqual(right);
  });
});

const iso = (time: number): string => new Date(time).toISOString();

function flat({ calls, writesCommitted, writesDryRun, errors, latency, verdicts }: Side): number[] {
  return [calls, writesCommitted, writesDryRun, errors, ...latency, ...Object.values(verdicts)];
}
