import { describe, expect, it } from 'vitest';
import { STOPPING_TABLE } from '../../../../domain/runbook/stopping.ts';
import { causesGone, decide, kindOf, type Act } from '../../../../domain/stop/triggers/decide.ts';
import { WATCHED_ROWS } from '../../../../domain/stop/triggers/thresholds.ts';
import { cohort, counts, deciding, fired, look, released } from './given.ts';

const short = (acts: Act[]) =>
  acts.map((a) =>
    a.act === 'fire'
      ? `${a.row} ${a.subject}: ${a.kind}`
      : a.act === 'clear'
        ? `clear ${a.row}`
        : `resume ${a.cohorts.join(' ')}`,
  );
const errors = { calls: 1000, errors: 50, notAllowed: 1 };
const failing = cohort({ baseline: null }, errors);

describe('the stopping table', () => {
  it('is watched row by row, but for what a person orders', () => {
    expect([...WATCHED_ROWS].sort()).toEqual(
      STOPPING_TABLE.map(({ id }) => id)
        .filter((id) => id !== 'person')
        .sort(),
    );
  });

  it.each([
    ['audit-integrity', 'halt'],
    ['wrong-identity', 'halt'],
    ['manifest-drift', 'halt'],
    ['connector-outage', 'pause'],
    ['critical-level', 'rollback'],
    ['write-rate', 'rollback'],
    ['warning-level', null],
    ['volume-off', null],
  ] as const)('%s asks for %s', (row, kind) => {
    expect(kindOf(row)).toBe(kind);
  });
});

describe('what follows from a look', () => {
  it('is nothing where all is well', () => {
    expect(decide(look(), deciding())).toEqual([]);
  });

  it.each<[string, Parameters<typeof look>[0], string[]]>([
    ['a failing cohort goes back', { cohorts: [failing] }, ['critical-level c-1: rollback']],
    ['who is not live is not judged by live figures', { cohorts: [{ ...failing, live: false }] }, []],
    [
      'the worst row counts',
      { cohorts: [{ ...failing, wrongIdentities: [{ connector: 'crm', expected: 'a', actual: 'b' }] }] },
      ['wrong-identity c-1: halt'],
    ],
    [
      'a wrong identity counts in shadow as well',
      { cohorts: [cohort({ live: false, wrongIdentities: [{ connector: 'crm', expected: 'a', actual: 'b' }] })] },
      ['wrong-identity c-1: halt'],
    ],
    ['drift counts in live', { cohorts: [cohort({ drift: { registered: 'a', running: 'b' } })] }, ['manifest-drift c-1: halt']],
    ['odd volume stops nobody', { cohorts: [cohort({}, { calls: 300 })] }, ['volume-off c-1: null']],
    [
      'a log that is broken halts everything, and nothing else is said',
      { log: { broken: 'two roots' }, cohorts: [failing] },
      ['audit-integrity deployment: halt'],
    ],
    ['a log that cannot be asked halts nobody', { log: null }, []],
  ])('%s', (_, change, expected) => {
    expect(short(decide(look(change), deciding()))).toEqual(expected);
  });

  it('of a connector that is out is a pause of who depends on it, whose failures it explains', () => {
    const others = cohort({ cohort: 'c-2', connectors: ['mail'] });
    const acts = decide(
      look({ cohorts: [failing, others], connectors: [{ connector: 'crm', up: false, calls: 0, errors: 0 }] }),
      deciding(),
    );
    expect(acts).toEqual([expect.objectContaining({ row: 'connector-outage', subject: 'crm', kind: 'pause', cohorts: ['c-1'] })]);
  });

  it('of a connector at which half of the calls fail is the same', () => {
    const connectors = [{ connector: 'crm', up: true, calls: 60, errors: 30 }];
    expect(short(decide(look({ connectors }), deciding()))).toEqual(['connector-outage crm: pause']);
  });
});

