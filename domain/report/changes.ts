import { scaled } from '../clock.ts';
import { RUNBOOK_LIMITS, type DeploymentFile, type DeploymentLimits } from '../deployment-file.ts';
import { TIME_RULES, type TimeRule, type TimeRuleId } from '../runbook/time-rules.ts';

/** A duration of the runbook that this speed would have made shorter than what technology allows. */
export interface Stretched {
  rule: TimeRuleId;
  what: string;
  planMs: number;
  /** Wall time that it takes at this speed, and the wall time that speed alone would have left. */
  wallMs: number;
  insteadOfMs: number;
}

/** @example stretchedBy(1) // [] */
export const stretchedBy = (speed: number): Stretched[] =>
  (Object.entries(TIME_RULES) as [TimeRuleId, TimeRule][])
    .map(([rule, { what, planMs, floorMs }]) => ({
      rule,
      what,
      planMs,
      wallMs: scaled(planMs, speed, floorMs),
      insteadOfMs: planMs / speed,
    }))
    .filter(({ wallMs, insteadOfMs }) => wallMs > insteadOfMs);

/** One number of the deployment file that is not the runbook's. */
export interface ChangedLimit {
  name: keyof DeploymentLimits;
  what: string;
  runbook: number | number[];
  here: number | number[];
  /** Numbers that protect may only be tightened; the others are the deployment's own business. */
  protects: boolean;
}

const LIMITS: Record<keyof DeploymentLimits, { what: string; protects: boolean }> = {
  preflightFailureShare: { what: 'Share of manifests that may fail preflight', protects: true },
  mintTargetPerHour: { what: 'Minting target per hour', protects: false },
  volumeVariance: { what: 'Variance of call volume that pauses a ramp', protects: true },
  approvalValidDays: { what: 'Days that an approval of the set is valid', protects: true },
  minimumSamples: { what: 'Fewest calls on which a verdict may rest', protects: true },
  ramp: { what: 'Exposure steps of a wave, in percent', protects: true },
  signOffValidHours: { what: 'Hours for which a card in Slack can be signed', protects: false },
  approvalLatencyHours: { what: 'Hours from asked to answered', protects: false },
  approvalBacklog: { what: 'Open asks at one time', protects: false },
  approvalOldestHours: { what: 'Hours that the oldest ask may wait', protects: false },
  writeRateTimes: { what: 'Multiple of the planned writes that stops a cohort', protects: true },
  criticalErrorRate: { what: 'Error rate that stops a cohort', protects: true },
  criticalP95Ms: { what: 'p95 that stops a cohort, ms', protects: true },
  criticalP99Ms: { what: 'p99 that stops a cohort, ms', protects: true },
  warningErrorRate: { what: 'Error rate that pauses a ramp', protects: true },
  warningP95Ms: { what: 'p95 that pauses a ramp, ms', protects: true },
  warningP99Ms: { what: 'p99 that pauses a ramp, ms', protects: true },
  failedChecks: { what: 'Health checks in a row that may fail', protects: true },
  noDataMinutes: { what: 'Plan minutes for which a live cohort may say nothing', protects: true },
};

export const changedLimits = ({ limits }: Pick<DeploymentFile, 'limits'>): ChangedLimit[] =>
  (Object.keys(LIMITS) as (keyof DeploymentLimits)[])
    .map((name) => ({ name, ...LIMITS[name], runbook: RUNBOOK_LIMITS[name], here: limits[name] }))
    .filter(({ runbook, here }) => String(runbook) !== String(here));
