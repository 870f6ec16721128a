import type { Role } from './roles.ts';

/** Everything a person can order. A kind that this version does not carry out is refused with `not_built`, never ignored. */
export const COMMAND_KINDS = [
  'go',
  'approve',
  'sign',
  'promote',
  'hold',
  'release',
  'pause',
  'resume',
  'confirm',
  'ack',
  'waive',
  'retry',
  'clock',
  'rollback',
  'halt',
  'terminate',
  'reissue',
  'reconcile',
  'shutdown',
  'distrust',
  'delegate',
  'revoke',
  'lift',
  'incident',
] as const;
export type CommandKind = (typeof COMMAND_KINDS)[number];

/** Stops that a person can carry out by themselves while Temporal is away. */
export const DIRECT_KINDS = ['pause', 'rollback', 'halt', 'terminate', 'shutdown'] as const satisfies readonly CommandKind[];
export type DirectKind = (typeof DIRECT_KINDS)[number];

/**
 * Orders that a person may give where somebody else attests to it. All others need the person's own key, whatever the
 * deployment file says.
 */
export const ATTESTABLE_KINDS = [
  'sign',
  'hold',
  'release',
  'ack',
  'pause',
  'rollback',
  'halt',
  'terminate',
  'incident',
] as const satisfies readonly CommandKind[];
export type AttestableKind = (typeof ATTESTABLE_KINDS)[number];

/** Who saw the person give the order, when it was not the person's own key that signed it: the gateway, which Slack told. */
export interface Attestation {
  channel: 'slack';
  /** Slack's ids of the workspace and of the user who clicked. */
  team: string;
  user: string;
  /** The cards that were clicked, by their ids in the log; each stands for a group and its evidence. Empty for what needs no card. */
  cards: string[];
}

/** What a person lets another do in their place. Void once it is revoked, also for orders that wait for their answer. */
export interface Delegation {
  /** Person who acts. */
  to: string;
  /** The principal's role in which they act. */
  role: Role;
  /** `act`: the other's order counts as the role's. `watch`: the other is told and reminded, and signs nothing. */
  mode: 'act' | 'watch';
  kinds: CommandKind[];
  /** Cohort groups; missing: all. */
  groups?: string[];
  /** Wall time, ISO 8601. */
  until: string;
}

export const SCOPE_LEVELS = ['customer', 'deployment', 'wave', 'group', 'cohort', 'agent', 'row', 'gate', 'set'] as const;
export type ScopeLevel = (typeof SCOPE_LEVELS)[number];

/** What an order is about: `{ level: 'group', names: ['engineering-ic', 'sales-ic'] }`. `names` is empty for the whole deployment. */
export interface Scope {
  level: ScopeLevel;
  names: string[];
}

/** What the person had in front of them. When one of these has changed, the order is void and asked for again. */
export interface Saw {
  manifestSetDigest: string;
  runbookDigest: string;
  policyVersion: number;
  /** Evidence digest per group (sign), per gate (go) or per row (confirm). */
  evidence: Record<string, string>;
}

export interface CommandArguments {
  /** sign, approve: */
  decision?: 'approve' | 'reject';
  /** hold: the highest mode while it stands; default `shadow`. */
  ceiling?: 'shadow' | 'paused';
  /** hold: the role that may release it; default the Deployment Lead. */
  releasedBy?: Role;
  /** release: */
  holdId?: string;
  /** clock: */
  clock?: 'start' | 'stop' | 'rebaseline';
  /** clock rebaseline: plan hours by which every later due time moves. */
  shiftHours?: number;
  /** confirm C4: the role whose availability is confirmed; W2.08: cohorts refused, with reasons. */
  role?: Role;
  noGo?: Record<string, string>;
  /** confirm of a row with a report: `sha256:<hex>` of the report's bytes. */
  evidence?: string;
  /** ack: the escalation, and the person it is handed to; without one, whoever acknowledges takes it on. */
  escalation?: string;
  handTo?: string;
  /** delegate: */
  delegation?: Delegation;
  /** revoke: the id of the order that delegated. */
  delegationId?: string;
  /** pause, rollback, halt: id of the stopping table's row that fired; only the machine's own orders carry one. */
  trigger?: string;
  /** rollback: a timed drill; never in production. */
  drill?: true;
  incident?: IncidentAct;
}

/** What somebody does about an incident; `id` is missing when one is opened by hand. */
export interface IncidentAct {
  id?: string;
  /** `cleaned`: every questionable write of it has been dealt with. */
  act: 'open' | 'ack' | 'status' | 'scope' | 'root-cause' | 'follow-up' | 'cleaned' | 'close';
  severity?: 1 | 2 | 3;
  text?: string;
  /** status: when it is expected to be over, wall time, ISO 8601. */
  eta?: string;
  /** follow-up: person. */
  owner?: string;
}

/** The signed statement inside a command's envelope; canonical JSON of this is the DSSE payload. */
export interface Command {
  v: 1;
  id: string;
  kind: CommandKind;
  customer: string;
  deployment: string;
  environment: string;
  logOrigin: string;
  person: string;
  role: Role;
  scope: Scope;
  issuedAt: string;
  expiresAt: string;
  saw: Saw;
  args: CommandArguments;
  reason: string;
  /** Missing: signed with the person's own key. */
  attestation?: Attestation;
  /** Id of the order that lets the person act in a role that is not theirs. */
  delegation?: string;
}

export const COMMAND_PAYLOAD_TYPE = 'application/vnd.golive.command+json';
