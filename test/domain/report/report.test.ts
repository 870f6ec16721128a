import { describe, expect, it } from 'vitest';
import { newEntry, numbered, SAMPLES, wallAt } from '../fold/samples.ts';
import { NOTHING_MEASURED, type HistoryFigures } from '../../../domain/report/figures.ts';
import type { AuditHead } from '../../../domain/report/audit.ts';
import { buildReport, type Report } from '../../../domain/report/report.ts';
import { ROWS } from '../../../domain/runbook/rows.ts';
import type { AgentCounts } from '../../../domain/view.ts';
import { deploymentEntries, foldOf, platformOf, type MadeUpDeployment } from '../../support/deployment-entries.ts';

const report = ({ view, file }: MadeUpDeployment): Report => buildReport(view, platformOf(view), NOTHING_MEASURED, file);
const states = ({ provisioning, shadow, live, paused, halted, terminated }: AgentCounts): number =>
  provisioning + shadow + live + paused + halted + terminated;

const whole = deploymentEntries();
const whenAllWell = deploymentEntries({ troubles: false, seed: 3 });
const onTheWay = [-0.5, 2, 10, 26, 50, 56, 63].map((until) => deploymentEntries({ until, seed: 2 }));

describe('a report', () => {
  it.each([whole, whenAllWell, ...onTheWay].map((d) => [d.entries.length, d] as const))(
    'of %d entries adds up, with the platform and without it',
    (_, d) => {
      for (const { agents, cohorts } of [report(d), buildReport(d.view, null, NOTHING_MEASURED)]) {
        expect(states(agents)).toBe(agents.total);
        expect(agents.total).toBe(cohorts.reduce((sum, c) => sum + c.agents, 0));
        for (const c of cohorts) expect(states(c.counts)).toBe(c.agents);
        for (const state of ['live', 'shadow', 'provisioning'] as const) {
          expect(agents[state]).toBe(cohorts.reduce((sum, c) => sum + c.counts[state], 0));
        }
      }
    },
  );

  it.each([whole, ...onTheWay].map((d) => [d.entries.length, d] as const))(
    'of %d entries has every row of the runbook once',
    (_, d) => {
      expect(report(d).milestones.map((m) => m.id)).toEqual(ROWS.map((r) => r.id));
    },
  );

  it('says of rows that are not built, in words, that they are waived for that', () => {
    const notBuilt = report(whole).milestones.filter((m) => m.notBuilt);
    expect(notBuilt.map((m) => m.id)).toEqual(ROWS.filter((r) => r.waivedBecause !== undefined).map((r) => r.id));
    for (const m of notBuilt) {
      expect(m.status).toBe('waived');
      expect(m.reason).toMatch(/^not built yet: ./);
    }
    const byOrder = report(whole).milestones.filter((m) => m.status === 'waived' && !m.notBuilt);
    expect(byOrder.map((m) => m.id)).toEqual(['W3.15']);
  });

  it('names for every cohort that is not live a reason, and what would lift it', () => {
    const { cohorts } = report(whole);
    expect(cohorts.filter((c) => c.standing === 'live').every((c) => c.reason === null && c.liftedBy === null)).toBe(true);
    const aside = cohorts.filter((c) => c.standing !== 'live');
    expect(aside.map((c) => c.standing).sort()).toEqual(['held', 'held', 'isolated', 'isolated', 'shadow']);
    for (const c of aside) {
      expect(c.reason).toBeTruthy();
      expect(c.liftedBy).toBeTruthy();
    }
    expect(aside.map((c) => c.liftedBy).join()).not.toContain('NAME');
  });

  it('has no stop and no incident where there was none, and no root that the log was not asked for', () => {
    const { stops, incidents, audit, asOf } = report(whole);
    expect({ stops, incidents }).toEqual({ stops: [], incidents: [] });
    expect(audit).toEqual({
      origin: 'acme.example/golive',
      size: whole.entries.length,
      entries: whole.entries.length,
      root: null,
      witnessed: false,
      witness: null,
      absences: [],
      gaps: '289 signatures; none',
      confirmed: [
        expect.objectContaining({ row: 'W1.14', by: whole.file.people.find((p) => p.roles.includes('security-lead'))?.id }),
        expect.objectContaining({ row: 'W2.09', report: expect.stringMatching(/^sha256:/) as string }),
      ],
    });
    expect(asOf?.auditIndex).toBe(whole.entries.length - 1);
  });

  it('counts as witnessed only the tree that the witness has cosigned', () => {
    const root = 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=';
    const witness = { name: 'witness.acme.example/golive', size: 700, at: '2026-03-09T08:00:00.000Z' };
    const audit = (head: AuditHead) => buildReport(whole.view, null, NOTHING_MEASURED, null, head).audit;
    expect(audit({ size: 700, root, witness })).toMatchObject({ size: 700, root, witnessed: true, witness });
    expect(audit({ size: 701, root, witness })).toMatchObject({ size: 701, root, witnessed: false, witness });
    expect(audit({ size: 0, root, witness: { ...witness, size: 0, at: null } }).witnessed).toBe(false);
    expect(audit({ size: 701, root, witness: null })).toMatchObject({ witnessed: false, witness: null });
  });

  it('lists each time that the witness was away', () => {
    const item = { id: 'witness-lag/1', text: 'The witness signed last at 8', owner: 'security-lead' as const };
    const open = newEntry('watch-item', item, { id: 'away' });
    const back = newEntry('watch-item', { ...item, text: 'it signs again', closed: true }, { id: 'back', at: wallAt(1) });
    const absences = (...entries: Parameters<typeof numbered>[0]) =>
      buildReport(foldOf(numbered(entries)), null, NOTHING_MEASURED).audit.absences;
    expect(absences(open)).toEqual([{ text: item.text, openedAt: wallAt(0), closedAt: null, auditIndex: 0 }]);
    expect(absences(open, back)).toMatchObject([{ text: 'it signs again', closedAt: wallAt(1) }]);
  });

  it('has the sentence for an executive first', () => {
    expect(report(whole).headline).toBe(
      '981 of 1,200 agents are live: of 24 cohorts, 19 are live, 1 is in shadow, 2 are held and 2 are isolated.',
    );
    expect(report(whenAllWell).headline).toBe('All 1,200 agents are live, in 24 cohorts.');
    expect(report(deploymentEntries({ until: -1.97 })).headline).toBe('Nothing is planned yet.');
    expect(report(deploymentEntries({ until: 2, troubles: false })).headline).toBe(
      'No agent is live yet: of 24 cohorts, 24 are being provisioned.',
    );
  });

  it('holds nothing but JSON, and is the same for the same log', () => {
    const once = report(whole);
    expect(JSON.parse(JSON.stringify(once))).toEqual(once);
    expect(JSON.stringify(report(deploymentEntries()))).toBe(JSON.stringify(once));
  });

  it('keeps the fields that others rely on', () => {
    const { deployment, agents, cohorts, milestones, signOffs, commands, audit, figures } = report(whenAllWell);
    expect(Object.keys(deployment)).toEqual(
      expect.arrayContaining([
        'id',
        'customer',
        'environment',
        'runbook',
        'manifestSetDigest',
        'speed',
        'startedAt',
        'closedAt',
        'result',
      ]),
    );
    expect(Object.keys(agents)).toEqual(['total', 'provisioning', 'shadow', 'live', 'paused', 'halted', 'terminated']);
    expect(cohorts[0]).toMatchObject({
      id: expect.any(String) as string,
      group: expect.any(String) as string,
      holds: [],
      livePercent: 100,
    });
    expect(Object.keys(milestones[0] ?? {})).toEqual(
      expect.arrayContaining(['id', 'window', 'title', 'kind', 'owner', 'dueAt', 'doneAt', 'status', 'reason', 'evidence']),
    );
    expect(Object.keys(signOffs[0] ?? {})).toEqual(
      expect.arrayContaining(['group', 'person', 'role', 'channel', 'boundTo', 'at', 'auditIndex']),
    );
    expect(Object.keys(commands[0] ?? {})).toEqual(
      expect.arrayContaining(['id', 'kind', 'scope', 'actor', 'outcome', 'latencyMs', 'auditIndex']),
    );
    expect(Object.keys(audit)).toEqual(expect.arrayContaining(['origin', 'size', 'root', 'witnessed']));
    expect(Object.keys(figures)).toEqual(
      expect.arrayContaining([
        'historyEvents',
        'eventsPerAgent',
        'eventsPerCohort',
        'largestPayloadBytes',
        'activities',
        'wallSeconds',
        'peakRssMb',
      ]),
    );
  });
});

