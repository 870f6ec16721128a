import { beforeAll, describe, expect, it } from 'vitest';
import { summaryOf, sweepLaps, type Report } from './laps.ts';

const WITHIN_MS = 30 * 60_000;

describe('every call of every activity, struck by kill -9 before it, kill -9 after it, and an answer that never comes', () => {
  let report: Report;
  beforeAll(async () => {
    const begun = Date.now();
    report = await sweepLaps({
      customers: 1,
      company: { agents: 12, cohorts: 3, managers: 4, seed: 1 },
      // As fast as the plan may go without people, who wait for what befalls them, falling behind it.
      ...{ speed: 400, againAtSpeed: 1440, share: 1, laps: 1, withinMs: 0.8 * WITHIN_MS },
      say: (line) => void process.stdout.write(`${((Date.now() - begun) / 1000).toFixed(0).padStart(5)} s  ${line}\n`),
    });
    process.stdout.write(`${summaryOf(report, begun).join('\n')}\n`);
  }, WITHIN_MS);

  it('ends as a run in which nothing happens: the same state, nothing doubled, lost, orphaned or unverified', () => {
    expect(report.problems).toEqual([]);
  });

  it('finds the calls by itself, in every part of a deployment and of what stops it', () => {
    expect(report.activities).toEqual(expect.arrayContaining(['openDeployment', 'mintChunk', 'raise', 'bringDown', 'restore']));
    expect(report.points).toBeGreaterThan(150);
  });

  it('leaves hardly a call that it had no occasion to strike, and some were struck by their own time-out', () => {
    expect(report.open.length).toBeLessThan(report.points * 0.08);
    expect(report.faults.filter(({ heard }) => heard === 'silence').length).toBeGreaterThan(5);
  });
});
