import { MockActivityEnvironment } from '@temporalio/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { gate1, type Grant } from '../../activities/authority.ts';
import { abortSignal } from '../../activities/boundary.ts';
import { announce, carryOut, finishBegun, type QueueWork } from '../../activities/drill/queue-write.ts';
import { runDrill } from '../../activities/drill/run-drill.ts';
import { orTask } from '../../activities/drill/task.ts';
import { watchQueues } from '../../activities/drill/watch-queues.ts';
import { entryWriter } from '../../activities/entries.ts';
import type { Deployment } from '../../activities/deployment.ts';
import { httpPlatform } from '../../clients/platform/http.ts';
import type { Platform } from '../../clients/platform/port.ts';
import { slaMs } from '../../domain/drill/queue.ts';
import { readJournal } from '../../rehearsal/platform/journal-reader.ts';
import type { JournalEvent } from '../../rehearsal/platform/events.ts';
import { RunningPlatform } from '../rehearsal/running-platform.ts';
import { digest, MANAGERS, specOf } from '../rehearsal/world.ts';
import { until } from '../support/stack/until.ts';
import { newOffice, SET, type Office } from './office/office.ts';

/** Four hours are two seconds. */
const SPEED = 7200;
const [FIRST, SECOND, SILENT] = MANAGERS as [string, string, string];
const COHORT = 'askers';
const AGENTS = 60;

let platform: RunningPlatform;
let api: Platform;
let office: Office;
let grant: Grant;
let snapshotId: string;

beforeAll(async () => {
  platform = await RunningPlatform.start({ speed: SPEED, guests: 12, managerAnswering: { [SILENT]: { never: true } } });
});
afterAll(() => platform.stop());

/** Each test has a customer of its own: three managers with agents, one of whom never answers, under a head and a boss. */
beforeEach(async () => {
  platform.nextGuest();
  api = httpPlatform({ endpoint: platform.endpoint, key: `${platform.customer}-forward`, timeoutMs: 1000 });
  office = newOffice({ platform: api, file: { speed: SPEED } });
  const { deployment } = office.d.name;
  await api.register({
    ...{ key: 'register', deployment, manifestSetDigest: digest('5'), generation: 0 },
    cohorts: [specOf(COHORT, { agents: AGENTS, shape: 'production' })],
  });
  ({ snapshotId } = await api.snapshot({ key: 'hris', deployment }));
  const items = Array.from({ length: AGENTS }, (_, n) => ({ agent: `${deployment}-${n}`, managerEmail: MANAGERS[n % 3] ?? '' }));
  const bulk = (what: string) => ({
    ...{ deployment, cohort: COHORT, generation: 0 },
    items: items.map((i) => ({ key: `${what}/${i.agent}`, ...i })),
  });
  await api.create(bulk('create'));
  await api.bind({ ...bulk('bind'), snapshotId });
  const go = office.draft('lea', 'deployment-lead', 'go', { scope: { level: 'gate', names: ['gate-1'] } });
  await office.write('deployment.opened', 'opened', {
    ...{ environment: 'rehearsal', logOrigin: 'log', manifestSetDigest: SET, speed: SPEED, startedBy: 'dan' },
    ...{ runbook: { version: '1', digest: SET }, deploymentFile: { ref: 'file', digest: SET, version: 1 } },
  });
  const index = await office.applied(go, { fence: 0 });
  grant = await gate1(office.d, { grant: index });
});

const at = <T>(work: (d: Deployment) => Promise<T>): Promise<T> =>
  new MockActivityEnvironment().run(() =>
    work({
      ...office.d,
      ...{ signal: abortSignal(), now: () => Date.now(), entry: entryWriter(office.d.name, () => Date.now()) },
    }),
  );
