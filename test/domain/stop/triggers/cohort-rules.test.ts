import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RUNBOOK_LIMITS } from '../../../../domain/deployment-file.ts';
import {
  criticalLevel,
  silent,
  volumeOff,
  warningLevel,
  writeRate,
  type Ruling,
} from '../../../../domain/stop/triggers/cohort-rules.ts';
import type { CohortLook, LiveCounts } from '../../../../domain/stop/triggers/look.ts';
import { cohort, counts } from './given.ts';

const slower = (than200: number, than500 = 0, than1000 = 0) => [
  { than: 200, calls: than200 },
  { than: 500, calls: than500 },
  { than: 1000, calls: than1000 },
];

const says = (rule: (look: CohortLook, limits: typeof RUNBOOK_LIMITS) => Ruling) => {
  return (live: Partial<LiveCounts>, change: Partial<CohortLook> = {}) => rule(cohort(change, live), RUNBOOK_LIMITS).state;
};

describe('the critical level', () => {
  it.each<[string, Partial<LiveCounts>, Ruling['state']]>([
    ['no failed call', {}, 'calm'],
    ['errors at 1 %', { calls: 1000, errors: 10 }, 'fires'],
    ['errors just below 1 %', { calls: 1000, errors: 9 }, 'between'],
    ['errors well below 1 %', { calls: 1000, errors: 7 }, 'calm'],
    ['four failed calls of a few are chance', { calls: 40, errors: 4 }, 'between'],
    ['5 % slower than 500 ms', { slower: slower(10, 10) }, 'fires'],
    ['1 % slower than 1000 ms', { calls: 500, slower: slower(5, 5, 5) }, 'fires'],
    ['5 % slower than 200 ms only', { slower: slower(10) }, 'calm'],
    ['too few calls in every window', { calls: 29, errors: 29 }, 'unknown'],
  ])('%s: %s', (_, live, state) => {
    expect(says(criticalLevel)(live)).toBe(state);
  });

  it('is judged over 5 minutes where those hold enough calls, else over longer', () => {
    const windows = [
      { planMinutes: 5, counts: counts({ calls: 20, errors: 10 }) },
      { planMinutes: 15, counts: counts({ calls: 60, errors: 12 }) },
    ];
    const ruling = criticalLevel(cohort({ windows }), RUNBOOK_LIMITS);
    expect(ruling).toEqual({
      state: 'fires',
      measures: ['error rate'],
      because: 'error rate 20 % over 15 min (12 of 60 calls failed)',
      planMinutes: 15,
    });
  });

  it('of few odd calls shows in a longer window, as long as the short ones do not contradict', () => {
    const over = (short: number) => [
      { planMinutes: 5, counts: counts({ calls: 35, slower: slower(short, short, short) }) },
      { planMinutes: 60, counts: counts({ calls: 420, slower: slower(13, 13, 13) }) },
    ];
    expect(criticalLevel(cohort({ windows: over(1) }), RUNBOOK_LIMITS)).toEqual({
      state: 'fires',
      measures: ['p99'],
      because: 'p99 above 1,000 ms over 60 min (13 of 420 calls)',
      planMinutes: 60,
    });
    expect(criticalLevel(cohort({ windows: over(0) }), RUNBOOK_LIMITS).state).toBe('calm');
  });

  it('fires on the fifth health check in a row that fails, whatever the calls say', () => {
    expect(criticalLevel(cohort({ failedChecksInARow: 4 }), RUNBOOK_LIMITS).state).toBe('calm');
    expect(criticalLevel(cohort({ failedChecksInARow: 5 }), RUNBOOK_LIMITS).state).toBe('fires');
  });
});

describe('the warning level', () => {
  it.each<[string, Partial<LiveCounts>, Ruling['state']]>([
    ['errors at 0.5 %', { calls: 1000, errors: 5 }, 'fires'],
    ['5 % slower than 200 ms', { slower: slower(10) }, 'fires'],
    ['1 % slower than 500 ms', { calls: 600, slower: slower(6, 6) }, 'fires'],
    ['as usual', {}, 'calm'],
  ])('%s: %s', (_, live, state) => {
    expect(says(warningLevel)(live)).toBe(state);
  });

  it('is not judged over less than 15 minutes', () => {
    const windows = [{ planMinutes: 5, counts: counts({ errors: 100 }) }];
    expect(warningLevel(cohort({ windows }), RUNBOOK_LIMITS).state).toBe('unknown');
  });
});

