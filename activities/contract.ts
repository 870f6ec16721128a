/**
 * What workflows may ask of the world: types only. Arguments and results are references, digests, indexes and counts;
 * no list of agents and no secret ever passes here, because all of it stays in the history.
 */
import type { FailureCode } from '../domain/failure.ts';
import type { DeploymentName } from '../domain/ids.ts';
import type { PlannedCohort } from '../domain/entry.ts';
import type { ClockState } from '../domain/clock.ts';
import type { CommandKind, Scope } from '../domain/command.ts';
import type { Shape } from '../domain/mode.ts';

export type WindowName = 'countdown' | 'provision' | 'validate' | 'golive';
export type GateName = 'gate-1' | 'gate-2' | 'gate-3';

export interface OpenInput {
  name: DeploymentName;
  speed: number;
  startedBy: string;
}

export interface Opened {
  cohorts: PlannedCohort[];
  /** Exposure steps of a wave, in percent. */
  ramp: number[];
}

/** A signed order as it was handed in: the text of its envelope, and when its giver let go of it. */
export interface HandedIn {
  envelope: string;
  handedInAt: string;
}

/** What became of one signed order, in as few words as the workflow needs to act on it. */
export type CommandResult =
  | { outcome: 'refused'; id: string; code: FailureCode }
  | { outcome: 'repeated'; id: string }
  | {
      outcome: 'applied';
      id: string;
      kind: CommandKind;
      scope: Scope;
      /** Log index of the `command.applied` entry: the authority that activities verify. */
      index: number;
      clock?: ClockState;
      /** promote: the cohorts that go live by it. */
      promotes?: string[];
      /** An approval or sign-off that says no: recorded like any other, and it allows nothing. */
      rejected?: true;
    };

export interface PreflightResult {
  halted: boolean;
  isolated: { cohort: string; code: FailureCode }[];
}

export interface GateResult {
  /** Cohorts that may go on to the next window. */
  forward: string[];
  /** Children that failed, timed out or were terminated since the last gate. */
  dead: string[];
}

/** Queue `control`: the deployment itself, and everything between a command and its answer. */
export interface ControlActivities {
  /** Verifies deployment file and set, writes the opening entries. */
  openDeployment: (input: OpenInput) => Promise<Opened>;
  /** Verifies, judges and records orders, from the first on, as many as go together: one answer for each. The same order again gives the first answer. */
  applyCommands: (input: { name: DeploymentName; orders: HandedIn[] }) => Promise<CommandResult[]>;
  /** Settles every row of a window by facts read from platform, bucket and log; heartbeats; returns when none is pending. */
  settleWindow: (input: { name: DeploymentName; window: WindowName }) => Promise<{ late: number; missed: number }>;
  /** Records that a gate was passed and says who goes on. */
  passGate: (input: { name: DeploymentName; gate: GateName; authority: number }) => Promise<GateResult>;
  /** Opens a task for a person when the deployment itself cannot go on, and closes it when it does. */
  noteBlocked: (input: { name: DeploymentName; what: string; code: FailureCode | null }) => Promise<void>;
  writeBrief: (input: { name: DeploymentName }) => Promise<void>;
  closeDeployment: (input: { name: DeploymentName }) => Promise<{ result: string }>;
}

/** Where an order was found that allows a side effect: the grant (go-ahead, gate 1, promote) and a later retry of it, if any. */
export interface Authority {
  grant: number;
  renewed?: number;
}

export interface CohortRef {
  name: DeploymentName;
  cohort: string;
  authority: Authority;
}

export interface ChunkRef extends CohortRef {
  /** `sample`, or the number of the chunk. */
  chunk: 'sample' | number;
}

/** `code` set: the cohort cannot go on, and why. */
export interface StepResult {
  done: number;
  code?: FailureCode;
  detail?: string;
}

