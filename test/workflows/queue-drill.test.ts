import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gate1 } from '../../activities/authority.ts';
import { abortSignal, atBoundary } from '../../activities/boundary.ts';
import type { DrillActivities } from '../../activities/contract.ts';
import type { Deployment } from '../../activities/deployment.ts';
import { runDrill } from '../../activities/drill/run-drill.ts';
import { watchQueues } from '../../activities/drill/watch-queues.ts';
import { entryWriter } from '../../activities/entries.ts';
import { DRILL } from '../../activities/settle/drill.ts';
import { factsOf } from '../../activities/settle/facts.ts';
import { httpPlatform } from '../../clients/platform/http.ts';
import type { Escalation, Platform } from '../../clients/platform/port.ts';
import { slaMs } from '../../domain/drill/queue.ts';
import { queueDrillWorkflowId, QUEUES } from '../../domain/ids.ts';
import { TIME_RULES } from '../../domain/runbook/time-rules.ts';
import { explainSubject } from '../../domain/state-view.ts';
import { waitingFor } from '../../domain/waiting.ts';
import { readJournal } from '../../rehearsal/platform/journal-reader.ts';
import { newOffice, SET, type Office } from '../activities/office/office.ts';
import { RunningPlatform } from '../rehearsal/running-platform.ts';
import { digest, specOf } from '../rehearsal/world.ts';
import { expected, makeCompany } from '../support/drill/company.ts';
import { until } from '../support/stack/until.ts';
import { startWorkers, type OwnNamespace } from './cast/server.ts';

/** The four hours of the SLA are 24 s: long against the floor of a second that the runbook grants. */
const SPEED = 600;
const MANAGERS = 2000;
const COHORT = 'askers';
const company = makeCompany(MANAGERS);

let office: Office;
let platform: RunningPlatform;
let api: Platform;
let temporal: OwnNamespace;
let items: Escalation[];
/** What was really done, by the platform's own journal: per escalation when it came to whom. */
const held = new Map<string, { manager: string; to: string; at: number }[]>();

/** The office's deployment, with real time and as the activity's own signal says. */
const live = (): Deployment => ({
  ...office.d,
  signal: abortSignal(),
  now: () => Date.now(),
  entry: entryWriter(office.d.name, () => Date.now()),
});

async function provision(deployment: string): Promise<string> {
  const cohort = specOf(COHORT, { agents: MANAGERS, managers: company.managers });
  await api.register({ key: 'register', deployment, manifestSetDigest: digest('5'), generation: 0, cohorts: [cohort] });
  const { snapshotId } = await api.snapshot({ key: 'hris', deployment });
  for (let first = 0; first < MANAGERS; first += 1000) {
    const agents = company.managers.slice(first, first + 1000).map((managerEmail, n) => ({
      agent: `agent-${first + n}`,
      managerEmail,
    }));
    const bulk = (what: string) => ({
      ...{ deployment, cohort: COHORT, generation: 0 },
      items: agents.map((a) => ({ key: `${what}/${a.agent}`, ...a })),
    });
    await api.create(bulk('create'));
    await api.bind({ ...bulk('bind'), snapshotId });
  }
  return snapshotId;
}

/** The drill of a whole company: platform, Temporal server, worker and workflow are real; the log is kept in memory. */
beforeAll(async () => {
  platform = await RunningPlatform.start({ speed: SPEED, employees: company.employees, managerAnswering: company.answering });
  api = httpPlatform({ endpoint: platform.endpoint, key: 'acme-forward' });
  office = newOffice({ platform: api, file: { speed: SPEED } });
  const { name } = office.d;
  const go = office.draft('lea', 'deployment-lead', 'go', { scope: { level: 'gate', names: ['gate-1'] } });
  const authority = { grant: await office.applied(go, { fence: 0 }) };
  const opened = {
    environment: 'rehearsal',
    logOrigin: office.d.file.logOrigin,
    manifestSetDigest: SET,
    speed: SPEED,
    startedBy: 'dan',
  };
  const ref = { ref: 'deployment.yaml', digest: SET };
  await office.write('deployment.opened', 'opened', {
    ...opened,
    runbook: { version: '1', digest: SET },
    deploymentFile: { ...ref, version: 1 },
  });
  await office.write('clock.started', 'clock', {
    planHours: 0,
    speed: SPEED,
    wallAt: new Date(Date.now() - 180_000).toISOString(),
  });
  await office.write('gate.passed', 'gate-1', { gate: 'gate-1', commandIndex: authority.grant, planHours: 24, evidence: ref });
  const snapshotId = await provision(name.deployment);

  const drill: DrillActivities = {
    runDrill: async (ref) => {
      const d = live();
      return runDrill(d, await gate1(d, ref.authority), ref.snapshotId);
    },
    watchQueues: async (ref) => {
      const d = live();
      await watchQueues(d, await gate1(d, ref.authority), ref.snapshotId);
    },
  };
  temporal = await startWorkers({ activities: atBoundary(drill) });
  await temporal.client.workflow.start('queueDrill', {
    workflowId: queueDrillWorkflowId(name),
    taskQueue: QUEUES.engine,
    args: [{ name, authority, snapshotId }],
  });
  await until('only those wait whom nobody answers', async () => (await office.d.view()).drill?.stage === 'silent', 170_000);
  const read = (after: number) => api.escalations(name.deployment, { limit: 1000, after });
  items = [...(await read(0)).escalations, ...(await read(1000)).escalations];
  for (const event of readJournal(platform.journal)) {
    if (event.op === 'drill')
      for (const { escalation, manager } of event.items) held.set(escalation, [{ manager, to: manager, at: event.at }]);
    if (event.op === 'reassign')
      for (const { escalation, to } of event.items) held.get(escalation)?.push({ manager: '', to, at: event.at });
  }
}, 240_000);
afterAll(async () => {
  await temporal.close();
  await platform.stop();
});

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

