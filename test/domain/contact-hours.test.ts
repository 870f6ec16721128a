import { describe, expect, it } from 'vitest';
import { isReachable } from '../../domain/contact-hours.ts';

const berlin = { zone: 'Europe/Berlin', from: '08:00', to: '20:00' };
const night = { zone: 'America/New_York', from: '22:00', to: '06:00' };

describe('contact hours are those of where the person is', () => {
  it.each([
    ['in winter Berlin is an hour ahead', berlin, '2026-01-12T07:00:00Z', true],
    ['and a minute earlier it is too early', berlin, '2026-01-12T06:59:00Z', false],
    ['in summer it is two hours ahead', berlin, '2026-07-13T06:00:00Z', true],
    ['the last minute is not theirs any more', berlin, '2026-01-12T19:00:00Z', false],
    ['a night shift begins before midnight', night, '2026-01-12T03:30:00Z', true],
    ['and goes on after it', night, '2026-01-12T10:59:00Z', true],
    ['but not into the day', night, '2026-01-12T11:00:00Z', false],
    ['who gave none is there around the clock', undefined, '2026-01-12T03:00:00Z', true],
    ['from a time to the same time is the whole day', { ...berlin, to: '08:00' }, '2026-01-12T01:00:00Z', true],
  ])('%s', (_, hours, at, reachable) => {
    expect(isReachable(hours, Date.parse(at))).toBe(reachable);
  });
});
