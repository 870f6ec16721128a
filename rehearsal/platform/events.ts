import type { CohortSpec, FenceScope, Mode, Verdict } from './types.ts';
import type { ControlAction } from './control.schema.ts';

/**
 * One line of the journal each. What the platform is follows from these lines and the config alone: a handler decides,
 * appends the event, and only then applies it, so a restart walks the same way again.
 */
interface At {
  /** Wall time in ms; never goes back within a journal. */
  at: number;
  customer: string;
}
interface InCohort extends At {
  deployment: string;
  cohort: string;
}
interface Keyed {
  key: string;
  agent: string;
}

export type RegisterEvent = At & {
  op: 'register';
  deployment: string;
  key: string;
  manifestSetDigest: string;
  generation: number;
  cohorts: CohortSpec[];
};
export type SnapshotEvent = At & { op: 'snapshot'; deployment: string; key: string };
export type CreateEvent = InCohort & { op: 'create'; generation: number; items: (Keyed & { managerEmail: string })[] };
export type BindEvent = InCohort & {
  op: 'bind';
  generation: number;
  snapshotId: string;
  items: (Keyed & { managerEmail: string })[];
};
export type MintEvent = InCohort & {
  op: 'mint';
  generation: number;
  /** `replaces`: the credential that the new one revokes. */
  items: (Keyed & { version: number; fingerprint: string; replaces: number | null })[];
};
/** `version`: the credential that is revoked, null where the agent has none. */
export type RevokeEvent = InCohort & { op: 'revoke'; items: (Keyed & { version: number | null })[] };
export type RegenerateEvent = InCohort & { op: 'regenerate'; key: string; manifestDigest: string };
export type SmokeEvent = InCohort & { op: 'smoke'; generation: number; items: (Keyed & { verdict: Verdict })[] };
/** `raise` when anything goes up: a mode, a live share, or a provisioned agent that starts to run. */
export type ModeEvent = InCohort & {
  op: 'raise' | 'lower';
  key: string;
  mode: Mode;
  livePercent: number;
  run: boolean;
  generation: number;
  from: { mode: Mode; livePercent: number };
  /** How many agents it changed; for the reader of the journal only. */
  changed: number;
};
export type AgentModeEvent = InCohort & { op: 'agent-mode'; key: string; agent: string; mode: Mode; generation: number | null };
export type ExampleEvent = InCohort & { op: 'example'; key: string; generation: number; matches: boolean };
/** Synthetic escalations. The ids are the platform's own. */
export type DrillEvent = At & {
  op: 'drill';
  deployment: string;
  generation: number;
  items: (Keyed & { escalation: string; manager: string; leaveUnanswered: boolean })[];
};
export type ReassignEvent = At & { op: 'reassign'; deployment: string; items: (Keyed & { escalation: string; to: string })[] };
export type FenceEvent = At & { op: 'fence'; scopes: FenceScope[]; ceiling: Mode; commandId: string };
export type LiftEvent = At & {
  op: 'lift';
  commandId: string;
  liftedBy: string;
  /** Only for these; missing: for all. */
  cohorts?: string[] | undefined;
  agents?: string[] | undefined;
};
/** `customer` is empty for what concerns the whole platform. */
export type ControlEvent = At & { op: 'control'; action: ControlAction };
/** A planned failure of an operation has been spent. */
export type FaultUsedEvent = At & { op: 'fault-used'; operation: string; kind: 'timeout' | 'garble' | 'refuse' };

export type CustomerEvent =
  | RegisterEvent
  | SnapshotEvent
  | CreateEvent
  | BindEvent
  | MintEvent
  | SmokeEvent
  | RevokeEvent
  | RegenerateEvent
  | ModeEvent
  | AgentModeEvent
  | ExampleEvent
  | DrillEvent
  | ReassignEvent
  | FenceEvent
  | LiftEvent;
export type JournalEvent = CustomerEvent | ControlEvent | FaultUsedEvent;