describe('an open trigger', () => {
  it('does not fire again, and keeps milder rows silent', () => {
    const worse = cohort({}, { ...errors, calls: 3000, writesCommitted: 900 });
    expect(decide(look({ cohorts: [worse] }), deciding([fired()]))).toEqual([]);
  });

  it('that stopped somebody ends when the stop is lifted, and can fire again after that', () => {
    const holds = released('stop-1');
    expect(short(decide(look({ cohorts: [failing] }), deciding([fired()], { holds })))).toEqual(['clear critical-level']);
    const again = decide(look({ cohorts: [failing] }), deciding([fired({ open: false })], { holds }));
    expect(again).toEqual([expect.objectContaining({ act: 'fire', after: 7 })]);
  });

  it('ends for the one cohort for which the stop was lifted', () => {
    expect(short(decide(look(), deciding([fired()], { holds: released('stop-1', ['c-2']) })))).toEqual([]);
    expect(short(decide(look(), deciding([fired()], { holds: released('stop-1', ['c-1']) })))).toEqual(['clear critical-level']);
  });

  it.each([
    ['still off', 300, []],
    ['around its threshold', 246, []],
    ['well below it', 210, ['clear volume-off']],
  ])('that stopped nobody and is %s', (_, calls, expected) => {
    const known = [fired({ row: 'volume-off', stop: null })];
    expect(short(decide(look({ cohorts: [cohort({}, { calls })] }), deciding(known)))).toEqual(expected);
  });

  it('at the warning level becomes a stop when it lasts', () => {
    const known = [fired({ row: 'warning-level', stop: null })];
    const warned = cohort({ baseline: null }, { calls: 1000, errors: 6 });
    expect(decide(look({ cohorts: [warned] }), deciding(known))).toEqual([]);
    expect(decide(look({ cohorts: [warned] }), deciding(known, { planMinutesSince: () => 15 }))).toEqual([
      expect.objectContaining({ row: 'warning-level', kind: 'rollback', after: 7 }),
    ]);
  });

  it('at the warning level does not last by what was measured before it was told', () => {
    const known = [fired({ row: 'warning-level', stop: null })];
    const windows = [
      { planMinutes: 15, counts: counts({ calls: 100, errors: 1 }) },
      { planMinutes: 60, counts: counts({ calls: 4000, errors: 20 }) },
    ];
    const warned = cohort({ baseline: null, windows });
    expect(decide(look({ cohorts: [warned] }), deciding(known, { planMinutesSince: () => 59 }))).toEqual([]);
    expect(decide(look({ cohorts: [warned] }), deciding(known, { planMinutesSince: () => 60 }))).toHaveLength(1);
  });
});

describe('a connector that is back', () => {
  const known = [fired({ row: 'connector-outage', subject: 'crm', cohorts: ['c-1', 'c-2', 'c-3'] })];
  const cohorts = [
    cohort({ cohort: 'c-1', shape: 'coordination', running: false, live: false }),
    cohort({ cohort: 'c-2', shape: 'research', running: false, live: false }),
    cohort({ cohort: 'c-3', shape: 'production', running: false, live: false }),
  ];

  it('is believed only after a while', () => {
    expect(decide(look({ cohorts }), deciding(known))).toEqual([]);
  });

  it('lets its dependents go on in order, one shape after the other', () => {
    const steady = ['crm'];
    const let1 = { steady, holds: released('stop-1', ['c-2']) };
    const let2 = { steady, holds: released('stop-1', ['c-2', 'c-3']) };
    const let3 = { steady, holds: released('stop-1', ['c-1', 'c-2', 'c-3']) };
    expect(short(decide(look({ cohorts }), deciding(known, { steady })))).toEqual(['resume c-2']);
    expect(short(decide(look({ cohorts }), deciding(known, let1)))).toEqual(['resume c-3']);
    expect(short(decide(look({ cohorts }), deciding(known, let2)))).toEqual(['resume c-1']);
    expect(short(decide(look({ cohorts }), deciding(known, let3)))).toEqual(['clear connector-outage']);
  });
});

describe('the cause of a halt', () => {
  const open = (row: 'wrong-identity' | 'manifest-drift' | 'audit-integrity', subject = 'c-1') =>
    deciding([fired({ row, subject })]).standing;
  const halted = { live: false, running: false };
  it.each<[string, Parameters<typeof causesGone>, number]>([
    ['is gone when the connectors see the right identity', [look({ cohorts: [cohort(halted)] }), open('wrong-identity')], 1],
    [
      'is not when nobody logs in at all',
      [look({ cohorts: [cohort({ ...halted, loggedIn: false })] }), open('wrong-identity')],
      0,
    ],
    ['is gone when the signed manifest runs', [look({ cohorts: [cohort(halted)] }), open('manifest-drift')], 1],
    ['is not known when nobody asked', [look({ cohorts: [cohort({ ...halted, drift: null })] }), open('manifest-drift')], 0],
    ['is gone when the log is whole', [look(), open('audit-integrity', 'deployment')], 1],
    ['is not known while the log is away', [look({ log: null }), open('audit-integrity', 'deployment')], 0],
  ])('%s', (_, given, count) => {
    expect(causesGone(...given)).toHaveLength(count);
  });

  it('of a rollback cannot be seen while the cohort is not live', () => {
    expect(causesGone(look(), deciding([fired()]).standing)).toEqual([]);
  });
});
