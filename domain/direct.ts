import type { DirectKind, Scope } from './command.ts';
import type { Outcome } from './entry.ts';
import type { Mode } from './mode.ts';
import type { Role } from './roles.ts';

/**
 * What a person stopped by themselves while Temporal was away: signed by their own key, kept as a file, entered into the
 * log later. A stop that does not fit into one file has several, with the same `commandId`.
 */
export interface DirectRecord {
  v: 1;
  customer: string;
  deployment: string;
  environment: string;
  logOrigin: string;
  person: string;
  role: Role;
  commandId: string;
  kind: DirectKind;
  scope: Scope;
  reason: string;
  /** Wall time, ISO 8601 in UTC, as are all times here. */
  startedAt: string;
  /** What was about to be asked of the platform, written before it was. */
  intents: { at: string; scope: Scope; ceiling: Mode }[];
  outcomes: { at: string; scope: Scope; result: Outcome; detail?: string }[];
  /** Which of how many files, from 1; both or neither. */
  part?: number;
  parts?: number;
}

export const DIRECT_PAYLOAD_TYPE = 'application/vnd.golive.direct+json';
