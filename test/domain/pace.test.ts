import { describe, expect, it } from 'vitest';
import { forecast, measureRate, pace, type ForecastInput } from '../../domain/pace.ts';

const credentials: ForecastInput = {
  done: 6200,
  total: 10_000,
  ratePerPlanHour: 1500,
  nowPlanHours: 8.8,
  duePlanHours: 12,
  unit: 'credentials',
};

describe('a measured rate', () => {
  it.each([
    { samples: [], rate: null },
    { samples: [{ atPlanHours: 1, done: 10 }], rate: null },
    {
      samples: [
        { atPlanHours: 1, done: 10 },
        { atPlanHours: 1, done: 20 },
      ],
      rate: null,
    },
    {
      samples: [
        { atPlanHours: 1, done: 0 },
        { atPlanHours: 3, done: 3000 },
      ],
      rate: 1500,
    },
    {
      samples: [
        { atPlanHours: 3, done: 3000 },
        { atPlanHours: 2, done: 9 },
        { atPlanHours: 1, done: 0 },
      ],
      rate: 1500,
    },
    {
      samples: [
        { atPlanHours: 1, done: 50 },
        { atPlanHours: 2, done: 40 },
      ],
      rate: 0,
    },
  ])('of $samples is $rate', ({ samples, rate }) => {
    expect(measureRate(samples)).toBe(rate);
  });
});

describe('a forecast', () => {
  it('says when it will be done and how much slack is left', () => {
    const f = forecast(credentials);
    expect(f.sentence).toBe('credentials 6,200 of 10,000, done at T+11:20, 40 min of slack left');
    expect(f.slackMinutes).toBe(40);
    expect(f.doneAtPlanHours).toBeCloseTo(11.333, 3);
  });

  it.each<[Partial<ForecastInput>, string]>([
    [{ ratePerPlanHour: 1000 }, 'credentials 6,200 of 10,000, done at T+12:36, 36 min late'],
    [{ ratePerPlanHour: 500 }, 'credentials 6,200 of 10,000, done at T+16:24, 4 h 24 min late'],
    [{ duePlanHours: 24 + 1 / 3 }, 'credentials 6,200 of 10,000, done at T+11:20, 13 h of slack left'],
    [{ ratePerPlanHour: null }, 'credentials 6,200 of 10,000, no progress measured'],
    [{ ratePerPlanHour: 0, nowPlanHours: 13 }, 'credentials 6,200 of 10,000, no progress measured, was due at T+12:00'],
    [{ done: 10_000 }, 'credentials 10,000 of 10,000, done'],
    [{ done: 0, total: 1_234_567, ratePerPlanHour: 1e6 }, 'credentials 0 of 1,234,567, done at T+10:02, 118 min of slack left'],
  ])('with %o', (change, sentence) => {
    expect(forecast({ ...credentials, ...change }).sentence).toBe(sentence);
  });
});

describe('pace', () => {
  const onTime = forecast(credentials);
  const late = forecast({ ...credentials, ratePerPlanHour: 1000 });
  it.each([
    { what: 'all in time', input: { forecasts: [onTime], blockedBy: [] }, is: 'on-track' },
    {
      what: 'nothing measured yet',
      input: { forecasts: [forecast({ ...credentials, ratePerPlanHour: null })], blockedBy: [] },
      is: 'on-track',
    },
    { what: 'one forecast later than due', input: { forecasts: [onTime, late], blockedBy: [] }, is: 'behind' },
    { what: 'a row overdue', input: { forecasts: [onTime], blockedBy: [], overdue: ['W1.09'] }, is: 'behind' },
    { what: 'somebody must act', input: { forecasts: [late], blockedBy: ['W1.02: Customer Lead'] }, is: 'blocked' },
  ])('$what: $is', ({ input, is }) => {
    expect(pace(input)).toBe(is);
  });
});
