import type { Command, DirectKind, Scope } from './command.ts';
import type { EvidenceRef, Outcome } from './evidence.ts';
import type { DrillFigures } from './drill/figures.ts';
import type { QueueItems } from './drill/queue.ts';
import type { FailureCode } from './failure.ts';
import type { Operation } from './ids.ts';
import type { Mode, Shape } from './mode.ts';
import { PEOPLE_ENTRY_KINDS, type PeopleEntries } from './notices/entries.ts';
import type { Role } from './roles.ts';
import { STOP_ENTRY_KINDS, type StopEntries } from './stop/entries.ts';
import type { Lift, StoppingKind } from './stop/stop.ts';
import type { VerdictValue } from './verdict.ts';

export type { EvidenceRef, Outcome } from './evidence.ts';

export type MilestoneStatus = 'pending' | 'met' | 'late' | 'missed' | 'waived' | 'not-applicable';

/** How far a cohort is on its way; the order of the list is the order of the way. */
export const COHORT_PHASES = [
  'registered',
  'creating',
  'binding',
  'sampling',
  'minting',
  'ready',
  'shadow',
  'signed-off',
  'ramping',
  'live',
  'handed-over',
] as const;
export type CohortPhase = (typeof COHORT_PHASES)[number] | 'isolated' | 'held' | 'parked';

export interface PlannedCohort {
  id: string;
  group: string;
  shape: Shape;
  agents: number;
}

/** Calls by what the intercept said to them; `failed`: it said nothing. */
export interface VerdictCounts {
  allow: number;
  warn: number;
  deny: number;
  failed: number;
}

/** What each kind of entry says. The set is closed: a kind that is not here cannot be written. */
export interface EntryData extends PeopleEntries, StopEntries {
  'deployment.opened': {
    environment: string;
    logOrigin: string;
    runbook: { version: string; digest: string };
    manifestSetDigest: string;
    deploymentFile: EvidenceRef & { version: number };
    speed: number;
    startedBy: string;
  };
  'set.verified': { manifestSetDigest: string; manifests: number; agents: number; signer: string; approvals: string[] };
  'set.refused': { manifestSetDigest: string; problems: number; report: EvidenceRef };
  'plan.recorded': { cohorts: PlannedCohort[]; managers: number; plan: EvidenceRef; forecastMintHours: number };
  'clock.started': { planHours: number; speed: number; wallAt: string };
  'clock.stopped': { planHours: number; reason: string };
  'clock.rebaselined': { shiftHours: number; reason: string };
  /**
   * The one answer to an order. That it was received is said here and in a refusal (`handedInAt`), not by an entry of its
   * own: from the moment it is handed in an order is durable in Temporal and will be answered, and an entry written first
   * would hold up every order, the ones that hold back too, by one commit of the log.
   */
  'command.applied': {
    command: Command;
    envelope: EvidenceRef;
    /** Wall time, ISO 8601; missing when who handed it in said none. */
    handedInAt?: string;
    /** Since when the order was waited for, wall time; missing when nobody waited for it. */
    askedAt?: string;
    /** Fence generation of the command's scope at the moment it was applied; forward writes carry it. */
    fenceGeneration: number;
    /** Modes and ETags that the authorisation saw (promote), or evidence that it rests on. */
    evidence?: EvidenceRef;
    latencyMs: number;
  };
  'command.refused': {
    commandId: string;
    kind: string;
    scope?: Scope;
    code: FailureCode;
    sentence: string;
    envelope: EvidenceRef;
    handedInAt?: string;
    latencyMs: number;
  };
  /** A stop that a person carried out while Temporal was away, entered afterwards; `outcomes` are of calls, not of agents. */
  'direct.adopted': {
    commandId: string;
    kind: DirectKind;
    scope: Scope;
    person: string;
    role: Role;
    reason: string;
    /** Wall time, ISO 8601, by the clock of whoever stopped. */
    startedAt: string;
    /** Which of how many files; missing when there is one. */
    part?: number;
    parts?: number;
    intents: number;
    outcomes: { applied: number; notApplied: number; unknown: number };
    /** The file that the person signed. */
    record: EvidenceRef;
  };
  milestone: {
    row: string;
    status: MilestoneStatus;
    dueAt: string;
    doneAt?: string;
    duePlanHours: number;
    donePlanHours?: number;
    reason?: string;
    evidence?: EvidenceRef;
  };
  /** `evidence`: the window's rows as they stood, each with the digest of what it rests on. */
  'gate.passed': { gate: string; commandIndex: number; planHours: number; evidence: EvidenceRef };
  intent: {
    operation: Operation;
    key: string;
    agents: string[];
    /** Log index of the `command.applied` entry that allows this. */
    authority: number;
    /** drill, reassign: */
    items?: QueueItems;
  };
  outcome: {
    operation: Operation;
    key: string;
    result: Outcome;
    intent: number;
    /** Present when not applied or unknown. */
    code?: FailureCode;
    detail?: string;
    /** create: platform id; mint: vault reference, version, fingerprint (never a secret); smoke: verdict; raise: mode. */
    agentId?: string;
    manager?: string;
    vaultRef?: string;
    version?: number;
    fingerprint?: string;
    verdict?: string;
    mode?: Mode;
    livePercent?: number;
    /** drill, reassign: */
    items?: QueueItems;
  };
  'cohort.phase': { phase: CohortPhase; reason?: string; code?: FailureCode; liftedBy?: string };
  'wave.started': { wave: string; shape: Shape | 'catch-up'; cohorts: string[]; ramp: number[]; authority: number };
  'wave.step': { wave: string; percent: number; planHours: number };
  verdict: { subject: string; verdict: VerdictValue; reasons: string[]; samples: number; evidence?: EvidenceRef };
  'wave.closed': { wave: string; live: number; left: string[] };
  'hold.added': {
    holdId: string;
    scope: Scope;
    ceiling: Mode;
    why: string;
    releasedBy: Role;
    /** Missing: a hold by order, which is taken back by a release. */
    by?: StoppingKind;
    liftedBy?: Lift;
    /** A stop of the whole customer, ordered in another deployment of theirs: its part of the log has the order. */
    orderedIn?: string;
  };
  /** `cohorts` (of a stop of agents `agents`): only for these; missing: for all that it held. */
  'hold.released': {
    holdId: string;
    by: string;
    cohorts?: string[];
    agents?: string[];
    /** Id of the order that ended a stop; a hold by order is named by its release. */
    order?: string;
  };
  'group.evidence': { group: string; cohorts: string[]; agents: number; evidence: EvidenceRef };
  'sign-off': {
    group: string;
    role: Role;
    decision: 'approve' | 'reject';
    boundTo: string;
    commandIndex: number;
    channel: 'cli' | 'slack';
  };
  evidence: { subject: string; summary: string; evidence: EvidenceRef };
  /**
   * Manager-approved writes number `first` to `first + count - 1` (from 0). All of them are in the evidence by id, agent,
   * manager, connector and time; the first hundred of a deployment are named here as well.
   */
  'writes.approved': {
    first: number;
    count: number;
    writes: { id: string; agent: string; manager: string; at: string }[];
    evidence: EvidenceRef;
  };
  /** What the intercept said to one cohort's calls from `from` to `to`, wall times; the evidence holds the same for all cohorts. */
  'intercept.verdicts': { from: string; to: string; verdicts: VerdictCounts; evidence: EvidenceRef };
  /** Where the drill of the managers' queues stands; every item of it is in the evidence. */
  'drill.measured': { figures: DrillFigures; evidence: EvidenceRef };
  'watch-item': { id: string; text: string; owner: Role; closed?: boolean };
  'task.opened': { taskId: string; owner: Role; code: FailureCode; sentence: string; next: string };
  'task.closed': { taskId: string; how: string };
  'deployment.closed': { result: 'live' | 'live-with-exceptions' | 'failed'; brief?: EvidenceRef };
}

