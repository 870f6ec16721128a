/** A duration of the runbook: plan time, divided by speed in a rehearsal, but never below its floor of wall time. */
export interface TimeRule {
  what: string;
  planMs: number;
  /** Wall time. Zero where nothing technical sets a lower bound. */
  floorMs: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

export const TIME_RULES = {
  'witness-interval': {
    what: 'The witness signs the head of the log, even when nothing is new',
    planMs: 5 * MINUTE,
    floorMs: 2 * SECOND,
  },
  'witness-freshness': { what: 'The newest witness signature may be this old', planMs: 5 * MINUTE, floorMs: 10 * SECOND },
  // Wide enough for one signature that fails and is made up for at the next interval.
  'witness-gap': { what: 'Without a witness signature for longer is a gap', planMs: 12 * MINUTE, floorMs: 12 * SECOND },
  'shadow-telemetry': { what: 'Telemetry in shadow before the baseline is pinned', planMs: 6 * HOUR, floorMs: 0 },
  'ramp-hold': { what: 'A ramp step is held before the next', planMs: 30 * MINUTE, floorMs: SECOND },
  'stable-hold': { what: 'Full exposure is held before a wave counts as stable', planMs: 4 * HOUR, floorMs: 2 * SECOND },
  'escalation-sla': { what: 'A manager answers an escalation', planMs: 4 * HOUR, floorMs: SECOND },
  'hourly-post': { what: 'Pace is posted to the channel', planMs: HOUR, floorMs: 5 * SECOND },
  'lead-sync': { what: 'The leads meet', planMs: 6 * HOUR, floorMs: 0 },
  'critical-window': {
    what: 'A critical level lasts this long before a cohort goes back to shadow',
    planMs: 5 * MINUTE,
    floorMs: SECOND,
  },
  'warning-window': { what: 'A warning level lasts this long before the ramp is paused', planMs: 15 * MINUTE, floorMs: SECOND },
  'wide-window': { what: 'A cohort with few calls is judged over this long', planMs: HOUR, floorMs: 3 * SECOND },
  'connector-steady': {
    what: 'A connector that is back has to stay so for this long before those that depend on it go on',
    planMs: 5 * MINUTE,
    floorMs: 3 * SECOND,
  },
  'health-check': { what: 'One health check', planMs: MINUTE, floorMs: SECOND },
  landing: {
    what: 'After a stop the platform is watched for this long before it counts as landed',
    planMs: 5 * MINUTE,
    floorMs: 3 * SECOND,
  },
  'landing-patience': {
    what: 'A stop of which too little can be measured is watched for this long',
    planMs: 20 * MINUTE,
    floorMs: 20 * SECOND,
  },
  'escalate-on-call': { what: 'Nobody acts: on-call is told', planMs: 15 * MINUTE, floorMs: 5 * SECOND },
  'escalate-deployment-lead': { what: 'Nobody acts: the Deployment Lead is told', planMs: 30 * MINUTE, floorMs: 10 * SECOND },
  'escalate-platform-lead': { what: 'Nobody acts: the platform lead is told', planMs: HOUR, floorMs: 15 * SECOND },
  'escalate-executives': { what: 'Nobody acts: the executives are told', planMs: 2 * HOUR, floorMs: 20 * SECOND },
  'acknowledged-for': {
    what: 'An escalation that somebody took on climbs no further for this long',
    planMs: 2 * HOUR,
    floorMs: 20 * SECOND,
  },
} as const satisfies Record<string, TimeRule>;

export type TimeRuleId = keyof typeof TIME_RULES;

/**
 * Late means past due + 15 minutes of plan + 10 s of wall time. The second part is never scaled:
 * it pays for what the engine itself takes, which a fast rehearsal cannot make shorter.
 */
export const LATE_GRACE = { planMs: 15 * MINUTE, wallMs: 10 * SECOND } as const;

/** Clocks of people's machines differ: an order may be dated this far in the future. Wall time, never scaled. */
export const CLOCK_SKEW_MS = 2 * MINUTE;