/** Queue `engine`, work on the whole set. */
export interface SetActivities {
  /** W1.03, W1.04: the set again, now with its approvals, byte by byte. A refusal stops the clock; success starts it again. */
  verifySet: (input: { name: DeploymentName }) => Promise<{ ok: boolean; clock: ClockState }>;
  registerCohorts: (input: { name: DeploymentName; authority: Authority }) => Promise<{ cohortSetId: string }>;
  preflight(input: {
    name: DeploymentName;
    authority: Authority;
    cohortSetId: string;
    only?: string[];
    attempt: number;
  }): Promise<PreflightResult>;
  takeSnapshot: (input: { name: DeploymentName; authority: Authority }) => Promise<{ snapshotId: string }>;
  /** The window opens: all cohorts to shadow running at once. Those that cannot say so themselves, one by one, later. */
  startShadow: (input: { name: DeploymentName; authority: Authority; cohorts: string[] }) => Promise<{ running: number }>;
  /** What the executives sign on: one document per group over the cohorts that are ready for it. */
  compileEvidence: (input: { name: DeploymentName }) => Promise<{ groups: number }>;
}

/** Queue `engine` (mint: queue `mint`), work on one cohort. */
export interface CohortActivities {
  createChunk: (input: ChunkRef) => Promise<StepResult>;
  bindCohort: (input: CohortRef & { snapshotId: string }) => Promise<StepResult>;
  mintChunk: (input: ChunkRef) => Promise<StepResult>;
  smokeChunk: (input: ChunkRef & { attempt: number }) => Promise<StepResult>;
  /** Reads the platform's counts; only when all agree with the manifest is the cohort ready. */
  confirmReady: (input: CohortRef) => Promise<StepResult>;
  runShadow: (input: CohortRef) => Promise<StepResult>;
  runExample: (input: CohortRef & { attempt: number }) => Promise<StepResult>;
  notePhase(input: {
    name: DeploymentName;
    cohort: string;
    phase: NotedPhase;
    attempt: number;
    code?: FailureCode;
    detail?: string;
  }): Promise<void>;
}
export type NotedPhase = 'isolated' | 'parked' | 'handed-over';

export interface WaveRef {
  name: DeploymentName;
  wave: string;
  shape: Shape | 'catch-up';
  /** Cohorts still in the wave. */
  cohorts: string[];
  authority: Authority;
}
export interface WaveStepResult {
  in: string[];
  left: { cohort: string; code: FailureCode }[];
}

/** Queue `engine`, one wave. */
export interface WaveActivities {
  openWave: (input: WaveRef & { ramp: number[] }) => Promise<void>;
  raise: (input: WaveRef & { percent: number }) => Promise<WaveStepResult>;
  /** Watches one exposure step for its time and its samples; heartbeats; stateless. */
  evaluate: (input: WaveRef & { percent: number; holdHours: number; speed: number }) => Promise<WaveStepResult>;
  closeWave: (input: WaveRef & { left: string[] }) => Promise<void>;
}

export interface DrillRef {
  name: DeploymentName;
  /** Gate 1's go. */
  authority: Authority;
  /** Whose managers' managers are asked when nobody answers. */
  snapshotId: string;
}

/** Queue `engine`, in the workflow `queueDrill`: two long watchers, one after the other, whatever the number of managers. */
export interface DrillActivities {
  /** Asks every manager with a bound agent, passes on what nobody answers; returns when every queue has a decision. */
  runDrill: (input: DrillRef) => Promise<{ asked: number }>;
  /** Passes on what lies too long in live queues, from T+54 until the last gate is passed. */
  watchQueues: (input: DrillRef) => Promise<void>;
}

/** Queue `control`, in the workflow `channel`: what people are told. Both live until the deployment is closed, and know nothing but the log. */
export interface ChannelActivities {
  /** Makes each notice in the log, sends it once and in order, edits in place; returns when the deployment is closed and all is sent. */
  keepChannel: (input: { name: DeploymentName }) => Promise<void>;
}
export interface PeopleActivities {
  /** Escalates whatever waits on a person, and measures the approval path; returns when the deployment is closed. */
  watchPeople: (input: { name: DeploymentName }) => Promise<void>;
}

export interface AppliedStop {
  name: DeploymentName;
  /** Id of the order, once it stands in the log as applied. */
  stop: string;
}

/** Queue `control`, beside the workflow `stop` and never waited for: what comes after a stop. Whatever they cannot do is a task with a name. */
export interface StopAfterActivities {
  /** Opens the incident, names the writes that nobody vouches for, and watches the platform until it shows that the stop has landed. */
  landStop: (input: AppliedStop) => Promise<{ verdict: 'pass' | 'fail' | 'no-data' }>;
  /** Exit attestation of whoever was terminated: a signed document per agent or cohort. */
  attestExit: (input: AppliedStop) => Promise<{ documents: number }>;
}