const drill = () => at((d) => runDrill(d, grant, snapshotId));
const trials = (...managers: string[]): QueueWork => ({
  ...{ at: 'now', operation: 'drill' },
  items: managers.map((manager) => ({ manager, leaveUnanswered: false })),
});
const done = (op: 'drill' | 'reassign') =>
  [...readJournal(platform.journal)].flatMap((e: JournalEvent) =>
    e.op === op && e.customer === platform.customer ? e.items.map((i) => i.escalation) : [],
  );
const outcomes = () => office.log.all.flatMap((e) => (e.kind === 'outcome' ? [e.data] : []));

describe('a write to queues', () => {
  it('that was announced and never sent is sent by whoever takes the work up, once', async () => {
    await at((d) => announce(d, grant, [trials(FIRST, SECOND)]));
    expect([done('drill').length, Object.keys((await office.d.view()).queueWrites).length]).toEqual([0, 1]);
    await at((d) => finishBegun(d, grant));
    await at((d) => finishBegun(d, grant));
    expect([done('drill').length, outcomes().map((o) => [o.result, o.items?.count])]).toEqual([2, [['applied', 2]]]);
  });

  it('that was carried out and never answered is adopted: nobody is asked twice', async () => {
    await platform.control({ action: 'execute-then-timeout', operation: 'drill' });
    const [announced] = await at((d) => announce(d, grant, [trials(FIRST, SECOND)]));
    await expect(at((d) => carryOut(d, grant, announced!))).rejects.toMatchObject({ code: 'platform_unreachable' });
    expect(outcomes()).toEqual([]);
    await at((d) => finishBegun(d, grant));
    expect([done('drill').length, outcomes().map((o) => o.result)]).toEqual([2, ['applied']]);
  });

  it('whose answer nobody can read, nor what became of it, has no outcome until somebody can', async () => {
    for (const operation of ['drill', 'lookup']) await platform.control({ action: 'execute-then-garble', operation });
    const [announced] = await at((d) => announce(d, grant, [trials(FIRST, SECOND)]));
    const unread = at((d) => orTask(d, () => carryOut(d, grant, announced!)));
    await expect(unread).rejects.toMatchObject({ type: 'platform_reply_invalid' });
    expect(outcomes()).toEqual([]);
    expect((await office.d.view()).tasks['queue-drill']).toMatchObject({ code: 'platform_reply_invalid', closed: null });
    await at((d) => finishBegun(d, grant));
    expect([done('drill').length, outcomes().map((o) => o.result)]).toEqual([2, ['applied']]);
  });

  it('that came after a fence is refused as a whole, and somebody is told', async () => {
    const { deployment } = office.d.name;
    await api.fence({ scopes: [{ level: 'deployment', deployment }], ceiling: 'shadow', commandId: 'stop' });
    const refused = at((d) => orTask(d, () => runDrill(d, grant, snapshotId)));
    await expect(refused).rejects.toMatchObject({ type: 'fenced' });
    expect((await office.d.view()).tasks['queue-drill']).toMatchObject({ code: 'fenced', owner: 'deployment-lead' });
    expect([done('drill'), outcomes().map((o) => [o.result, o.code])]).toEqual([[], [['not-applied', 'fenced']]]);
  });
});