const drillOf = async () => {
  const { drill } = await office.d.view();
  if (drill === null) throw new Error('nothing was measured');
  return drill;
};

describe('the drill of two thousand queues', () => {
  it('asks every manager with a bound agent once', () => {
    expect([...held.values()].map(([first]) => first?.manager).sort()).toEqual([...company.managers].sort());
  });

  it('passes on each question exactly when its four hours are over, to whoever is next, and none that was answered', async () => {
    const { designated } = await drillOf();
    const [sla, floor] = [slaMs(SPEED), TIME_RULES['escalation-sla'].floorMs];
    let latest = 0;
    const wrong = items.filter(({ id, manager, level, decidedBy }) => {
      const way = held.get(id) ?? [];
      const should = expected(company, manager, manager === designated);
      const late = way.slice(1).map(({ at }, n) => at - (way[n]?.at ?? 0) - sla);
      latest = Math.max(latest, ...late);
      const inTime = late.every((ms) => ms >= 0 && ms <= floor);
      const right =
        way.map(({ to }) => to).join() ===
        company
          .lineOf(manager)
          .slice(0, should.level + 1)
          .join();
      return !(inTime && right && level === should.level && decidedBy === should.by);
    });
    const passes = [...held.values()].reduce((sum, way) => sum + way.length - 1, 0);
    say(`${MANAGERS} managers, ${passes} times passed on, the latest ${latest} ms after its moment, ${wrong.length} wrong`);
    expect(wrong).toEqual([]);
    expect(items).toHaveLength(MANAGERS);
  });

  it('counts who answered in time, and names who was slow, without the one who was to let theirs lie', async () => {
    const { asked, inTime, slowCount, slow, passedOn, silent, undecided, designated } = await drillOf();
    const levels = company.managers.map((manager) => expected(company, manager, manager === designated).level);
    const answered = levels.filter((level) => level === 0).length;
    expect({ asked, inTime, passedOn, slowCount }).toEqual({
      ...{ asked: MANAGERS, inTime: answered, passedOn: MANAGERS - answered, slowCount: MANAGERS - answered - 1 },
    });
    expect(slow.map(({ manager }) => manager)).not.toContain(designated);
    expect([undecided, silent]).toEqual([silent, items.filter(({ decidedBy }) => decidedBy === null).length]);
    expect(silent).toBeGreaterThan(0);
  });

  it('commits nothing: what is tried executes nothing', async () => {
    expect(await api.writes(office.d.name.deployment, 10)).toMatchObject({ total: 0 });
  });

  it('leaves the queues that nobody answers to the Customer Lead, and is over when they have decided', async () => {
    const { name } = office.d;
    const view = await office.d.view();
    const [asked] = waitingFor(view, office.d.file, Date.now()).filter(({ id }) => id.startsWith('confirm-W2.07'));
    expect(asked).toMatchObject({
      role: 'customer-lead',
      command: expect.arrayContaining(['confirm', 'W2.07', '--reason']) as string[],
    });
    const settle = async (row: 'W2.04' | 'W2.05' | 'W2.06' | 'W2.07') => DRILL[row]?.(factsOf(office.d, await office.d.view()));
    expect([(await settle('W2.04'))?.status, (await settle('W2.05'))?.status, (await settle('W2.06'))?.status]).toEqual([
      'met',
      'met',
      'met',
    ]);
    expect(await settle('W2.07')).toBeNull();

    const shown = view.evidence[explainSubject('W2.07')]?.evidence.digest ?? '';
    const saw = { manifestSetDigest: SET, runbookDigest: SET, policyVersion: 1, evidence: { 'W2.07': shown } };
    const order = { scope: { level: 'row' as const, names: ['W2.07'] }, saw, reason: 'the branch abroad gets a deputy' };
    await office.applied(office.draft('chris', 'customer-lead', 'confirm', order));
    expect((await settle('W2.07'))?.reason).toContain('the branch abroad gets a deputy');
    await office.write('deployment.closed', 'closed', { result: 'live' });
    await temporal.client.workflow.getHandle(queueDrillWorkflowId(name)).result();
  }, 60_000);

  it('needs at most three events per manager, and says of every call what came of it', async () => {
    const events = await temporal.events(queueDrillWorkflowId(office.d.name));
    const entries = office.log.all.filter((e) => e.kind === 'intent' || e.kind === 'outcome');
    say(`${events.length} events, ${events.length / MANAGERS} per manager; ${office.log.all.length} entries in the log`);
    expect(events.length).toBeLessThanOrEqual(3 * MANAGERS);
    const outcomes = entries.filter((e) => e.kind === 'outcome').map(({ data }) => data.intent);
    expect(outcomes.sort()).toEqual(entries.flatMap((e) => (e.kind === 'intent' ? [e.index] : [])).sort());
    expect((await office.d.view()).queueWrites).toEqual({});
  });
});
