import { beforeEach, describe, expect, it } from 'vitest';
import { briefMarkdown } from '../../../domain/brief.ts';
import type { EntryData, EntryKind, NewEntry } from '../../../domain/entry.ts';
import { emptyView } from '../../../domain/fold/empty.ts';
import { fold } from '../../../domain/fold/fold.ts';
import { openedByStop } from '../../../domain/incident/incident.ts';
import { NOTHING_MEASURED } from '../../../domain/report/figures.ts';
import { buildReport } from '../../../domain/report/report.ts';
import type { DeploymentView } from '../../../domain/view.ts';
import { reportHtml } from '../../../scripts/report/html/page.ts';
import { command, evidence } from '../fold/samples.ts';

const STOP = 'order-9';
const INCIDENT = `incident-${STOP}`;
const START = Date.parse('2026-03-02T12:00:00.000Z');
const iso = (ms: number) => new Date(START + ms).toISOString();
let view: DeploymentView;
let index = 0;

function say<K extends EntryKind>(ms: number, kind: K, data: EntryData[K], actor = 'golive'): void {
  const head = { v: 1, id: `e/${index}`, at: iso(ms), customer: 'acme', deployment: 'q4', actor };
  fold(view, { ...head, kind, data, index: index++ } as NewEntry & { index: number });
}
const report = () => buildReport(view, null, NOTHING_MEASURED);

/** The engine rolls back a cohort that writes too much; a person looks after it. */
beforeEach(() => {
  view = emptyView('acme', 'q4');
  index = 0;
  const plan = { managers: 1, plan: evidence(1), forecastMintHours: 1 };
  say(0, 'plan.recorded', { cohorts: [{ id: 'hr-a', group: 'hr', shape: 'production', agents: 20 }], ...plan });
  const order = command({
    ...{ id: STOP, kind: 'rollback', person: 'golive', role: 'machine', scope: { level: 'cohort', names: ['hr-a'] } },
    ...{ args: { trigger: 'write-rate' }, reason: 'write rate 3.4 × expected' },
  });
  const because = 'write rate 3.4 × expected (412 of 120 writes)';
  const fired = {
    row: 'write-rate',
    subject: 'hr-a',
    cohorts: ['hr-a'],
    stop: STOP,
    because,
    since: iso(-60_000),
    evidence: evidence(2),
  };
  say(900, 'trigger.fired', fired);
  say(1000, 'command.applied', {
    command: order,
    envelope: evidence(3),
    fenceGeneration: 4,
    handedInAt: iso(950),
    latencyMs: 50,
  });
  say(1000, 'hold.added', {
    ...{ holdId: STOP, scope: order.scope, ceiling: 'shadow', why: 'writes', releasedBy: 'deployment-lead' },
    ...{ by: 'rollback', liftedBy: 'promote' },
  });
  say(1200, 'stop.flipped', {
    ...{ stop: STOP, kind: 'rollback', scope: order.scope, ceiling: 'shadow', fenceGeneration: 4, left: [], flipped: ['hr-a'] },
    ...{ handedInAt: iso(950), fencedAt: iso(980), lastAt: iso(1190), evidence: evidence(4) },
    outcomes: { applied: 1, 'not-applied': 0, unknown: 0 },
  });
  const opened = openedByStop(order, 50);
  if (opened !== null) say(1300, 'incident.opened', opened);
  say(1400, 'writes.questionable', { stop: STOP, incident: INCIDENT, count: 412, owner: 'kim', evidence: evidence(5) });
  say(5000, 'stop.landed', {
    stop: STOP,
    verdict: 'pass',
    checks: [{ name: 'no-writes', verdict: 'pass', detail: '' }],
    evidence: evidence(6),
  });
});

const note = (act: 'ack' | 'cleaned' | 'status', text = '') =>
  say(6000, 'incident.noted', { incident: INCIDENT, act, text, by: 'lea' }, 'lea');
const close = () =>
  say(
    9000,
    'incident.closed',
    { incident: INCIDENT, rootCause: 'a loop', followUps: [{ text: 'cap it', owner: 'ada' }], by: 'lea' },
    'lea',
  );

describe('a stop in the report', () => {
  it('has its times from the order to the fence and to the last cohort, and what became of it', () => {
    expect(report().stops).toMatchObject([
      {
        ...{ id: STOP, kind: 'rollback', person: 'golive', row: 'write-rate', how: 'order', fencedMs: 30, lastMs: 240 },
        ...{ outcomes: { applied: 1 }, landed: { verdict: 'pass' }, questionable: { count: 412, owner: 'kim', cleanedBy: null } },
        ...{ incident: INCIDENT, lifted: null },
      },
    ]);
    say(20_000, 'hold.released', { holdId: STOP, by: 'otto' });
    expect(report().stops[0]?.lifted).toEqual({ at: iso(20_000), by: 'otto' });
  });

  it('that was carried out while Temporal was away stands among the others', () => {
    say(3000, 'direct.adopted', {
      ...{ commandId: 'stop-1', kind: 'halt', scope: { level: 'deployment', names: [] }, person: 'sam', role: 'security-lead' },
      ...{
        reason: 'odd',
        startedAt: iso(0),
        intents: 1,
        outcomes: { applied: 1, notApplied: 0, unknown: 0 },
        record: evidence(7),
      },
    });
    expect(report().stops.map((s) => [s.id, s.how])).toEqual([
      [STOP, 'order'],
      ['stop-1', 'direct'],
    ]);
  });
});

