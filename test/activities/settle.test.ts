import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import { factsOf, type Probes } from '../../activities/settle/facts.ts';
import { GOLIVE } from '../../activities/settle/golive.ts';
import { PROVISION } from '../../activities/settle/provision.ts';
import { settle } from '../../activities/settle/settle.ts';
import { VALIDATE } from '../../activities/settle/validate.ts';
import { ClientError } from '../../clients/error.ts';
import type { CohortState, Platform } from '../../clients/platform/port.ts';
import { rowsOf } from '../../domain/runbook/rows.ts';
import { approveSet, GO_AHEAD, newOffice, NOW, SET, type Office } from './office/office.ts';

const REF = { ref: 'evidence/1', digest: SET };
const HOUR_MS = 3_600_000;
const AGENTS = 200;

const running = (count: number) => ({ provisioning: 0, provisioned: AGENTS - count, running: count, terminated: 0 });
const whole = (cohort: string, change: Partial<CohortState> = {}): CohortState => ({
  ...{
    cohort,
    shape: 'research',
    group: cohort.split('-')[0] ?? '',
    mode: 'shadow',
    livePercent: 0,
    etag: '"1"',
    ceiling: 'live',
  },
  ...{ generation: 0, agents: AGENTS, created: AGENTS, bound: AGENTS, credentialled: AGENTS, revoked: 0, smoked: AGENTS },
  ...{ byLifecycle: running(AGENTS), byMode: { terminated: 0, halted: 0, paused: 0, shadow: AGENTS, live: 0 } },
  ...change,
});
const counters = { calls: 10, writesCommitted: 0 };
const telemetry = (committed = 0) => ({
  cohorts: [{ cohort: 'hr-a', live: { ...counters, writesCommitted: committed }, shadow: counters }],
});

interface World {
  cohorts?: CohortState[];
  platform?: Partial<Record<keyof Platform, () => Promise<unknown>>>;
  /** What stands in the log beside the plan. */
  log?: (o: Office) => Promise<unknown>;
  /** Plan hours since T-0. */
  hours?: number;
}

/** Two cohorts of 200 agents, everything done, at T+10:00 unless the test says otherwise. */
async function world({ cohorts = [whole('hr-a'), whole('it-b')], platform = {}, log, hours = 10 }: World): Promise<Office> {
  const o = newOffice({
    platform: { cohorts: async () => cohorts, telemetry: async () => telemetry(), ...platform } as Partial<Platform>,
  });
  const planned = ['hr-a', 'it-b'].map((id) => ({
    id,
    group: id.split('-')[0] ?? '',
    shape: 'research' as const,
    agents: AGENTS,
  }));
  await o.write('plan.recorded', 'plan', { cohorts: planned, managers: 2, plan: REF, forecastMintHours: 1 });
  const start = NOW - hours * HOUR_MS;
  await o.write('clock.started', 'clock', { planHours: 0, speed: 1, wallAt: new Date(start).toISOString() });
  await log?.(o);
  return o;
}

async function probe(probes: Probes, row: string, given: World = {}): Promise<string> {
  const o = await world(given);
  const settled = await probes[row]?.(factsOf(o.d, await o.d.view()));
  return settled?.status ?? 'open';
}
const isolated = (id: string) => (o: Office) =>
  o.log.add([
    o.d.entry('cohort.phase', `${id}/phase`, { phase: 'isolated', code: 'smoke_failed', reason: 'DENY' }, { cohort: id }),
  ]);
const evidence = (subject: string) => (o: Office) => o.write('evidence', subject, { subject, summary: 'done', evidence: REF });
const short = (change: Partial<CohortState>) => [whole('hr-a'), whole('it-b', change)];
const decision = (say: 'approve' | 'reject') => async (o: Office) => {
  await approveSet(o);
  await o.applied(o.draft('chris', 'customer-lead', 'approve', { ...GO_AHEAD, args: { decision: say } }));
};

