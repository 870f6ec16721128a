import type { Shape } from '../../mode.ts';

/** What the live agents of one cohort did in one window, by the platform's telemetry. */
export interface LiveCounts {
  calls: number;
  errors: number;
  writesCommitted: number;
  /** Calls to which the intercept did not simply say yes: warned, denied, or no verdict at all. */
  notAllowed: number;
  /** Calls that took longer than … */
  slower: { than: number; calls: number }[];
  agentHours: number;
}

/** One window that ends now. */
export interface LiveWindow {
  planMinutes: number;
  counts: LiveCounts;
}

/** One cohort as the platform shows it now. Every window began after the cohort was last raised or let go by a stop. */
export interface CohortLook {
  cohort: string;
  shape: Shape;
  connectors: readonly string[];
  /** Some agent of it is live. */
  live: boolean;
  /** Shadow or live: it makes calls. */
  running: boolean;
  /** Shortest first; those that reach back too far are missing. */
  windows: readonly LiveWindow[];
  /** By its manifest, per agent. */
  writesPerAgentHour: number;
  /** From the pinned shadow baseline; null before there is one. */
  baseline: { callsPerAgentHour: number; notAllowedShare: number } | null;
  /** Health checks; null: not asked. */
  failedChecksInARow: number | null;
  /** Where its agents log in as somebody else; null: not asked. */
  wrongIdentities: readonly { connector: string; expected: string; actual: string }[] | null;
  /** Some agent of it is known to a connector at all. */
  loggedIn: boolean;
  /** The manifest that runs is another one; `null` not asked. */
  drift: { registered: string; running: string } | 'none' | null;
}

export interface ConnectorLook {
  connector: string;
  up: boolean;
  /** In the shortest window, of all cohorts together. */
  calls: number;
  errors: number;
}

/** Everything that one round of the watch saw. */
export interface Look {
  cohorts: readonly CohortLook[];
  /** Null: not asked. */
  connectors: readonly ConnectorLook[] | null;
  /** Why the log is not what it was; `whole` when it is, null when it could not be asked. */
  log: { broken: string } | 'whole' | null;
  /** What did not answer. */
  unseen: readonly string[];
}