describe('the drill', () => {
  it('goes on where a worker died, and ends when every queue has a decision', async () => {
    const dying = new MockActivityEnvironment();
    const first = dying.run(() => runDrill({ ...office.d, signal: abortSignal(), now: () => Date.now() }, grant, snapshotId));
    first.catch(() => undefined);
    await until('all are asked', () => Promise.resolve(done('drill').length === 3));
    dying.cancel();
    await expect(first).rejects.toThrow();
    expect(await drill()).toEqual({ asked: 3 });
    const view = await office.d.view();
    expect(view.drill).toMatchObject({ stage: 'decided', asked: 3, undecided: 0 });
    expect([done('drill').length, new Set(done('reassign')).size]).toEqual([3, done('reassign').length]);
    const { escalations } = await api.escalations(office.d.name.deployment, { limit: 10 });
    expect(escalations.find(({ manager }) => manager === SILENT)).toMatchObject({ level: 1, decidedBy: 'head@acme.test' });
  }, 20_000);

  it('asks again where a queue took nothing, and somebody is told of it until it does', async () => {
    const { customer } = platform;
    await platform.control({ action: 'queue-remove', customer, manager: SECOND });
    // A queue that is not there is not listed either: it disappears between being listed and being asked.
    const asListed = api.queues.bind(api);
    api.queues = async (...args) => {
      const { queues } = await asListed(...args);
      return { queues: [...queues.filter((q) => q.manager !== SECOND), { ...queues[0]!, manager: SECOND, agents: 1 }] };
    };
    const running = drill();
    const task = async () => (await office.d.view()).tasks['queue-drill'];
    await until('somebody is told', async () => (await task()) !== undefined);
    expect((await task())?.sentence).toContain(SECOND);
    await platform.control({ action: 'queue-add', customer, manager: SECOND });
    expect(await running).toEqual({ asked: 3 });
    expect((await task())?.closed).not.toBeNull();
  }, 30_000);
});

describe('live queues', () => {
  const goLive = async () => {
    const { deployment } = office.d.name;
    const agents = Array.from({ length: AGENTS }, (_, n) => `${deployment}-${n}`);
    const to = { deployment, cohort: COHORT, generation: 0 };
    await api.mint({ ...to, items: agents.map((agent) => ({ key: `mint/${agent}`, agent, credentialGeneration: 1 })) });
    await api.smoke({ ...to, items: agents.map((agent) => ({ key: `smoke/${agent}`, agent })) });
    for (const [mode, run] of [
      ['shadow', true],
      ['live', false],
    ] as const) {
      const [cohort] = await api.cohorts(deployment);
      const at = { deployment, cohort: COHORT, ifMatch: cohort!.etag };
      await api.setMode(at, { key: mode, mode, livePercent: mode === 'live' ? 100 : 0, run, generation: 0 });
    }
  };
  const clock = (planHours: number) =>
    office.write('clock.started', 'clock', {
      ...{ planHours: 0, speed: SPEED, wallAt: new Date(Date.now() - (planHours * 3_600_000) / SPEED).toISOString() },
    });

  const waiting = async () => (await api.escalations(office.d.name.deployment, { limit: 1000, open: true })).escalations;
  const lyingFor = async (ms: number) => (await waiting()).filter((e) => Date.now() - Date.parse(e.assignedAt) > ms);

  it('are left alone before T+54, and from then on what lies too long goes one level up', async () => {
    await goLive();
    await clock(54 - 10);
    const running = at((d) => watchQueues(d, grant, snapshotId));
    await sleep(3500);
    expect([(await lyingFor(slaMs(SPEED))).length > 0, done('reassign')]).toEqual([true, []]);
    await until('they are passed on', () => Promise.resolve(done('reassign').length > 0), 8000);
    await office.write('deployment.closed', 'closed', { result: 'live' });
    await running;
    const { escalations } = await api.escalations(office.d.name.deployment, { limit: 1000 });
    for (const { manager, level, decidedBy } of escalations.filter((e) => e.level > 0))
      expect([manager, level, decidedBy ?? 'head@acme.test']).toEqual([SILENT, 1, 'head@acme.test']);
  }, 30_000);

  it('that were empty are watched all the same: nothing lies longer than its SLA and a round', async () => {
    await clock(55);
    const running = at((d) => watchQueues(d, grant, snapshotId));
    await sleep(500);
    await goLive();
    await sleep(6000);
    expect(done('reassign').length).toBeGreaterThan(0);
    expect(await lyingFor(slaMs(SPEED) + 2500)).toEqual([]);
    expect((await office.d.view()).watchItems['queues/slow']).toBeUndefined();
    const gate = { gate: 'gate-3', commandIndex: 0, planHours: 72, evidence: { ref: 'evidence', digest: SET } };
    await office.write('gate.passed', 'gate-3', gate);
    await running;
    expect((await office.d.view()).queueWrites).toEqual({});
  }, 30_000);
});
