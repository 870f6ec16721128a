import type { Scope } from '../command.ts';
import type { DeploymentFile, Person } from '../deployment-file.ts';
import type { CohortPhase, MilestoneStatus } from '../entry.ts';
import type { FailureCode } from '../failure.ts';
import { noHolds, type HoldSet } from '../hold.ts';
import type { Shape } from '../mode.ts';
import type { Role } from '../roles.ts';
import type { GateId } from '../runbook/gates.ts';
import type { RunbookWindow } from '../runbook/milestone.ts';
import type { DeploymentView } from '../view.ts';

/** Whose key verified an order: a person's own, a gateway's whose word the signed deployment file takes, or the engine's own. */
export type Signer = { person: Person } | { gateway: string } | { machine: string };

/** What the log holds of cards, delegations, escalations and incidents: an order names the one that it is about by its id. */
export type Among = Pick<DeploymentView, 'cards' | 'delegations' | 'escalations' | 'incidents' | 'stops'>;

/** What an order is judged against without knowing how far the deployment is. */
export interface OrderContext {
  file: DeploymentFile;
  /** Whose key verified the envelope; null when nobody's did. Found by key, never by what the command says. */
  signer: Signer | null;
  nowIso: string;
  manifestSetDigest: string;
  runbookDigest: string;
  /** Null before the clock was first started. */
  planHours: number | null;
  among: Among;
}

/** Plain JSON. */
export interface AuthorityContext extends OrderContext {
  state: DeploymentStateView;
}

export interface CohortView {
  shape: Shape;
  phase: CohortPhase;
}

/** Who was counted for something, by role: a role counts once, and a person counts once. */
export type Decision = Partial<Record<Role, string>>;

/**
 * What the deployment workflow knows, as far as authority depends on it. May be passed with every command, so it is compact:
 * under 48 KB for 250 cohorts in 84 groups with names of usual length, under 64 KB with the longest that are allowed.
 */
export interface DeploymentStateView {
  /** The clock was started at least once. */
  started: boolean;
  window: RunbookWindow;
  gatesPassed: GateId[];
  clockRunning: boolean;
  /** Cohorts by group, then by id. */
  groups: Record<string, Record<string, CohortView>>;
  /** Applied so far, by subject (see `subjects`): `{ 'sign:sales-ic': { cfo: 'jane' } }`. */
  decided: Record<string, Decision>;
  /** Standing rejections by the same subjects; a later approval in the same role takes the place of one. */
  rejected: Record<string, Decision>;
  /** Who stands behind a voice that somebody else gave under a delegation, by the same subjects. */
  behind: Record<string, Decision>;
  /** Shapes of which a group needs one personal signature. */
  personalFor: Shape[];
  /** Roles that signed for a group with their own key; only of groups that need such a signature. */
  personal: Record<string, Role[]>;
  /** Until when each approval of the set counts (`approvalValidUntil`), by role. */
  setApprovedUntil: Partial<Record<Role, string>>;
  holds: HoldSet;
  milestones: Record<string, MilestoneStatus>;
  /** Digest of what lies in front of people, by group, gate or row; the same keys as `command.saw.evidence`. */
  openEvidence: Record<string, string>;
  /** What made the whole run wait for a retry (preflight_halted), else null. */
  haltedBy: FailureCode | null;
  /**
   * First answers by command id. Holds only commands whose signature verified (else a forger could use up an id);
   * the caller may pass the one entry of the command at hand instead of all.
   */
  seen: Record<string, Judgement>;
}

export type Judgement = { verdict: 'applied' } | Refusal;

export interface Refusal {
  verdict: 'refused';
  code: FailureCode;
  /** For the person who gave the order: what exactly, by name. */
  sentence: string;
}

/** Sentences stay in histories: an order that names ten thousand unknown cohorts must not come back as ten thousand names. */
const LONGEST_SENTENCE = 600;

export const refuse = (code: FailureCode, sentence: string): Refusal => ({
  verdict: 'refused',
  code,
  sentence: sentence.length > LONGEST_SENTENCE ? `${sentence.slice(0, LONGEST_SENTENCE)}…` : sentence,
});

/** What decisions are about; one spelling for all who read or write `decided` and `rejected`. */
export const subjects = {
  set: 'approve:set',
  goAhead: 'approve:go-ahead',
  sign: (group: string): string => `sign:${group}`,
  confirm: (row: string): string => `confirm:${row}`,
  waive: (row: string): string => `waive:${row}`,
  /** Two persons lift a stop together when both are about the same of it. */
  lift: (holdId: string, { level, names }: Scope): string =>
    level === 'cohort' ? `lift:${holdId}:${[...names].sort().join(',')}` : `lift:${holdId}`,
} as const;

export const newStateView = (): DeploymentStateView => ({
  started: false,
  window: 'countdown',
  gatesPassed: [],
  clockRunning: false,
  groups: {},
  decided: {},
  rejected: {},
  behind: {},
  personalFor: [],
  personal: {},
  setApprovedUntil: {},
  holds: noHolds(),
  milestones: {},
  openEvidence: {},
  haltedBy: null,
  seen: {},
});

/** Own fields only: names come from outside, and `constructor` is a name. */
export const own = <V>(record: Readonly<Record<string, V>>, key: string): V | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
