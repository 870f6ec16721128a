import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type * as wire from '../../clients/platform/wire.schema.ts';
import { RunningPlatform } from './running-platform.ts';
import { namesOf, Steps } from './steps.ts';
import { specOf } from './world.ts';

type Telemetry = z.infer<typeof wire.telemetryReply>;
type Commits = z.infer<typeof wire.commitsReply>;
type Checks = z.infer<typeof wire.checksReply>;
type Exit = z.infer<typeof wire.exitsReply>;

/** One plan hour in a second of wall time. */
const SPEED = 3600;
const hours = (count: number): Promise<void> => sleep((count * 3_600_000) / SPEED);
const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);
const iso = (at: number): string => new Date(at).toISOString();

const READERS = specOf('readers', { shape: 'research', agents: 40 });
const ASKERS = specOf('askers', { shape: 'production', agents: 40 });
const MOVERS = specOf('movers', { shape: 'coordination', agents: 40 });
const NAMES = [READERS, ASKERS, MOVERS].map(({ cohort }) => cohort);

/** One story: live and well, then everything at once, then stopped, and what the platform tells of it. */
describe('agents in trouble', () => {
  let platform: RunningPlatform;
  let steps: Steps;
  let before = 0;
  let onset = 0;
  let trouble = 0;
  let over = 0;
  beforeAll(async () => {
    platform = await RunningPlatform.start({ speed: SPEED });
    steps = new Steps(platform);
    await steps.provision(READERS, ASKERS, MOVERS);
    for (const name of NAMES) await steps.flip(name, 'shadow', { run: true });
    for (const name of NAMES) await steps.flip(name, 'live');
    before = Date.now();
    await hours(1);
    onset = Date.now();
    const control = (action: string, cohort: string, rest: object = {}) =>
      platform.control({ action, customer: 'acme', cohort, ...rest });
    for (const name of NAMES) {
      await control('write-rate', name, { factor: 5 });
      await control('call-volume', name, { factor: 2 });
    }
    await control('latency', 'readers', { ms: 1500, share: 0.1 });
    await control('errors', 'askers', { share: 0.05 });
    await control('verdicts', 'movers', { deny: 0.2, warn: 0.1 });
    await control('unhealthy', 'movers');
    trouble = Date.now();
    await hours(1.5);
    over = Date.now();
    for (const name of NAMES) await control('normal', name);
    await control('healthy', 'movers');
  });
  afterAll(() => platform.stop());

  const get = async <T>(what: string): Promise<T> => (await platform.get(`/v1/deployments/q4/${what}`)).body as T;
  const within = (from: number, to: number): string => `from=${iso(from)}&to=${iso(to)}`;
  const live = async (from: number, to: number) => {
    const { cohorts } = await get<Telemetry>(`telemetry?${within(from, to)}`);
    return (name: string) => cohorts.find(({ cohort }) => cohort === name)!;
  };
  const commits = (query: string) => get<Commits>(`commits?${query}`);

  it('show it in the telemetry, each trouble where it was put', async () => {
    const [well, ill] = [await live(before, onset), await live(trouble, over)];
    for (const name of NAMES) {
      const rate = ({ live: { calls }, liveAgentHours }: ReturnType<typeof well>) => calls / liveAgentHours;
      expect(rate(ill(name)) / rate(well(name))).toBeGreaterThan(1.7);
    }
    const share = (part: number, name: string) => part / ill(name).live.calls;
    expect(share(sum(ill('readers').live.latency.slice(7)), 'readers')).toBeGreaterThan(0.05);
    expect(share(sum(ill('askers').live.latency.slice(7)), 'askers')).toBeLessThan(0.01);
    expect(share(ill('askers').live.errors, 'askers')).toBeGreaterThan(0.03);
    expect(share(ill('movers').live.verdicts.deny, 'movers')).toBeGreaterThan(0.1);
    const expected = 1.2 * ill('movers').liveAgentHours;
    expect(ill('movers').live.writesCommitted / expected).toBeGreaterThan(4);
    expect(ill('readers').live.writesCommitted).toBeGreaterThan(0);
    expect(well('readers').live.writesCommitted).toBe(0);
  });

  it('have every write that the telemetry counts listed, with who made it, where and on whose word', async () => {
    const told = await live(before, over);
    for (const name of NAMES) {
      const { total, commits: page } = await commits(`cohort=${name}&${within(before, over)}&limit=1000`);
      expect([name, total]).toEqual([name, told(name).live.writesCommitted]);
      expect(page).toHaveLength(Math.min(1000, total));
      expect(new Set(page.map(({ id }) => id)).size).toBe(page.length);
      for (const { cohort, agent, at } of page) {
        expect([cohort, agent.startsWith(name)]).toEqual([name, true]);
        expect(Date.parse(at)).toBeGreaterThanOrEqual(before);
        expect(Date.parse(at)).toBeLessThanOrEqual(over);
      }
    }
    const asked = (await commits(`cohort=askers&${within(before, over)}&limit=1000`)).commits;
    expect(asked.some(({ approvedBy }) => approvedBy !== null)).toBe(true);
    expect(asked.some(({ approvedBy }) => approvedBy === null)).toBe(true);
  });

  it('have their writes read page by page, and one agent alone', async () => {
    const whole = await commits(`cohort=movers&${within(before, over)}&limit=1000`);
    const rest = await commits(`cohort=movers&${within(before, over)}&after=10&limit=5`);
    expect(rest).toEqual({ total: whole.total, commits: whole.commits.slice(10, 15) });
    const { agent } = whole.commits[0]!;
    const alone = await commits(`agent=${agent}&${within(before, over)}&limit=1000`);
    expect(alone.commits).toEqual(whole.commits.filter((each) => each.agent === agent));
  });

  it('have their health checked once a plan minute, and the failed ones counted in a row', async () => {
    const { cohorts } = await get<Checks>(`checks?${within(trouble, over)}`);
    const of = (name: string) => cohorts.find(({ cohort }) => cohort === name)!;
    const minutes = (over - trouble) * (SPEED / 60_000);
    for (const name of NAMES) expect(Math.abs(of(name).checks - minutes)).toBeLessThanOrEqual(1);
    expect(of('movers')).toMatchObject({ failed: of('movers').checks });
    expect(of('movers').failedInARow).toBeGreaterThanOrEqual(of('movers').checks);
    expect(of('askers')).toMatchObject({ failed: 0, failedInARow: 0 });
    const later = (await get<Checks>(`checks?${within(over, Date.now())}`)).cohorts.find(({ cohort }) => cohort === 'movers')!;
    expect(later).toMatchObject({ failedInARow: 0 });
  });

  it('leave, when terminated, an account of what they did, what was revoked and what remains', async () => {
    await steps.flip('askers', 'terminated');
    const items = namesOf('askers', 40).map((agent) => ({ key: `${agent}/revoke`, agent }));
    await platform.post('/v1/credentials/revoke', { deployment: 'q4', cohort: 'askers', items }, { key: 'lower' });
    const cohort = await get<Exit>('exits?cohort=askers');
    const { total } = await commits(`cohort=askers&${within(0, Date.now())}`);
    expect(cohort).toMatchObject({
      agent: null,
      agents: 40,
      did: { writesCommitted: total, connectors: ['jira', 'crm'] },
      revoked: { credentials: 40 },
      remains: { notTerminated: 0, validCredentials: 0 },
    });
    expect(cohort.did.calls).toBeGreaterThan(0);
    const one = await get<Exit>('exits?agent=askers-0');
    expect(one).toMatchObject({ cohort: 'askers', agent: 'askers-0', agents: 1, revoked: { credentials: 1 } });
    await hours(0.5);
    expect(await get<Exit>('exits?cohort=askers')).toMatchObject({ did: { ...cohort.did, lastLiveAt: cohort.did.lastLiveAt } });
  });

  it('are told of in the same words after kill -9', async () => {
    const [from, to] = [before, Date.now()];
    const ask = async () => ({
      commits: await commits(`${within(from, to)}&limit=1000`),
      checks: await get<Checks>(`checks?${within(from, to)}`),
      telemetry: await get<Telemetry>(`telemetry?${within(from, to)}`),
      exit: (await get<Exit>('exits?cohort=askers')).did,
    });
    const first = await ask();
    await platform.restart();
    expect(await ask()).toEqual(first);
  });

  it('are asked about by name, or not at all', async () => {
    expect((await platform.get('/v1/deployments/q4/exits')).status).toBe(422);
    expect((await platform.get('/v1/deployments/q4/exits?agent=nobody')).status).toBe(404);
    expect((await platform.get(`/v1/deployments/q4/commits?cohort=none&${within(0, 1)}`)).status).toBe(404);
  });
});
