import type { CohortLook, LiveCounts, Look } from '../../../../domain/stop/triggers/look.ts';
import type { StandingTrigger } from '../../../../domain/stop/triggers/standing.ts';
import { RUNBOOK_LIMITS } from '../../../../domain/deployment-file.ts';
import type { Deciding } from '../../../../domain/stop/triggers/decide.ts';
import { standingOf } from '../../../../domain/stop/triggers/standing.ts';
import type { DeploymentView } from '../../../../domain/view.ts';

/** An hour of ten agents that make 20 calls and 2 writes an hour, over windows of 5, 15 and 60 minutes. */
export const counts = (change: Partial<LiveCounts> = {}): LiveCounts => ({
  calls: 200,
  errors: 0,
  writesCommitted: 20,
  notAllowed: 1,
  slower: [200, 500, 1000].map((than) => ({ than, calls: 0 })),
  agentHours: 10,
  ...change,
});

export const cohort = (change: Partial<CohortLook> = {}, live: Partial<LiveCounts> = {}): CohortLook => ({
  cohort: 'c-1',
  shape: 'production',
  connectors: ['crm'],
  live: true,
  running: true,
  windows: [5, 15, 60].map((planMinutes) => ({ planMinutes, counts: counts(live) })),
  writesPerAgentHour: 2,
  baseline: { callsPerAgentHour: 20, notAllowedShare: 0.005 },
  failedChecksInARow: 0,
  wrongIdentities: [],
  loggedIn: true,
  drift: 'none',
  ...change,
});

export const look = (change: Partial<Look> = {}): Look => ({
  cohorts: [cohort()],
  connectors: [{ connector: 'crm', up: true, calls: 200, errors: 0 }],
  log: 'whole',
  unseen: [],
  ...change,
});

export const fired = (change: Partial<StandingTrigger> = {}): StandingTrigger => ({
  row: 'critical-level',
  subject: 'c-1',
  index: 7,
  firedAtMs: 1000,
  cohorts: ['c-1'],
  stop: 'stop-1',
  open: true,
  ...change,
});

type Holds = DeploymentView['holds'];
export const released = (stop: string, releasedFor?: string[]): Holds =>
  ({
    [stop]: { released: releasedFor ? null : { by: 'ada', index: 9, at: 'T' }, releasedFor: releasedFor ?? [] },
  }) as unknown as Holds;

export const deciding = (
  known: readonly StandingTrigger[] = [],
  change: Partial<Deciding> & { holds?: Holds } = {},
): Deciding => ({
  standing: standingOf({ triggers: {}, commands: {}, holds: change.holds ?? {} }, known),
  limits: RUNBOOK_LIMITS,
  steady: [],
  planMinutesSince: () => 0,
  ...change,
});
