import { describe, expect, it } from 'vitest';
import { stoppingFindings } from '../../../domain/report/stopping-check.ts';
import { stoppingTableOf, type InjectedFault } from '../../../domain/report/stopping-table.ts';
import type { ReportIncident, ReportStop } from '../../../domain/report/stops.ts';
import { STOPPING_TABLE } from '../../../domain/runbook/stopping.ts';
import type { DeploymentView } from '../../../domain/view.ts';
import type { Firing } from '../../../domain/view/stops.ts';

const at = (seconds: number): string => new Date(Date.parse('2026-03-03T10:00:00Z') + seconds * 1000).toISOString();

const firing = (row: string, measure: string, seconds: number, stop: string | null, clearedAt?: number): Firing =>
  ({
    fired: { row, subject: 'c-1', cohorts: ['c-1'], stop, measures: [measure], because: 'odd', since: at(0), evidence: {} },
    cleared: clearedAt === undefined ? null : { at: at(clearedAt) },
    ...{ index: seconds, at: at(seconds) },
  }) as unknown as Firing;

const viewOf = (last: Firing, earlier: Firing[] = []) =>
  ({ triggers: { [`${last.fired.row}/c-1`]: { ...last, earlier } } }) as unknown as DeploymentView;

const stop = (change: Partial<ReportStop> = {}): ReportStop => ({
  ...{ id: 's-1', kind: 'rollback', scope: { level: 'cohort', names: ['c-1'] }, person: 'golive', reason: 'odd' },
  ...{ row: 'write-rate', drill: false, how: 'order', ceiling: 'shadow', handedInAt: at(4), fencedMs: 200, lastMs: 300 },
  ...{ outcomes: null, left: [], questionable: null, attested: 0, incident: null, liftedFor: ['c-1'], at: at(5), auditIndex: 5 },
  ...{ landed: { verdict: 'pass', checks: [], at: at(9) }, lifted: null },
  ...change,
});

const fault = (row: string, measure: string, seconds: number, subject = 'c-1'): InjectedFault => ({
  at: at(seconds),
  what: 'an action',
  fires: { row, measure, subject },
});

const check = (view: DeploymentView, stops: ReportStop[], faults: InjectedFault[], incidents: ReportIncident[] = []) =>
  stoppingFindings({ faults, stops, incidents, stopping: stoppingTableOf(view, stops, faults) });

describe('the stopping table of a run', () => {
  it('has every row, with each time that it fired: from the fault to the order', () => {
    const table = stoppingTableOf(
      viewOf(firing('write-rate', 'write rate', 5, 's-1', 20)),
      [stop()],
      [fault('write-rate', 'write rate', 1)],
    );
    expect(table.map(({ id }) => id)).toEqual(STOPPING_TABLE.map(({ id }) => id));
    expect(table.flatMap(({ firings }) => firings)).toEqual([
      expect.objectContaining({ subject: 'c-1', faultAt: at(1), at: at(4), seenMs: 3000, stop: 's-1', clearedAt: at(20) }),
    ]);
  });

  it('keeps a warning apart from the stop that it became', () => {
    const view = viewOf(firing('warning-level', 'p95', 30, 's-1', 60), [firing('warning-level', 'p95', 10, null)]);
    const row = stoppingTableOf(view, [stop()], []).find(({ id }) => id === 'warning-level');
    expect(row?.firings).toEqual([
      expect.objectContaining({ stop: null, clearedAt: at(30) }),
      expect.objectContaining({ stop: 's-1', clearedAt: at(60) }),
    ]);
  });

  it('has what people ordered as a row of its own, and no drill', () => {
    const stops = [stop({ row: null, person: 'sam', kind: 'halt' }), stop({ id: 's-2', row: null, drill: true })];
    const table = stoppingTableOf({ triggers: {} } as DeploymentView, stops, [fault('person', 'halt', 3)]);
    expect(table.find(({ id }) => id === 'person')?.firings).toEqual([
      expect.objectContaining({ measures: ['halt'], faultAt: at(3), because: 'sam: odd' }),
    ]);
  });
});

describe('the check of a rehearsal', () => {
  const view = viewOf(firing('write-rate', 'write rate', 5, 's-1', 20));
  const faults = [fault('write-rate', 'write rate', 1)];

  it('has nothing to say where all that was meant to fire did, landed and was taken back', () => {
    expect(check(view, [stop()], faults)).toEqual([]);
    expect(check(view, [stop({ liftedFor: [] })], [])).toEqual([]);
  });

  it.each<[string, Partial<ReportStop>, string]>([
    ['took too long', { lastMs: 61_000 }, 'it took 61000 ms, the limit is 60 s'],
    ['left somebody up', { left: ['c-1'] }, '1 could not be flipped'],
    ['has not landed', { landed: null }, 'it has not landed'],
    ['was never taken back', { liftedFor: [] }, 'it still stands'],
  ])('names a stop that %s', (_, change, finding) => {
    expect(check(view, [stop(change)], faults)).toEqual([`write-rate (write rate) of c-1: ${finding}.`]);
  });

  it('names what did not fire, by row, measure and subject', () => {
    expect(check(view, [stop()], [fault('critical-level', 'p99', 1)])).toEqual([
      'critical-level (p99) of c-1 did not fire after: an action.',
    ]);
    expect(check(view, [stop()], [fault('write-rate', 'write rate', 1, 'c-2')])).toHaveLength(1);
    expect(check(view, [stop()], [fault('write-rate', 'write rate', 7)])).toHaveLength(1);
  });

  it('names an incident that nobody closed', () => {
    const open = { id: 'i-1', stop: 's-1', closed: null } as unknown as ReportIncident;
    expect(check(view, [stop()], faults, [open])).toEqual(['write-rate (write rate) of c-1: incident i-1 is open.']);
  });
});
