import { list, plural } from '../describe/words.ts';
import type { EntryData } from '../entry.ts';
import { METRIC_LEVELS } from '../runbook/metric-levels.ts';

type Verdict = EntryData['stop.landed']['verdict'];
type Recorded = EntryData['stop.landed']['checks'][number];

/** One check of a landing, and the cohorts (agents) that fail it. */
export interface LandingCheck extends Recorded {
  failing: string[];
}

/** A cohort's calls in shadow since the stop. Null: not measured, because there were none. */
export interface Shadowed {
  cohort: string;
  calls: number;
  errorRate: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
}

const check = (name: Recorded['name'], verdict: Verdict, detail: string, failing: string[] = []): LandingCheck => ({
  ...{ name, verdict, detail: detail.slice(0, 500), failing },
});

/** Nothing is written any more. `subject`: cohort or agent. */
export function noWrites(committed: readonly { subject: string; writes: number }[]): LandingCheck {
  const failing = committed.filter((c) => c.writes > 0);
  const sum = failing.reduce((n, c) => n + c.writes, 0);
  const names = failing.map((c) => c.subject);
  return failing.length === 0
    ? check('no-writes', 'pass', 'no write committed after the stop')
    : check('no-writes', 'fail', `${plural(sum, 'write')} committed after the stop: ${list(names)}`, names);
}

/** Below the warning level, on enough calls. */
export function normalLevels(cohorts: readonly Shadowed[], minimumSamples: number): LandingCheck[] {
  const measured = cohorts.filter((c) => c.calls >= minimumSamples);
  const silent = cohorts.filter((c) => c.calls < minimumSamples).map((c) => c.cohort);
  const level = (name: 'errors' | 'latency', over: (c: Shadowed) => string | null): LandingCheck => {
    const failing = measured.flatMap((c) => {
      const why = over(c);
      return why === null ? [] : [{ cohort: c.cohort, why }];
    });
    if (failing.length > 0) {
      const names = failing.map((f) => f.cohort);
      return check(name, 'fail', list(failing.map(({ cohort, why }) => `${cohort} ${why}`)), names);
    }
    return silent.length > 0
      ? check(name, 'no-data', `fewer than ${minimumSamples} calls: ${list(silent)}`)
      : check(name, 'pass', `${plural(measured.length, 'cohort')} below the warning level`);
  };
  const { errorRate, p95Ms, p99Ms } = METRIC_LEVELS;
  return [
    level('errors', (c) =>
      (c.errorRate ?? 0) >= errorRate.warning ? `${Number(((c.errorRate ?? 0) * 100).toFixed(2))} % of calls fail` : null,
    ),
    level('latency', (c) => {
      if ((c.p95Ms ?? 0) >= p95Ms.warning) return `p95 ${Math.round(c.p95Ms ?? 0)} ms`;
      return (c.p99Ms ?? 0) >= p99Ms.warning ? `p99 ${Math.round(c.p99Ms ?? 0)} ms` : null;
    }),
  ];
}

/** The smoke sample once more. `asked` of 0: nobody could be asked. */
export function smokedAgain(cohorts: readonly { cohort: string; asked: number; allowed: number }[]): LandingCheck {
  const failing = cohorts.filter((c) => c.allowed < c.asked).map((c) => c.cohort);
  const silent = cohorts.filter((c) => c.asked === 0).map((c) => c.cohort);
  if (failing.length > 0) return check('smoke', 'fail', `no ALLOW: ${list(failing)}`, failing);
  return silent.length > 0
    ? check('smoke', 'no-data', `could not be asked: ${list(silent)}`)
    : check('smoke', 'pass', `ALLOW in ${plural(cohorts.length, 'cohort')}`);
}

/** Landed is only what every check shows. */
export function landingVerdict(checks: readonly Pick<LandingCheck, 'verdict'>[]): Verdict {
  if (checks.some((c) => c.verdict === 'fail')) return 'fail';
  return checks.some((c) => c.verdict === 'no-data') ? 'no-data' : 'pass';
}
