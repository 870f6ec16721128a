import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drillFigures, responseRate } from '../../../domain/drill/figures.ts';
import { lineOf, nextUp, type Bosses } from '../../../domain/drill/line.ts';
import { dueMs, isSilent, nextDueMs, overdue, slaMs, type QueueItem } from '../../../domain/drill/queue.ts';
import { designated, recipients } from '../../../domain/drill/recipients.ts';

const SPEED = 360;
const SLA = 40_000;
const T0 = Date.parse('2026-03-06T12:00:00.000Z');
const at = (ms: number): string => new Date(T0 + ms).toISOString();

const BOSSES: Bosses = new Map([
  ['mia', 'dora'],
  ['max', 'dora'],
  ['dora', 'ceo'],
  ['ceo', null],
  ['ivy', 'ike'],
  ['ike', 'ivy'],
]);
const item = (id: string, change: Partial<QueueItem> = {}): QueueItem => ({
  ...{ id, manager: 'mia', level: 0, assignedTo: 'mia', at: at(0), assignedAt: at(0), decidedAt: null, decidedBy: null },
  ...change,
});

describe('the line above a manager', () => {
  it('leads to the top, and asks nobody twice where HRIS goes round in a circle', () => {
    expect(lineOf(BOSSES, 'mia')).toEqual(['mia', 'dora', 'ceo']);
    expect(lineOf(BOSSES, 'ivy')).toEqual(['ivy', 'ike']);
    expect(lineOf(BOSSES, 'nobody-knows')).toEqual(['nobody-knows']);
  });

  it.each([
    ['mia', 0, 'dora'],
    ['mia', 1, 'ceo'],
    ['mia', 2, null],
    ['ceo', 0, null],
    ['ivy', 1, null],
  ])('what came to %s and was passed on %i times goes to %s', (manager, level, to) => {
    expect(nextUp(BOSSES, { manager, level })).toBe(to);
  });
});

describe('an open question', () => {
  it('is due when its SLA is over for whoever has it now, and not a millisecond sooner', () => {
    expect(slaMs(SPEED)).toBe(SLA);
    const moved = item('a', { level: 1, assignedTo: 'dora', assignedAt: at(50_000) });
    expect(dueMs(moved, SPEED)).toBe(T0 + 90_000);
    expect(overdue([moved], BOSSES, T0 + 89_999, SPEED)).toEqual([]);
    expect(overdue([moved], BOSSES, T0 + 90_000, SPEED)).toEqual([{ escalation: 'a', to: 'ceo', level: 2 }]);
  });

  it('keeps a floor of a second, however fast the rehearsal', () => {
    expect(slaMs(1_000_000)).toBe(1000);
  });

  it('is left alone once it is decided', () => {
    const decided = item('a', { decidedAt: at(39_000), decidedBy: 'mia' });
    expect(overdue([decided], BOSSES, T0 + SLA, SPEED)).toEqual([]);
    expect(nextDueMs([decided], BOSSES, SPEED)).toBeNull();
  });

  it('is silent when it is overdue at the top, and then nobody is waked for it', () => {
    const top = item('a', { level: 2, assignedTo: 'ceo' });
    expect([isSilent(top, BOSSES, T0 + SLA - 1, SPEED), isSilent(top, BOSSES, T0 + SLA, SPEED)]).toEqual([false, true]);
    expect(overdue([top], BOSSES, T0 + SLA, SPEED)).toEqual([]);
    expect(nextDueMs([top], BOSSES, SPEED)).toBeNull();
  });

  it('of whatever age wakes the watcher at the first due moment of all', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 1, maxLength: 50 }), (ages) => {
        const items = ages.map((age, n) => item(`i${n}`, { assignedAt: at(-age) }));
        const next = nextDueMs(items, BOSSES, SPEED) ?? NaN;
        expect(overdue(items, BOSSES, next - 1, SPEED)).toEqual([]);
        expect(overdue(items, BOSSES, next, SPEED).length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('who is asked', () => {
  const queues = [
    { manager: 'mia', agents: 3 },
    { manager: 'idle', agents: 0 },
    { manager: 'ceo', agents: 1 },
    { manager: 'max', agents: 9 },
  ];

  it('is every manager with a bound agent', () => {
    expect(recipients(queues)).toEqual(['ceo', 'max', 'mia']);
  });

  it('is one of them, told to let it lie: always the same for a deployment, with somebody above', () => {
    const managers = recipients(queues);
    const choose = (deployment: string) => designated({ customer: 'acme', deployment }, managers, BOSSES);
    expect(choose('q4')).toBe(designated({ customer: 'acme', deployment: 'q4' }, [...managers].reverse(), BOSSES));
    const chosen = new Set(Array.from({ length: 40 }, (_, n) => choose(`q${n}`)));
    expect([...chosen].sort()).toEqual(['max', 'mia']);
    expect(designated({ customer: 'acme', deployment: 'q4' }, ['ceo'], BOSSES)).toBe('ceo');
    expect(designated({ customer: 'acme', deployment: 'q4' }, [], BOSSES)).toBeNull();
  });
});

describe('the figures of a drill', () => {
  const seen = { designated: 'max', notAsked: 0, bosses: BOSSES, atMs: T0 + SLA, speed: SPEED };
  const left = item('d', { manager: 'max', level: 1, assignedTo: 'dora', assignedAt: at(SLA) });
  const prompt = item('p', { manager: 'dora', assignedTo: 'dora', decidedAt: at(10_000), decidedBy: 'dora' });
  const slow = item('s', { level: 1, assignedTo: 'dora', assignedAt: at(SLA), decidedAt: at(60_000), decidedBy: 'dora' });

  it('say who was slow and who answered instead, and leave out the one who was told to be', () => {
    expect(drillFigures([left, prompt, slow], { ...seen, atMs: T0 + 70_000 })).toEqual({
      ...{ stage: 'sla', designated: 'max', asked: 3, notAsked: 0, inTime: 1, passedOn: 2, undecided: 1, silent: 0 },
      ...{ slowCount: 1, slow: [{ manager: 'mia', decidedBy: 'dora', hours: 6 }] },
    });
    expect(responseRate({ inTime: 1, asked: 3 })).toBe(0.5);
  });

  it.each<[string, QueueItem[], number, number]>([
    ['sent', [item('a'), prompt], 0, SLA - 1],
    ['sent', [prompt], 1, SLA],
    ['sla', [left, prompt], 0, SLA + 1],
    ['silent', [item('a', { level: 2, assignedTo: 'ceo' }), prompt], 0, SLA],
    ['decided', [prompt, slow], 0, 3 * SLA],
  ])('are those of a drill that is %s', (stage, items, notAsked, afterMs) => {
    expect(drillFigures(items, { ...seen, notAsked, atMs: T0 + afterMs }).stage).toBe(stage);
  });

  it('fit into an entry of the log, whoever was slow', () => {
    const many = Array.from({ length: 2000 }, (_, n) =>
      item(`i${n}`, { ...slow, manager: `a-manager-with-a-rather-long-name-${n}@customer.example` }),
    );
    const figures = drillFigures(many, seen);
    expect([figures.slowCount, JSON.stringify(figures).length < 60_000]).toEqual([2000, true]);
  });
});
