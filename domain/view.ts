import type { ClockState, Standstill } from './clock.ts';
import type { Attestation, CommandArguments, CommandKind, Scope } from './command.ts';
import type { CohortPhase, EntryData, EntryKind, EvidenceRef, MilestoneStatus } from './entry.ts';
import type { FailureCode } from './failure.ts';
import type { Operation } from './ids.ts';
import type { Mode, Shape } from './mode.ts';
import type { Role } from './roles.ts';
import type { Lift, StoppingKind } from './stop/stop.ts';
import type { VerdictValue } from './verdict.ts';
import type {
  ApprovalView,
  CardView,
  DelegationView,
  EscalationView,
  GroupEvidenceView,
  NoticeView,
  SignOffView,
  TaskView,
  WatchItemView,
} from './view/people.ts';
import type { DrillView, QueueWriteView } from './view/queues.ts';
import type { Recorded } from './view/recorded.ts';
import type { InterceptsView, WritesView } from './view/running.ts';
import type { AgentCounts, SeriesView } from './view/series.ts';
import type { BreakerView, IncidentView, StopView, TriggerView } from './view/stops.ts';

export type {
  ApprovalView,
  CardView,
  DelegationView,
  EscalationView,
  GroupEvidenceView,
  NoticeView,
  SignOffView,
  TaskView,
  WatchItemView,
} from './view/people.ts';
export type { Recorded } from './view/recorded.ts';
export type { AgentCounts, Series, SeriesView } from './view/series.ts';

/**
 * What the log says about one deployment: the fold of its entries, as plain JSON. Status, history, report and scripted
 * people read this and nothing else, so they agree with each other and work while Temporal is down.
 */
export interface DeploymentView {
  v: 1;
  header: HeaderView;
  clock: ClockState;
  /** When the T-clock stood still, in order. */
  standstills: Standstill[];
  set: SetView;
  plan: PlanView | null;
  /** Agents of all cohorts together; `provisioning + shadow + live + paused + halted + terminated = total`. */
  agents: AgentCounts;
  /** Agents of all cohorts together that have this behind them. */
  progress: CohortCounts;
  /** In the order of the plan. */
  cohorts: Record<string, CohortView>;
  /** By row of the runbook; a row about which nothing was said yet is missing. */
  milestones: Record<string, MilestoneView>;
  gates: Record<string, GateView>;
  /** By command id, in the order of their answers. */
  commands: Record<string, CommandView>;
  /** Stops that were carried out while Temporal was away, by the digest of what was signed, in the order in which they were entered. */
  direct: Record<string, EntryData['direct.adopted'] & Recorded>;
  /** Approvals of the manifest set (C3), one per person and digest. */
  approvals: ApprovalView[];
  /** What a group's executives are shown, by group; a sign-off is bound to its digest. */
  groupEvidence: Record<string, GroupEvidenceView>;
  signOffs: SignOffView[];
  /** By hold id, released ones included: a release leaves a tombstone. */
  holds: Record<string, HoldView>;
  waves: Record<string, WaveView>;
  /** By card id, in the order in which they were issued. */
  cards: Record<string, CardView>;
  /** By key, in the order in which they were made. */
  notices: Record<string, NoticeView>;
  /** By escalation id, closed ones included. */
  escalations: Record<string, EscalationView>;
  /** By the id of the order that delegated, void ones included. */
  delegations: Record<string, DelegationView>;
  /** By the id of the stopping order. */
  stops: Record<string, StopView>;
  /** Of the stopping table, the latest by row and subject. */
  triggers: Record<string, TriggerView>;
  /** By incident id, closed ones included. */
  incidents: Record<string, IncidentView>;
  /** By process and dependency. */
  breakers: Record<string, BreakerView>;
  /** What the gateway turned away, by reason. */
  turnedAway: Record<string, number>;
  /** By task id, closed ones included. */
  tasks: Record<string, TaskView>;
  watchItems: Record<string, WatchItemView>;
  /** The latest per subject. */
  evidence: Record<string, EvidenceView>;
  verdicts: Record<string, VerdictView>;
  writes: WritesView;
  intercepts: InterceptsView;
  /** Null before the first manager was asked. */
  drill: DrillView | null;
  /** Writes to queues that are under way, by key. */
  queueWrites: Record<string, QueueWriteView>;
  /** The last outcome of creating, binding, minting or testing an agent. */
  lastProvisioned: Recorded | null;
  series: SeriesView;
  figures: FiguresView;
  /**
   * What each agent has behind it, as bits, by cohort and agent: with it an agent that is created, minted or smoked twice
   * counts once. Needed to fold on; empty in what `GET /state` answers.
   */
  ledger: Record<string, Record<string, number>>;
}

