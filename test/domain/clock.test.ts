import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  earliestWallAt,
  formatT,
  isLate,
  isRunning,
  newClock,
  planHours,
  rebaseline,
  remainingMs,
  ruleMs,
  scaled,
  startClock,
  stopClock,
  wallAt,
  type ClockState,
} from '../../domain/clock.ts';

const HOUR = 3_600_000;
const T0 = Date.parse('2026-03-02T08:00:00.000Z');

describe('the T-clock', () => {
  it('shows nothing before it is started', () => {
    const c = newClock(1);
    expect([planHours(c, T0), wallAt(c, 24), remainingMs(c, 24, T0), isRunning(c)]).toEqual([null, null, null, false]);
    expect(earliestWallAt(c, 24, T0)).toBe(T0 + 24 * HOUR);
    expect(stopClock(c, T0)).toBe(c);
    expect(rebaseline(c, 2)).toBe(c);
  });

  it('runs at its speed', () => {
    const c = startClock(newClock(360), T0);
    expect(planHours(c, T0 + 10_000)).toBe(1);
    expect(wallAt(c, 24)).toBe(T0 + 240_000);
    expect(remainingMs(c, 24, T0 + 10_000)).toBe(230_000);
    expect(remainingMs(c, 24, T0 + HOUR)).toBe(0);
  });

  it('cannot say when an hour comes that it has not reached while it stands still', () => {
    const c = stopClock(startClock(newClock(1), T0), T0 + 10 * HOUR);
    expect(planHours(c, T0 + 15 * HOUR)).toBe(10);
    expect(wallAt(c, 10)).toBe(T0 + 10 * HOUR);
    expect(wallAt(c, 11)).toBeNull();
    expect(remainingMs(c, 11, T0 + 15 * HOUR)).toBeNull();
    expect(remainingMs(c, 9, T0 + 15 * HOUR)).toBe(0);
    expect(earliestWallAt(c, 11, T0 + 15 * HOUR)).toBe(T0 + 16 * HOUR);
  });

  it('is set back by a re-baseline, which moves every later due time', () => {
    const before = startClock(newClock(1), T0);
    const after = rebaseline(before, 2);
    expect(planHours(after, T0 + 10 * HOUR)).toBe(8);
    expect(wallAt(after, 24)).toBe((wallAt(before, 24) ?? 0) + 2 * HOUR);
  });

  it('starts and stops once, however often it is told to', () => {
    const running = startClock(newClock(1), T0);
    expect(startClock(running, T0 + 5)).toBe(running);
    const stopped = stopClock(running, T0 + 10);
    expect(stopClock(stopped, T0 + 20)).toBe(stopped);
  });
});

interface Turn {
  what: 'start' | 'stop' | 'rebaseline';
  afterMs: number;
  shift: number;
}

/** A clock that was started, stopped and re-baselined in some order, and the moment up to which this was done. */
const usedClock = fc
  .tuple(
    fc.integer({ min: 1, max: 2880 }),
    fc.array(
      fc.record<Turn>({
        what: fc.constantFrom('start', 'stop', 'rebaseline'),
        afterMs: fc.integer({ min: 0, max: 10_000_000 }),
        shift: fc.integer({ min: 1, max: 48 }),
      }),
      { maxLength: 12 },
    ),
  )
  .map(([speed, turns]) => {
    let now = T0;
    let clock = startClock(newClock(speed), now);
    for (const turn of turns) {
      now += turn.afterMs;
      clock = apply(clock, turn, now);
    }
    return { clock, now };
  });

const apply = (c: ClockState, turn: Turn, now: number): ClockState => {
  if (turn.what === 'start') return startClock(c, now);
  return turn.what === 'stop' ? stopClock(c, now) : rebaseline(c, turn.shift);
};

describe('whatever was done to the clock', () => {
  it('never runs backwards while nobody re-baselines it', () => {
    fc.assert(
      fc.property(usedClock, fc.nat(1e9), fc.nat(1e9), ({ clock, now }, a, b) => {
        expect(planHours(clock, now + a + b)).toBeGreaterThanOrEqual(planHours(clock, now + a) ?? Number.NaN);
      }),
    );
  });

  it('finds the plan hour again at the wall time that it named for it', () => {
    fc.assert(
      fc.property(usedClock, fc.double({ min: -48, max: 800, noNaN: true }), ({ clock, now }, hours) => {
        const running = startClock(clock, now);
        expect(planHours(running, wallAt(running, hours) ?? Number.NaN)).toBeCloseTo(hours, 3);
      }),
    );
  });

  it('leaves no plan time behind when it is stopped and started again', () => {
    fc.assert(
      fc.property(usedClock, fc.nat(1e9), ({ clock, now }, pause) => {
        const running = startClock(clock, now);
        const shown = planHours(running, now) ?? Number.NaN;
        const resumed = startClock(stopClock(running, now), now + pause);
        expect(planHours(stopClock(running, now), now + pause)).toBeCloseTo(shown, 6);
        expect(planHours(resumed, now + pause)).toBeCloseTo(shown, 6);
      }),
    );
  });

  it('stays the same clock when it is carried over as JSON', () => {
    fc.assert(
      fc.property(usedClock, ({ clock }) => {
        expect(JSON.parse(JSON.stringify(clock))).toEqual(clock);
      }),
    );
  });
});

describe('late', () => {
  it.each([
    { speed: 1, over: 15 * 60_000 + 10_000, late: false },
    { speed: 1, over: 15 * 60_000 + 10_001, late: true },
    { speed: 1440, over: 10_625, late: false },
    { speed: 1440, over: 10_626, late: true },
    { speed: 360, over: -5, late: false },
  ])('at speed $speed, $over ms past due: $late', ({ speed, over, late }) => {
    expect(isLate({ dueMs: T0, doneMs: T0 + over, speed })).toBe(late);
  });
});

describe('durations and writing', () => {
  it('divides plan durations by speed, but not below their floor', () => {
    expect(scaled(300_000, 1, 2_000)).toBe(300_000);
    expect(scaled(300_000, 360, 2_000)).toBe(2_000);
    expect(ruleMs('witness-interval', 100)).toBe(3_000);
    expect(ruleMs('escalation-sla', 1440)).toBe(10_000);
  });

  it.each([
    [0, 'T+0:00'],
    [11 + 1 / 3, 'T+11:20'],
    [66, 'T+66:00'],
    [-3, 'T-3:00'],
    [-168, 'T-168:00'],
    [-0.001, 'T+0:00'],
    [23.9999, 'T+24:00'],
  ])('writes %d hours as %s', (hours, text) => {
    expect(formatT(hours)).toBe(text);
  });
});
