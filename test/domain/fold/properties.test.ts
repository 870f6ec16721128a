import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COHORT_PHASES, ENTRY_KINDS, type NewEntry, type RecordedEntry } from '../../../domain/entry.ts';
import { OPERATIONS } from '../../../domain/ids.ts';
import { MODES } from '../../../domain/mode.ts';
import { emptyView } from '../../../domain/fold/empty.ts';
import { fold } from '../../../domain/fold/fold.ts';
import { MAX_POINTS } from '../../../domain/fold/series.ts';
import type { DeploymentView } from '../../../domain/view.ts';
import { newEntry, numbered, SAMPLES, wallAt } from './samples.ts';

const cohort = fc.constantFrom('sales-ic-research', 'sales-ic-production', 'hr-lead-coordination', 'not-planned');
const at = fc.double({ min: -5, max: 90, noNaN: true }).map((hours) => wallAt(hours));

const outcome = fc
  .record({
    cohort,
    at,
    agent: fc.option(fc.constantFrom('a-1', 'a-2', 'a-3', '*'), { nil: undefined }),
    operation: fc.constantFrom(...OPERATIONS),
    result: fc.constantFrom('applied' as const, 'not-applied' as const, 'unknown' as const),
    mode: fc.option(fc.constantFrom(...MODES), { nil: undefined }),
    livePercent: fc.option(fc.constantFrom(5, 25, 100), { nil: undefined }),
    verdict: fc.option(fc.constantFrom('ALLOW', 'DENY'), { nil: undefined }),
  })
  .map(({ cohort, at, agent, ...data }) =>
    newEntry(
      'outcome',
      { ...SAMPLES.outcome, key: `${cohort}/${agent ?? '*'}/${data.operation}/1`, ...data },
      { cohort, at, ...(agent === undefined ? {} : { agent }) },
    ),
  );

const phase = fc
  .tuple(cohort, fc.constantFrom(...COHORT_PHASES, 'isolated' as const, 'held' as const), at)
  .map(([cohort, phase, at]) => newEntry('cohort.phase', { phase }, { cohort, at }));

const anyKind = fc
  .tuple(fc.constantFrom(...ENTRY_KINDS), at, cohort)
  .map(([kind, at, cohort]) => newEntry(kind, SAMPLES[kind], { at, cohort }));

/** A log in JSON, as a fold ever sees it, opened and planned or not. */
const log: fc.Arbitrary<RecordedEntry[]> = fc
  .array(fc.oneof({ weight: 3, arbitrary: outcome }, { weight: 1, arbitrary: phase }, { weight: 3, arbitrary: anyKind }), {
    maxLength: 120,
  })
  .chain((rest) =>
    fc
      .boolean()
      .map((begun) =>
        begun
          ? [...['deployment.opened', 'plan.recorded', 'clock.started'].map((kind) => newEntry(kind as 'plan.recorded')), ...rest]
          : rest,
      ),
  )
  .map((entries: NewEntry[]) => numbered(JSON.parse(JSON.stringify(entries)) as NewEntry[]));

function folded(entries: readonly RecordedEntry[], view = emptyView('acme', 'q4')): DeploymentView {
  for (const entry of entries) fold(view, entry);
  return view;
}

describe('the fold', () => {
  it('in one go equals the fold in pieces, stored as JSON in between', () => {
    fc.assert(
      fc.property(log, fc.array(fc.nat(120), { maxLength: 4 }), (entries, cuts) => {
        let view = emptyView('acme', 'q4');
        let from = 0;
        for (const to of [...cuts.sort((a, b) => a - b), entries.length]) {
          view = JSON.parse(JSON.stringify(folded(entries.slice(from, Math.max(from, to)), view))) as DeploymentView;
          from = Math.max(from, to);
        }
        expect(JSON.stringify(view)).toBe(JSON.stringify(folded(entries)));
      }),
    );
  });

  it('leaves its entries as they were', () => {
    fc.assert(
      fc.property(log, (entries) => {
        const before = JSON.stringify(entries);
        const view = folded(entries);
        folded(entries.slice(0, 3), view);
        expect(JSON.stringify(entries)).toBe(before);
      }),
    );
  });

  it('gives states that add up, and counts within the cohort', () => {
    fc.assert(
      fc.property(log, (entries) => {
        const { agents, cohorts, progress } = folded(entries);
        const { total, ...states } = agents;
        expect(Object.values(states).reduce((sum, n) => sum + n, 0)).toBe(total);
        expect(Math.min(...Object.values(states))).toBeGreaterThanOrEqual(0);
        expect(progress.minted).toBe(Object.values(cohorts).reduce((sum, c) => sum + c.counts.minted, 0));
        for (const c of Object.values(cohorts)) {
          if (c.agents > 0) expect(Math.max(...Object.values<number>({ ...c.counts }))).toBeLessThanOrEqual(c.agents);
        }
      }),
    );
  });
});

describe('the series', () => {
  const day = (hours: number, perHour: number): NewEntry[] =>
    Array.from({ length: hours * perHour }, (_, i) =>
      newEntry('outcome', SAMPLES.outcome, { cohort: 'sales-ic-research', agent: `a-${i % 4}`, at: wallAt(i / perHour) }),
    );

  it('have a point per quarter of an hour over 72 hours, and never more than they may', () => {
    const start = [newEntry('deployment.opened'), newEntry('plan.recorded'), newEntry('clock.started')];
    const short = folded(numbered([...start, ...day(72, 8)])).series.agents;
    expect(short.points).toHaveLength(288);
    const long = folded(numbered([...start, ...day(24 * 30, 4)])).series.agents;
    expect(long.points.length).toBeLessThanOrEqual(MAX_POINTS);
    expect(long.points.length).toBeGreaterThan(MAX_POINTS / 2);
    expect(long.points.at(-1)?.planHours).toBeCloseTo(719.75, 1);
    expect(long.points.map((p) => p.planHours)).toEqual([...long.points.map((p) => p.planHours)].sort((a, b) => a - b));
  });

  it('say nothing before T-0', () => {
    expect(folded(numbered([newEntry('plan.recorded'), ...day(1, 4)])).series.agents.points).toEqual([]);
  });
});