export const ENTRY_KINDS = [
  'deployment.opened',
  'set.verified',
  'set.refused',
  'plan.recorded',
  'clock.started',
  'clock.stopped',
  'clock.rebaselined',
  'command.applied',
  'command.refused',
  'direct.adopted',
  'milestone',
  'gate.passed',
  'intent',
  'outcome',
  'cohort.phase',
  'wave.started',
  'wave.step',
  'verdict',
  'wave.closed',
  'hold.added',
  'hold.released',
  'group.evidence',
  'sign-off',
  'evidence',
  'writes.approved',
  'intercept.verdicts',
  'drill.measured',
  'watch-item',
  'task.opened',
  'task.closed',
  ...PEOPLE_ENTRY_KINDS,
  ...STOP_ENTRY_KINDS,
  'deployment.closed',
] as const satisfies readonly (keyof EntryData)[];
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** An entry as it is handed to the log. `id` is made from business identity, so that writing twice is writing once. */
export type NewEntry = {
  [K in EntryKind]: {
    v: 1;
    /** Unique in the log: `acme/q4/cohort-7/agent-12/mint/1/outcome`. */
    id: string;
    /** Wall time, ISO 8601 with milliseconds, when the thing happened. */
    at: string;
    kind: K;
    customer: string;
    deployment: string;
    /** Person or component: `golive` for the engine. */
    actor: string;
    cohort?: string;
    agent?: string;
    /** W3C trace id of the run that caused it. */
    trace?: string;
    data: EntryData[K];
  };
}[EntryKind];

export type EntryOf<K extends EntryKind> = Extract<NewEntry, { kind: K }>;
export type RecordedEntry = NewEntry & { index: number };