describe('the platform and the log', () => {
  it('are compared, cohort by cohort, and the platform decides', () => {
    const platform = platformOf(whenAllWell.view);
    const [first, ...rest] = platform;
    if (first === undefined) throw new Error('no cohorts');
    const stopped = { ...first, mode: 'halted' as const, livePercent: 0, byMode: { halted: first.agents } };
    const told = buildReport(whenAllWell.view, [stopped, ...rest, { ...first, cohort: 'stranger' }], NOTHING_MEASURED);
    expect(told.cohorts[0]).toMatchObject({
      mode: 'halted',
      standing: 'halted',
      livePercent: 0,
      counts: { halted: first.agents },
    });
    expect(told.platform.differences).toEqual([
      `${first.cohort}: the platform says 0 live (log: ${first.agents}), ${first.agents} halted (log: 0).`,
      'stranger: the log does not know it.',
    ]);
    expect(buildReport(whenAllWell.view, null, NOTHING_MEASURED).platform).toEqual({ answered: false, differences: [] });
  });

  it('count one agent that was stopped alone', () => {
    const platform = platformOf(whenAllWell.view).map((p, i) =>
      i === 0 ? { ...p, byMode: { live: p.agents - 1, halted: 1 }, byLifecycle: { running: p.agents } } : p,
    );
    const [first] = buildReport(whenAllWell.view, platform, NOTHING_MEASURED).cohorts;
    expect(first?.counts).toMatchObject({ halted: 1, live: (first?.agents ?? 0) - 1, shadow: 0 });
  });
});