export interface HeaderView {
  customer: string;
  deployment: string;
  environment: string | null;
  logOrigin: string | null;
  runbook: { version: string; digest: string } | null;
  manifestSetDigest: string | null;
  deploymentFile: (EvidenceRef & { version: number }) | null;
  speed: number;
  startedBy: string | null;
  openedAt: string | null;
  /** When the T-clock was started first. */
  startedAt: string | null;
  closedAt: string | null;
  result: EntryData['deployment.closed']['result'] | null;
  brief: EvidenceRef | null;
}

export interface SetView {
  verified: (EntryData['set.verified'] & Recorded) | null;
  refused: (EntryData['set.refused'] & Recorded) | null;
}

export interface PlanView extends Recorded {
  managers: number;
  agents: number;
  cohorts: number;
  plan: EvidenceRef;
  forecastMintHours: number;
}

/** Agents of a cohort that have this behind them, by the outcomes in the log. */
export interface CohortCounts {
  created: number;
  bound: number;
  minted: number;
  smoked: number;
  running: number;
  live: number;
}

export interface CohortView {
  id: string;
  group: string;
  shape: Shape;
  agents: number;
  /** Null until the cohort has said anything. */
  phase: CohortPhase | null;
  phaseAt: string | null;
  /** The furthest step of the way that it reached, also while it is held, parked or isolated. */
  reached: CohortPhase | null;
  reason: string | null;
  code: FailureCode | null;
  /** What lifts it, while it is isolated, held or parked. */
  liftedBy: string | null;
  counts: CohortCounts;
  /** Side effects of which it is not known whether they took place, by key. */
  unknown: Record<string, { operation: Operation; agent: string | null } & Recorded>;
  /** Null until the log knows of one. */
  mode: Mode | null;
  livePercent: number;
  /** Share that its last promotion has raised live: what a pause gives back. 0 after any other stop. */
  raisedTo: number;
  /** Ids of the active holds that cover it. */
  holds: string[];
  wave: string | null;
}

export interface MilestoneView extends Recorded {
  row: string;
  status: MilestoneStatus;
  dueAt: string;
  doneAt: string | null;
  duePlanHours: number;
  donePlanHours: number | null;
  reason: string | null;
  evidence: EvidenceRef | null;
}

export interface GateView extends Recorded {
  gate: string;
  commandIndex: number;
  planHours: number;
  evidence: EvidenceRef;
  by: string | null;
}

export interface CommandView extends Recorded {
  id: string;
  kind: CommandKind | (string & {});
  scope: Scope | null;
  person: string;
  role: Role | null;
  outcome: 'applied' | 'refused';
  code: FailureCode | null;
  sentence: string | null;
  reason: string | null;
  args: CommandArguments;
  issuedAt: string | null;
  expiresAt: string | null;
  envelope: EvidenceRef;
  handedInAt: string | null;
  askedAt: string | null;
  /** Null: signed with the person's own key, or refused. */
  attestation: Attestation | null;
  /** Id of the delegation under which it was given. */
  delegation: string | null;
  fenceGeneration: number | null;
  latencyMs: number;
}

export interface HoldView extends Recorded {
  holdId: string;
  scope: Scope;
  ceiling: Mode;
  why: string;
  by: string;
  /** The order that made it: a hold, or a stop. */
  kind: StoppingKind | 'hold';
  liftedBy: Lift;
  /** Deployment of the same customer whose part of the log has the order; null: this one. */
  orderedIn: string | null;
  /** The role that may release it. */
  releasedBy: Role;
  released: ({ by: string } & Recorded) | null;
  /** Cohorts (of a stop of agents: agents) for which it is released while it stands for the others. */
  releasedFor: string[];
}

export interface WaveView extends Recorded {
  wave: string;
  shape: Shape | 'catch-up';
  cohorts: string[];
  ramp: number[];
  authority: number;
  steps: WaveStepView[];
  closed: ({ live: number; left: string[] } & Recorded) | null;
}

export interface WaveStepView extends Recorded {
  percent: number;
  planHours: number;
  /** The latest verdict per cohort at this step. */
  verdicts: Record<string, { verdict: VerdictValue; reasons: string[]; samples: number } & Recorded>;
}

export interface EvidenceView extends Recorded {
  subject: string;
  summary: string;
  evidence: EvidenceRef;
}

export interface VerdictView extends Recorded {
  subject: string;
  verdict: VerdictValue;
  reasons: string[];
  samples: number;
  evidence: EvidenceRef | null;
}

export interface OperationFigures {
  /** Agents named in intents. */
  intended: number;
  applied: number;
  notApplied: number;
  unknown: number;
}

export interface FiguresView {
  entries: number;
  byKind: Partial<Record<EntryKind, number>>;
  operations: Partial<Record<Operation, OperationFigures>>;
  first: Recorded | null;
  last: Recorded | null;
}
