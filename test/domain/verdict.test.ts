import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeStability, percentile, sumHistograms, type StabilityInput, type VerdictValue } from '../../domain/verdict.ts';

const good: StabilityInput = { samples: 1000, minimumSamples: 30, errorRate: 0, p95Ms: 150, p99Ms: 300 };

describe('a verdict on stability', () => {
  it.each<[string, Partial<StabilityInput>, VerdictValue, string[]]>([
    ['good figures', {}, 'pass', []],
    ['just enough calls', { samples: 30 }, 'pass', []],
    ['no call at all', { samples: 0, errorRate: null, p95Ms: null, p99Ms: null }, 'no-data', ['no calls in the window']],
    ['too few calls', { samples: 29 }, 'inconclusive', ['29 calls, 30 are needed']],
    ['too few calls, one of them failed', { samples: 10, errorRate: 0.1 }, 'inconclusive', ['10 calls, 30 are needed']],
    ['errors at the level', { errorRate: 0.001 }, 'fail', ['error rate 0.1 % is not below 0.1 %']],
    ['errors just below', { errorRate: 0.000999 }, 'pass', []],
    ['p95 at the level', { p95Ms: 200 }, 'fail', ['p95 200 ms is not below 200 ms']],
    ['p99 below its warning', { p99Ms: 499 }, 'pass', []],
    ['p99 at its warning', { p99Ms: 500 }, 'fail', ['p99 500 ms is not below 500 ms']],
    [
      'several',
      { errorRate: 0.02, p95Ms: 600.4 },
      'fail',
      ['error rate 2 % is not below 0.1 %', 'p95 600 ms is not below 200 ms'],
    ],
    ['an open hold', { openHolds: ['h1: audit'] }, 'fail', ['hold: h1: audit']],
    [
      'an open alert on too few calls',
      { samples: 3, openAlerts: ['connector crm is down'] },
      'fail',
      ['alert: connector crm is down'],
    ],
    ['a broken measurement', { broken: 'telemetry answered 503' }, 'error', ['telemetry answered 503']],
    ['a number missing', { p95Ms: null }, 'error', ['p95 was not measured although there were calls']],
    ['an impossible number', { errorRate: 1.5 }, 'error', ['error rate of 1.5 is impossible']],
    ['not a number', { p99Ms: Number.NaN }, 'error', ['p99 of NaN is impossible']],
    ['half a call', { samples: 0.5 }, 'error', ['the number of calls is 0.5']],
  ])('%s', (_, change, verdict, reasons) => {
    expect(judgeStability({ ...good, ...change })).toEqual({ verdict, reasons });
  });

  it('passes only with enough calls, all figures below their levels, and nothing open', () => {
    const figure = (max: number) => fc.option(fc.double({ min: 0, max, noNaN: true }));
    const input = fc.record({
      samples: fc.nat(200),
      minimumSamples: fc.integer({ min: 30, max: 100 }),
      errorRate: figure(0.01),
      p95Ms: figure(400),
      p99Ms: figure(800),
      openHolds: fc.array(fc.constant('h1'), { maxLength: 1 }),
    });
    fc.assert(
      fc.property(input, (i) => {
        const { verdict, reasons } = judgeStability(i);
        const may =
          i.samples >= i.minimumSamples && (i.errorRate ?? 1) < 0.001 && (i.p95Ms ?? 999) < 200 && (i.p99Ms ?? 999) < 500;
        expect(verdict === 'pass').toBe(may && i.openHolds.length === 0);
        expect(reasons.length === 0).toBe(verdict === 'pass');
      }),
    );
  });
});

describe('a percentile of latency buckets', () => {
  const upperBoundsMs = [100, 200, 1000];
  it.each([
    { counts: [0, 0, 0, 0], share: 0.95, is: null },
    { counts: [100, 0, 0, 0], share: 0.95, is: 95 },
    { counts: [90, 10, 0, 0], share: 0.95, is: 150 },
    { counts: [95, 5, 0, 0], share: 0.95, is: 100 },
    { counts: [0, 0, 10, 0], share: 0.5, is: 600 },
    { counts: [10, 0, 0, 10], share: 0.95, is: 1000 },
  ])('$counts at $share: $is', ({ counts, share, is }) => {
    expect(percentile({ upperBoundsMs, counts }, share)).toBe(is);
  });

  it('never falls as the share rises, and stays within the bounds', () => {
    const counts = fc.array(fc.nat(50), { minLength: 4, maxLength: 4 });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(counts, share, share, (c, a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)].map((s) => percentile({ upperBoundsMs, counts: c }, s) ?? 0);
        expect(low).toBeLessThanOrEqual(high ?? 0);
        expect(high).toBeLessThanOrEqual(1000);
      }),
    );
  });

  it('of several windows is that of their sum', () => {
    const parts = [
      { upperBoundsMs, counts: [1, 2, 3, 4] },
      { upperBoundsMs, counts: [4, 3, 2, 1] },
    ];
    expect(sumHistograms(parts)).toEqual({ upperBoundsMs, counts: [5, 5, 5, 5] });
    expect(sumHistograms([])).toEqual({ upperBoundsMs: [], counts: [] });
  });
});