describe('a row of window 1', () => {
  it.each<[string, string, string, World]>([
    ['W1.02', 'met', 'the go-ahead was given', { log: decision('approve') }],
    ['W1.02', 'open', 'the Customer Lead said no', { log: decision('reject') }],
    ['W1.02', 'open', 'nobody said anything', {}],
    ['W1.03', 'met', 'the set was pulled and verified', { log: evidence('set:pulled') }],
    ['W1.03', 'open', 'only the frozen set was verified', { log: evidence('set:frozen') }],
    ['W1.06', 'open', 'the preflight halted', { log: evidence('preflight:halted') }],
    ['W1.06', 'met', 'the preflight passed', { log: evidence('preflight') }],
    ['W1.07', 'not-applicable', 'there are fewer agents than its first batch', {}],
    ['W1.09', 'met', 'all agents exist and are bound', {}],
    ['W1.09', 'open', 'one agent is not created', { cohorts: short({ created: AGENTS - 1 }) }],
    ['W1.09', 'open', 'one agent is not bound', { cohorts: short({ bound: AGENTS - 1 }) }],
    ['W1.09', 'open', 'the platform knows nothing yet', { cohorts: [] }],
    ['W1.09', 'open', 'the platform knows one cohort less than are on their way', { cohorts: [whole('hr-a')] }],
    ['W1.09', 'met', 'the one that is short is isolated by name', { cohorts: short({ bound: 0 }), log: isolated('it-b') }],
    ['W1.11', 'met', 'one percent of each cohort got ALLOW', { cohorts: short({ smoked: 2 }) }],
    ['W1.11', 'open', 'less than one percent of one did', { cohorts: short({ smoked: 1 }) }],
    ['W1.12', 'met', 'all have a credential and ALLOW', {}],
    ['W1.12', 'open', 'one credential is missing', { cohorts: short({ credentialled: AGENTS - 1 }) }],
    ['W1.12', 'open', 'one ALLOW is missing', { cohorts: short({ smoked: AGENTS - 1 }) }],
  ])('%s is %s when %s', async (row, status, _what, given) => {
    expect(await probe(PROVISION, row, given)).toBe(status);
  });

  it('names who is not counted', async () => {
    const o = await world({ log: isolated('it-b') });
    const settled = await PROVISION['W1.12']?.(factsOf(o.d, await o.d.view()));
    expect(settled?.reason).toContain('without it-b (smoke_failed)');
  });
});

const pass = (id: string) => (o: Office) =>
  o.write('verdict', `v/${id}`, { subject: `example:${id}`, verdict: 'pass', reasons: [], samples: 1 });
const shown = (group: string) => (o: Office) =>
  o.write('group.evidence', `g/${group}`, { group, cohorts: [`${group}-a`], agents: 1, evidence: REF });
const signedBy = (group: string, people: [string, 'customer-lead' | 'security-lead' | 'cfo'][]) => async (o: Office) => {
  await shown(group)(o);
  for (const [person, role] of people) {
    const draft = o.draft(person, role, 'sign', { scope: { level: 'group', names: [group] }, args: { decision: 'approve' } });
    const commandIndex = await o.applied({ ...draft, saw: { ...draft.saw, evidence: { [group]: SET } } });
    await o.write(
      'sign-off',
      `s/${draft.id}`,
      { group, role, decision: 'approve', boundTo: SET, commandIndex, channel: 'cli' },
      person,
    );
  }
};
const ALL: [string, 'customer-lead' | 'security-lead' | 'cfo'][] = [
  ['chris', 'customer-lead'],
  ['sam', 'security-lead'],
  ['finn', 'cfo'],
];
const both =
  (...steps: ((o: Office) => Promise<unknown>)[]) =>
  async (o: Office) => {
    for (const step of steps) await step(o);
  };

const report = `sha256:${'e'.repeat(64)}`;
const confirmedOn = (id: string) => (o: Office) =>
  o.applied(o.draft('sam', 'security-lead', 'confirm', { scope: { level: 'row', names: [id] }, args: { evidence: report } }));

describe('a row that the Security Lead confirms on a report', () => {
  it.each([
    [PROVISION, 'W1.14'],
    [VALIDATE, 'W2.09'],
  ])('is met by the order, with the digest in its reason', async (probes, row) => {
    expect(await probe(probes, row)).toBe('open');
    const o = await world({ log: confirmedOn(row) });
    const settled = await probes[row]?.(factsOf(o.d, await o.d.view()));
    expect(settled?.reason).toMatch(new RegExp(`^sam, entry #\\d+, report ${report}$`));
  });
});

describe('a row of window 2', () => {
  it.each<[string, string, string, World]>([
    ['W2.01', 'met', 'all run in shadow and nothing was written', {}],
    ['W2.01', 'open', 'one agent does not run', { cohorts: short({ byLifecycle: running(AGENTS - 1) }) }],
    ['W2.01', 'open', 'one cohort is live', { cohorts: short({ mode: 'live' }) }],
    ['W2.01', 'open', 'one cohort is not known to the platform', { cohorts: [whole('hr-a')] }],
    ['W2.01', 'open', 'a write was committed', { platform: { telemetry: async () => telemetry(1) } }],
    ['W2.02', 'met', 'every example matched', { log: both(pass('hr-a'), pass('it-b')) }],
    ['W2.02', 'open', 'one example is missing', { log: pass('hr-a') }],
    ['W2.02', 'met', 'the one that is missing is isolated by name', { log: both(pass('hr-a'), isolated('it-b')) }],
    ['W2.03', 'open', 'nobody knows yet since when all run', {}],
    ['W2.11', 'open', 'there is nothing to sign', { hours: 50 }],
    ['W2.11', 'met', 'all groups are signed by three', { log: both(signedBy('hr', ALL), signedBy('it', ALL)) }],
    ['W2.11', 'open', 'one group is not, and it is early', { log: both(signedBy('hr', ALL), shown('it')) }],
    ['W2.11', 'met', 'one group is not, and its hour has come', { hours: 48, log: both(signedBy('hr', ALL), shown('it')) }],
    [
      'W2.11',
      'open',
      'no group is, though its hour has come',
      { hours: 50, log: both(signedBy('hr', ALL.slice(0, 2)), shown('it')) },
    ],
  ])('%s is %s when %s', async (row, status, _what, given) => {
    expect(await probe(VALIDATE, row, given)).toBe(status);
  });
});

