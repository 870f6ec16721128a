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
] as const;
export type CommandKind = (typeof COMMAND_KINDS)[number];

/** Stops that a person can carry out by themselves while Temporal is away. */
export const DIRECT_KINDS = ['pause', 'rollback', 'halt', 'terminate'] as const satisfies readonly CommandKind[];
export type DirectKind = (typeof DIRECT_KINDS)[number];

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
}

export const COMMAND_PAYLOAD_TYPE = 'application/vnd.golive.command+json';
