import type { EvidenceRef, Outcome } from '../evidence.ts';
import type { Mode } from '../mode.ts';
import type { IncidentAct, Scope } from '../command.ts';
import type { Role } from '../roles.ts';
import type { StoppingKind } from './stop.ts';

/** What the log says of stops, of what made them necessary and of what comes after them. All times are wall times, ISO 8601. */
export interface StopEntries {
  /**
   * Beside the flips, never before them: what a stopping order did at the platform. The order itself is a `command.applied`,
   * the ceiling that stands from now on a `hold.added`, both under the order's id.
   */
  'stop.flipped': {
    stop: string;
    kind: StoppingKind;
    scope: Scope;
    ceiling: Mode;
    fenceGeneration: number;
    /** When the order was handed in, the fence stood, the first and the last cohort were down; by the clock of the stop worker. */
    handedInAt: string;
    fencedAt: string;
    lastAt: string | null;
    /** Cohorts (agents, where the scope is agents) by what became of them; longer lists are in the evidence alone. */
    outcomes: Record<Outcome, number>;
    flipped: string[];
    left: string[];
    /** Every flip with its outcome and time. */
    evidence: EvidenceRef;
    /** Missing: here. Else the deployment whose part of the log has the order. */
    orderedIn?: string;
    /** A drill, not an emergency. */
    drill?: true;
  };
  /** Landing checks, from the platform's own numbers: no write commits any more, error rate and latency normal, smoke again. */
  'stop.landed': {
    stop: string;
    verdict: 'pass' | 'fail' | 'no-data';
    checks: { name: 'no-writes' | 'errors' | 'latency' | 'smoke'; verdict: 'pass' | 'fail' | 'no-data'; detail: string }[];
    evidence: EvidenceRef;
  };
  /** Writes that were committed since the flip to live (or since the trigger's cause) and nobody can vouch for. */
  'writes.questionable': {
    stop: string;
    incident: string;
    count: number;
    /** Person who deals with them, until `incident` says `cleaned`. */
    owner: string;
    /** Fallback owners of the cohorts that wrote, by id or address; `owner` is the one, or sees to it that all of them do. */
    owners?: string[];
    evidence: EvidenceRef;
  };
  /** A row of the stopping table fired, on facts; `stop` is the order that the engine gave because of it, null where people decide. */
  'trigger.fired': {
    row: string;
    /** Cohort, connector or `deployment`. */
    subject: string;
    cohorts: string[];
    stop: string | null;
    /** What of the row it was: `p95`, `health checks`; missing in older logs. */
    measures?: readonly string[];
    /** In figures and words: `write rate 3.4 × expected over 5 min (412 of 120 writes)`. */
    because: string;
    since: string;
    evidence: EvidenceRef;
  };
  'trigger.cleared': { row: string; subject: string; because: string };
  'incident.opened': {
    incident: string;
    severity: 1 | 2 | 3;
    title: string;
    scope: Scope;
    /** The stop that opened it; missing: by hand. */
    stop?: string;
    /** Row of the stopping table. */
    row?: string;
    owner: Role;
  };
  'incident.noted': { incident: string; act: IncidentAct['act']; text: string; eta?: string; owner?: string; by: string };
  'incident.closed': { incident: string; rootCause: string; followUps: { text: string; owner: string }[]; by: string };
  /** Exit attestation: a signed document per agent or cohort of what it did, what was revoked and what remains. */
  'exit.attested': { stop: string; subject: string; agents: number; evidence: EvidenceRef };
  /** A dependency is not asked any more for a while (`open`), or again. `part`: process that noticed it. */
  'breaker.changed': { dependency: string; part: string; state: 'open' | 'half-open' | 'closed'; because: string };
}

export const STOP_ENTRY_KINDS = [
  'stop.flipped',
  'stop.landed',
  'writes.questionable',
  'trigger.fired',
  'trigger.cleared',
  'incident.opened',
  'incident.noted',
  'incident.closed',
  'exit.attested',
  'breaker.changed',
] as const satisfies readonly (keyof StopEntries)[];