describe('speed and limits', () => {
  it('are told where they are not the plan: floors that stretched, limits that were changed', () => {
    const made = deploymentEntries({
      speed: 1440,
      cohorts: 8,
      agents: 80,
      limits: { ramp: [50, 100], preflightFailureShare: 0.01 },
    });
    const { speed, limits } = report(made);
    expect(speed.factor).toBe(1440);
    expect(speed.stretched.find((s) => s.rule === 'health-check')).toMatchObject({ wallMs: 1000, insteadOfMs: 60_000 / 1440 });
    expect(limits?.changed.map((c) => [c.name, c.runbook, c.here])).toEqual([
      ['preflightFailureShare', 0.02, 0.01],
      ['ramp', [100], [50, 100]],
    ]);
    expect(report(deploymentEntries({ speed: 1, cohorts: 8, agents: 80 })).speed.stretched).toEqual([]);
    expect(buildReport(made.view, null, NOTHING_MEASURED).limits).toBeNull();
  });
});

describe('figures', () => {
  const histories: HistoryFigures = {
    executions: 25,
    runs: 30,
    events: 3000,
    worstCaseEvents: 3600,
    activities: 300,
    activitiesByName: { createChunk: 48 },
    largestPayloadBytes: 2048,
    largestPayload: { workflowId: 'golive/acme/q4', event: 'WorkflowExecutionStarted' },
    largestRun: { workflowId: 'golive/acme/q4', type: 'deployment', events: 700 },
    types: [],
  };

  it('are null where nobody measured', () => {
    expect(report(whole).figures).toMatchObject({ historyEvents: null, eventsPerAgent: null, budget: null, peakRssMb: null });
  });

  it('are divided by agents and cohorts, and held against the budget', () => {
    const { figures } = buildReport(whole.view, null, { histories, peakRssMb: 812, wallSeconds: 240 });
    expect(figures).toMatchObject({
      historyEvents: 3000,
      eventsPerAgent: 2.5,
      eventsPerCohort: 125,
      peakRssMb: 812,
      wallSeconds: 240,
    });
    expect(figures.budget).toMatchObject({ recorded: 3000, worstCase: 3600, clicks: 0, interventions: 1, within: true });
    // One cohort caught up: an order beyond one for each wave.
    expect(figures.budget?.allowed).toBe(130 * 24 + 6 * (figures.budget?.chunkCalls ?? 0) + 30);
    expect(figures.commandLatencyMs.p50).toBeLessThanOrEqual(figures.commandLatencyMs.p99 ?? 0);
  });
});

it('of a log that holds one entry of each kind is a report', () => {
  const kinds = Object.keys(SAMPLES) as (keyof typeof SAMPLES)[];
  const view = foldOf(numbered(kinds.map((kind) => newEntry(kind, SAMPLES[kind], { cohort: 'sales-ic-research' }))));
  expect(buildReport(view, null, NOTHING_MEASURED).milestones).toHaveLength(ROWS.length);
});
