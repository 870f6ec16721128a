import type { CommandKind } from '../command.ts';
import type { Role } from '../roles.ts';

export const RUNBOOK_WINDOWS = ['countdown', 'provision', 'validate', 'golive', 'after'] as const;
export type RunbookWindow = (typeof RUNBOOK_WINDOWS)[number];

/**
 * `exit`: the window's gate stays shut until it is met. `target`: may be missed; then it is a watch item.
 * `fact`: recorded when it happens, and may be not applicable.
 */
export type MilestoneKind = 'exit' | 'target' | 'fact';

/** One row of the runbook. Plain data: what it is, when it is due, who answers for it; never how it is met. */
export interface MilestoneRow {
  /** `W1.09`, `P3`, `C1`, `A2`: never reused, never renumbered; reports and sign-offs quote it. */
  id: string;
  window: RunbookWindow;
  /** One plain sentence, true once the row is met. */
  title: string;
  kind: MilestoneKind;
  /** `auto`: met by facts read from platform, bucket or log. Otherwise the role whose signed command meets it. */
  owner: Role | 'auto';
  /** Further roles that must each act before the row is met (C3, C4, W2.11, W3.03, W3.10). */
  alsoBy?: readonly Role[];
  /** Rows met by facts: the role that is told when they do not come. */
  toldTo?: Role;
  /** Plan hours on the T-clock; negative in the countdown: T-7d is -168. */
  duePlanHours: number;
  /** The kind of command that meets the row; of a row met by facts: that explains facts which alone do not meet it. */
  confirmedBy?: CommandKind;
  /** The confirmation carries the digest of this document. */
  report?: string;
  /** What golive lays before whoever confirms: the confirmation is bound to its digest. */
  shown?: string;
  /** The row that must be settled before anybody can confirm this one. */
  after?: string;
  /** Why this version of golive does not ask for the row, in operator's words. */
  waivedBecause?: string;
}

/**
 * Plan hours of a time as the runbook writes it.
 * @example planTime(0, 5)  // 0.08333…, T+0:05
 * @example planTime(60, 30) // 60.5
 */
export const planTime = (hours: number, minutes = 0): number => hours + minutes / 60;