const wave = (o: Office) =>
  o.write('wave.started', 'wave/research', { wave: 'research', shape: 'research', cohorts: ['hr-a'], ramp: [100], authority: 7 });
const closed = (o: Office) => o.write('wave.closed', 'wave/research/closed', { wave: 'research', live: 1, left: [] });

describe('a row of window 3', () => {
  it.each<[string, string, string, World]>([
    ['W3.01', 'open', 'no wave was opened', {}],
    ['W3.01', 'met', 'its wave was opened', { log: wave }],
    ['W3.01', 'not-applicable', 'no cohort of its shape is on its way', { log: both(isolated('hr-a'), isolated('it-b')) }],
    ['W3.04', 'open', 'its wave is still running', { log: wave }],
    ['W3.04', 'met', 'its wave is closed', { log: both(wave, closed) }],
    ['W3.05', 'not-applicable', 'there is no production cohort', {}],
    ['W3.07', 'not-applicable', 'there is no production cohort', {}],
    ['W3.13', 'open', 'nobody took over', {}],
    ['W3.16', 'open', 'the brief is not written', {}],
    ['W3.16', 'met', 'the brief is written', { log: evidence('ceo-brief') }],
  ])('%s is %s when %s', async (row, status, _what, given) => {
    expect(await probe(GOLIVE, row, given)).toBe(status);
  });
});

/** Rows that have tests of their own. */
const witnessed = async (o: Office) => {
  for (const id of ['W1.13', 'W1.14', 'W1.15'])
    await o.write('milestone', `milestone/${id}`, { row: id, status: 'met', dueAt: '', duePlanHours: 0 });
};

describe('a window', () => {
  it('settles each row once, whoever looks and however often, and ends when none is open', async () => {
    const o = await world({
      hours: 24,
      log: both(witnessed, decision('approve'), ...['set:pulled', 'cohort-set', 'preflight', 'hris-snapshot'].map(evidence)),
    });
    const run = () => new MockActivityEnvironment().run(() => settle(o.d, 'provision'));
    await Promise.all([run(), run()]);
    await run();
    const rows = o.log.all.flatMap((e) => (e.kind === 'milestone' ? [e.data.row] : []));
    expect(rows.sort()).toEqual(
      rowsOf('provision')
        .map((r) => r.id)
        .sort(),
    );
  });

  it('whose platform is away for a row settles the others, and that row when it is back', async () => {
    let away = true;
    const facts = both(
      witnessed,
      decision('approve'),
      ...['set:pulled', 'cohort-set', 'preflight', 'hris-snapshot'].map(evidence),
    );
    const o = await world({
      hours: 10,
      log: facts,
      platform: {
        cohorts: async () => {
          if (away) throw new ClientError('platform_unreachable', 'away');
          return [whole('hr-a'), whole('it-b')];
        },
      },
    });
    const settling = new MockActivityEnvironment().run(() => settle(o.d, 'provision'));
    const met = async (row: string) => (await o.d.view()).milestones[row]?.status;
    while ((await met('W1.02')) === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await met('W1.12')).toBeUndefined();
    away = false;
    // Targets wait for the window's hour; here it comes at once.
    o.setNow(NOW + 14 * HOUR_MS);
    await settling;
    // By the hour at which it was seen, which is after its own.
    expect(await met('W1.12')).toBe('late');
  });
});

describe('W1.01, the channel,', () => {
  const slack = { team: 'T0ACME', channel: 'C0GOLIVE', attestedBy: [], allows: [] };

  it.each<[string, string, boolean, boolean]>([
    ['is not applicable where the deployment file names none', 'not-applicable', false, false],
    ['is open until the root message is posted', 'open', true, false],
    ['is met once it is', 'met', true, true],
  ])('%s', async (_what, status, named, posted) => {
    const o = await world({});
    if (named) o.d.file.slack = slack;
    const place = { channel: 'C0GOLIVE', ts: String(NOW / 1000) };
    if (posted) await o.write('notice.sent', 'notice/root', { key: 'root', adapter: 'slack', revision: 'r', place });
    const settled = await PROVISION['W1.01']?.(factsOf(o.d, await o.d.view()));
    expect(settled?.status ?? 'open').toBe(status);
    if (posted) expect(settled).toMatchObject({ doneAtMs: NOW, reason: `the root message in C0GOLIVE, at ${NOW / 1000}` });
  });
});
