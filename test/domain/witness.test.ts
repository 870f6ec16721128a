import { describe, expect, it } from 'vitest';
import { gapRule, witnessGapMs, witnessGaps } from '../../domain/witness.ts';

const FROM = Date.parse('2026-03-01T08:00:00.000Z');
const at = (...seconds: number[]) => seconds.map((s) => FROM + 1000 * s);
const gaps = (speed: number, signed: number[], until: number) =>
  witnessGaps({ signedAtMs: at(...signed), fromMs: FROM, toMs: FROM + 1000 * until, speed }).map((g) => [
    (Date.parse(g.from) - FROM) / 1000,
    (Date.parse(g.to) - FROM) / 1000,
    g.planMinutes,
  ]);

describe('a gap between signatures of the witness', () => {
  it('is more than twelve minutes of plan, and never less than twelve seconds of wall time', () => {
    expect([1, 60, 360, 1440].map(witnessGapMs)).toEqual([720_000, 12_000, 12_000, 12_000]);
    expect(gapRule()).toBe('a gap is more than 12 min of plan, at least 12 s of wall time');
  });

  it.each<[string, number, number[], number, number[][]]>([
    ['none when it signs every five minutes', 1, [300, 600, 900], 1200, []],
    ['none when one signature is missing', 1, [300, 900], 1200, []],
    ['found when two are', 1, [300, 1200], 1500, [[300, 1200, 15]]],
    ['found at the beginning', 1, [900], 1200, [[0, 900, 15]]],
    ['found at the end', 1, [300], 1200, [[300, 1200, 15]]],
    ['the whole time when it never signed', 1, [], 1200, [[0, 1200, 20]]],
    ['found for twenty minutes of plan at speed 60', 60, [5, 10, 30, 35], 40, [[10, 30, 20]]],
    ['none at a speed where machines are slower than the plan', 1440, [2, 4, 13, 15], 17, []],
    ['counted within the hours that are asked about only', 1, [-300, 300, 5000], 900, []],
  ])('is %s', (_what, speed, signed, until, expected) => {
    expect(gaps(speed, signed, until)).toEqual(expected);
  });

  it('does not depend on the order of the signatures', () => {
    expect(gaps(1, [900, 300, 600], 1200)).toEqual([]);
  });
});
