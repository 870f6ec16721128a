import { LATE_GRACE, TIME_RULES, type TimeRuleId } from './runbook/time-rules.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * The T-clock: plan hours since T-0. Plain JSON, because it lives in workflow state and is carried over.
 * Wall times are milliseconds since 1970; the clock itself never reads one.
 */
export interface ClockState {
  startedAtMs: number | null;
  /** Plan time per wall time; 1 in production. */
  speed: number;
  /** Set while the clock stands still. */
  stoppedAtMs: number | null;
  /** Wall time that passed while it stood still, up to its last start. */
  stoppedForMs: number;
  /** Sum of all re-baselines. */
  shiftHours: number;
}

export const newClock = (speed: number): ClockState => ({
  startedAtMs: null,
  speed,
  stoppedAtMs: null,
  stoppedForMs: 0,
  shiftHours: 0,
});

export const isRunning = (c: ClockState): boolean => c.startedAtMs !== null && c.stoppedAtMs === null;

/** Starts the clock at T-0, or lets a stopped one go on where it stood. A running clock stays as it is. */
export const startClock = (c: ClockState, nowMs: number): ClockState => {
  if (c.startedAtMs === null) return { ...c, startedAtMs: nowMs };
  if (c.stoppedAtMs === null) return c;
  return { ...c, stoppedAtMs: null, stoppedForMs: c.stoppedForMs + Math.max(0, nowMs - c.stoppedAtMs) };
};

/** Stops the clock; what it shows stays until it is started again. One that does not run stays as it is. */
export const stopClock = (c: ClockState, nowMs: number): ClockState =>
  isRunning(c) ? { ...c, stoppedAtMs: Math.max(nowMs, c.startedAtMs ?? nowMs) } : c;

/**
 * Sets the clock back by some plan hours, as a launch clock is: every later due time moves by as much.
 * What is done keeps the hour at which it was done. Before T-0 there is nothing to move.
 * @example at T+10:00, rebaseline(c, 2): it is T+8:00, and the gate at T+24 is 16 plan hours away instead of 14
 */
export const rebaseline = (c: ClockState, shiftHours: number): ClockState =>
  c.startedAtMs === null ? c : { ...c, shiftHours: c.shiftHours + shiftHours };

/**
 * Plan hours at a moment; null before the clock was first started.
 * planHours = (now − started − stood still) × speed ÷ 3,600,000 − shift
 * @example speed 360, started 10 s ago: 1
 */
export const planHours = (c: ClockState, nowMs: number): number | null => {
  if (c.startedAtMs === null) return null;
  const until = c.stoppedAtMs ?? nowMs;
  return ((until - c.startedAtMs - c.stoppedForMs) * c.speed) / HOUR_MS - c.shiftHours;
};

/** A time during which the clock stood still, in ms since 1970; the last one has no end while it still does. */
export interface Standstill {
  fromMs: number;
  toMs: number | null;
}

/**
 * Plan hours at a moment that may lie before a standstill: `planHours` knows only how long the clock stood still altogether.
 * A re-baseline moves what was, too, so that differences stay what they were.
 */
export const planHoursAt = (c: ClockState, standstills: readonly Standstill[], atMs: number): number | null => {
  if (c.startedAtMs === null) return null;
  const stood = standstills.reduce(
    (sum, { fromMs, toMs }) => sum + Math.max(0, Math.min(toMs ?? Number.POSITIVE_INFINITY, atMs) - fromMs),
    0,
  );
  return ((atMs - c.startedAtMs - stood) * c.speed) / HOUR_MS - c.shiftHours;
};

/**
 * Wall time of a plan hour, in ms, given what is known now; null when it cannot be known: before the first start,
 * and for hours that a stopped clock has not reached. The inverse of `planHours`.
 * wallAt = started + stood still + (hours + shift) × 3,600,000 ÷ speed
 */
export const wallAt = (c: ClockState, hours: number): number | null => {
  if (c.startedAtMs === null) return null;
  const wall = c.startedAtMs + c.stoppedForMs + ((hours + c.shiftHours) * HOUR_MS) / c.speed;
  return c.stoppedAtMs !== null && wall > c.stoppedAtMs ? null : wall;
};

/** As `wallAt`, but where that is null, as if the clock were started at `nowMs`: the earliest that is still possible. */
export const earliestWallAt = (c: ClockState, hours: number, nowMs: number): number =>
  wallAt(c, hours) ?? wallAt(startClock(c, nowMs), hours) ?? nowMs;

/**
 * Wall milliseconds to wait until a plan hour; 0 once it is reached, null when nobody can say (see `wallAt`).
 * A workflow waits on `condition(…, remaining)` and asks again when the clock was stopped, started or re-baselined.
 */
export const remainingMs = (c: ClockState, hours: number, nowMs: number): number | null => {
  const wall = wallAt(c, hours);
  return wall === null ? null : Math.max(0, wall - nowMs);
};

/**
 * Late = done after due + 15 minutes of plan + 10 s of wall time.
 * @example speed 1440: due + 0.625 s + 10 s
 */
export const isLate = ({ dueMs, doneMs, speed }: { dueMs: number; doneMs: number; speed: number }): boolean =>
  doneMs > dueMs + LATE_GRACE.planMs / speed + LATE_GRACE.wallMs;

/** Wall time of a plan duration, never below its floor. @example scaled(300_000, 360, 2_000) // 2000 */
export const scaled = (planMs: number, speed: number, floorMs = 0): number => Math.max(planMs / speed, floorMs);

/** Wall time of one of the runbook's durations. @example ruleMs('escalation-sla', 1440) // 10_000 */
export const ruleMs = (rule: TimeRuleId, speed: number): number =>
  scaled(TIME_RULES[rule].planMs, speed, TIME_RULES[rule].floorMs);

/** How operators write plan time. @example formatT(11.3333) // 'T+11:20' @example formatT(-3) // 'T-3:00' */
export const formatT = (hours: number): string => {
  const minutes = Math.round(Math.abs(hours) * 60);
  const sign = hours < 0 && minutes > 0 ? '-' : '+';
  return `T${sign}${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
};