describe('a stop that was carried out without Temporal and adopted', () => {
  const file = (applied: number, at: number, digest: number) =>
    say(at, 'direct.adopted', {
      ...{ commandId: STOP, kind: 'rollback', scope: { level: 'cohort', names: ['hr-a'] }, person: 'sam', role: 'security-lead' },
      ...{
        reason: 'odd',
        startedAt: iso(0),
        intents: 1,
        outcomes: { applied, notApplied: 0, unknown: 0 },
        record: evidence(digest),
      },
    });

  it('is one stop with its order, begun when the person began it, with what became of it in all its files', () => {
    file(0, 3000, 7);
    file(3, 3001, 8);
    expect(report().stops).toMatchObject([
      { id: STOP, how: 'direct', handedInAt: iso(0), lastMs: null, outcomes: { applied: 3 }, incident: INCIDENT },
    ]);
    expect(report().stops[0]?.landed).toMatchObject({ verdict: 'pass' });
  });
});

describe('a shutdown that was ordered in another deployment of the customer', () => {
  it('stands among the stops of this one until it is lifted here', () => {
    const scope = { level: 'customer' as const, names: [] };
    say(
      4000,
      'hold.added',
      {
        ...{ holdId: 'shut-1', scope, ceiling: 'halted', why: 'leaked', releasedBy: 'security-lead' },
        ...{ by: 'shutdown', liftedBy: 'lift', orderedIn: 'q3' },
      },
      'sam',
    );
    say(4001, 'stop.flipped', {
      ...{ stop: 'shut-1', kind: 'shutdown', scope, ceiling: 'halted', fenceGeneration: 8, orderedIn: 'q3' },
      ...{ handedInAt: iso(3900), fencedAt: iso(3950), lastAt: iso(4000), flipped: ['hr-a'], left: [], evidence: evidence(9) },
      outcomes: { applied: 1, 'not-applied': 0, unknown: 0 },
    });
    const [, shut] = report().stops;
    expect(shut).toMatchObject({ id: 'shut-1', kind: 'shutdown', person: 'sam', reason: 'leaked', lastMs: 100, lifted: null });
    say(9000, 'hold.released', { holdId: 'shut-1', by: 'lea', order: 'lift-2' });
    expect(report().stops[1]?.lifted).toEqual({ at: iso(9000), by: 'lea' });
  });
});

describe('an incident in the report', () => {
  it('tells from the log what led to it, what was done, and how it ended', () => {
    note('ack');
    note('status', 'the template loops');
    note('cleaned');
    close();
    const [incident] = report().incidents;
    expect(incident).toMatchObject({
      ...{ id: INCIDENT, severity: 3, owner: 'deployment-lead', ackedBy: 'lea', rootCause: 'a loop', row: 'write-rate' },
      ...{ questionable: { count: 412, open: false }, followUps: [{ text: 'cap it', owner: 'ada' }], closed: { by: 'lea' } },
    });
    const indexes = incident?.timeline.map((l) => l.auditIndex) ?? [];
    expect(indexes).toEqual([...indexes].sort((a, b) => a - b));
    expect(incident?.timeline[0]?.text).toContain('Trigger write-rate fires for hr-a');
    expect(incident?.timeline.at(-1)?.text).toContain('lea closes incident');
  });

  it('is a chapter for people, where words of others stay words', () => {
    note('status', '<script>alert(1)</script>');
    const html = reportHtml(report());
    expect(html).toContain('<h2 id="stops-title">Stops and incidents</h2>');
    expect(html).toContain('The longest took 240 ms from the order to the last cohort.');
    expect(html).toContain('write rate 3.4 × expected (412 of 120 writes)');
    expect(html).not.toContain('<script>');
  });

  it('stands open in the brief until it is closed', () => {
    expect(briefMarkdown(view, null)).toContain(`Incident \`${INCIDENT}\` (SEV-3): Back to shadow: hr-a`);
    expect(briefMarkdown(view, null)).toContain('412 writes cannot be vouched for; kim deals with them');
    note('ack');
    note('cleaned');
    close();
    const after = briefMarkdown(view, null);
    expect(after).not.toContain(`Incident \`${INCIDENT}\``);
    expect(after).toContain('1 (longest 240 ms to the last cohort) · 1 of 1');
  });
});