describe('the write rate', () => {
  it.each<[string, Partial<LiveCounts>, Partial<CohortLook>, Ruling['state']]>([
    ['as planned', {}, {}, 'calm'],
    ['exactly twice the plan', { writesCommitted: 40 }, {}, 'between'],
    ['more than twice the plan', { writesCommitted: 45 }, { shape: 'coordination' }, 'fires'],
    ['as much of what managers approve, who answer several at once', { writesCommitted: 45 }, {}, 'between'],
    ['far more than they can have been asked to approve', { writesCommitted: 80 }, {}, 'fires'],
    ['what all would write, of half the live share', { writesCommitted: 20, agentHours: 5 }, {}, 'between'],
    ['far more than that, of half the live share', { writesCommitted: 45, agentHours: 5 }, {}, 'fires'],
    ['more than twice a plan of few writes is chance', { writesCommitted: 11, agentHours: 2.25 }, {}, 'between'],
    ['five writes of who plans none', { writesCommitted: 5 }, { writesPerAgentHour: 0 }, 'fires'],
    ['four writes of who plans none', { writesCommitted: 4 }, { writesPerAgentHour: 0 }, 'calm'],
  ])('%s: %s', (_, live, change, state) => {
    expect(says(writeRate)(live, change)).toBe(state);
  });
});

describe('volume and verdicts', () => {
  it('what might be chance in a short window shows in a longer one', () => {
    const windows = [5, 15, 60].map((planMinutes) => {
      const agentHours = 2 * (planMinutes / 5);
      return { planMinutes, counts: counts({ agentHours, calls: 13 * agentHours, notAllowed: 0 }) };
    });
    const ruling = volumeOff(cohort({ windows }), RUNBOOK_LIMITS);
    expect(ruling).toMatchObject({ state: 'fires', planMinutes: 15 });
  });

  it.each<[string, Partial<LiveCounts>, Partial<CohortLook>, Ruling['state']]>([
    ['as in shadow', {}, {}, 'calm'],
    ['35 % more calls', { calls: 270 }, {}, 'fires'],
    ['35 % fewer calls', { calls: 130 }, {}, 'fires'],
    ['silence', { calls: 0, notAllowed: 0 }, {}, 'fires'],
    ['23 % more calls', { calls: 246 }, {}, 'between'],
    ['30 % more of few calls is chance', { calls: 65, agentHours: 2.5 }, {}, 'between'],
    ['no baseline to compare with', { calls: 2000 }, { baseline: null }, 'unknown'],
    ['5 % denied', { notAllowed: 10 }, {}, 'fires'],
    [
      '5 % denied where that is usual',
      { notAllowed: 10 },
      { baseline: { callsPerAgentHour: 20, notAllowedShare: 0.04 } },
      'calm',
    ],
  ])('%s: %s', (_, live, change, state) => {
    expect(says(volumeOff)(live, change)).toBe(state);
  });
});

describe('silence', () => {
  it('is told of a live cohort that should have been heard of within the limit', () => {
    expect(silent(cohort({}, { calls: 0 }), RUNBOOK_LIMITS)).toBe(true);
    expect(silent(cohort({ live: false }, { calls: 0 }), RUNBOOK_LIMITS)).toBe(false);
    expect(silent(cohort({}, { calls: 1 }), RUNBOOK_LIMITS)).toBe(false);
    expect(silent(cohort({}, { calls: 0, agentHours: 1 }), RUNBOOK_LIMITS)).toBe(false);
  });
});

describe('every rule, whatever the figures', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const figures = fc
    .record({
      calls: fc.nat(2000),
      writesCommitted: fc.nat(500),
      agentHours: fc.double({ min: 0, max: 50, noNaN: true }),
      shares: fc.tuple(share, share, share, share),
    })
    .map(({ calls, writesCommitted, agentHours, shares: [errors, warned, slow, slowest] }) =>
      counts({
        ...{ calls, writesCommitted, agentHours },
        errors: Math.floor(calls * errors),
        notAllowed: Math.floor(calls * warned),
        slower: slower(Math.floor(calls * slow), Math.floor(calls * slow * slowest), Math.floor(calls * slow * slowest ** 2)),
      }),
    );
  const rules = [criticalLevel, warningLevel, writeRate, volumeOff];

  it('fires under tighter limits as well', () => {
    const tighter = {
      ...RUNBOOK_LIMITS,
      ...{ criticalErrorRate: 0.004, criticalP95Ms: 200, criticalP99Ms: 500 },
      ...{ warningErrorRate: 0.002, warningP95Ms: 200, warningP99Ms: 500, writeRateTimes: 1.5, volumeVariance: 0.1 },
    };
    fc.assert(
      fc.property(figures, (live) => {
        const given = cohort({}, live);
        for (const rule of rules)
          if (rule(given, RUNBOOK_LIMITS).state === 'fires') expect(rule(given, tighter).state).toBe('fires');
      }),
      { numRuns: 500 },
    );
  });

  it('never fires on fewer calls than the minimum, but for what was written', () => {
    fc.assert(
      fc.property(figures, (live) => {
        const few = cohort({ baseline: null }, { ...live, calls: Math.min(live.calls, 29) });
        for (const rule of [criticalLevel, warningLevel, volumeOff]) expect(rule(few, RUNBOOK_LIMITS).state).toBe('unknown');
      }),
      { numRuns: 300 },
    );
  });
});
