import type { CommandKind, ScopeLevel } from '../command.ts';
import { EXECUTIVE_ROLES, STANDING_ROLES, type Role } from '../roles.ts';

/** Day-to-day ownership goes from the Deployment Lead to the Operations Lead here (W3.13). */
export const HANDOVER_PLAN_HOURS = 66;

/** One line of the authority matrix. Without `levels` it holds at every level of the command, without hours at any time. */
export interface AuthorityRule {
  roles: readonly Role[];
  levels?: readonly ScopeLevel[];
  fromPlanHours?: number;
  untilPlanHours?: number;
}

export interface CatalogueEntry {
  /** What the order does, after "golive <kind>:". */
  does: string;
  allowed: readonly AuthorityRule[];
  levels: readonly ScopeLevel[];
  /** False: refused with `not_built`, never ignored. */
  built: boolean;
  /** True: void when set, runbook or policy changed since the person looked. False for what only protects: it is never refused for that. */
  bound: boolean;
}

const ANY_ROLE: readonly Role[] = [...STANDING_ROLES, ...EXECUTIVE_ROLES];
const STANDING: readonly Role[] = STANDING_ROLES;
const LEAD: readonly AuthorityRule[] = [{ roles: ['deployment-lead'] }];
const LEAD_THEN_OPERATIONS: readonly AuthorityRule[] = [
  { roles: ['deployment-lead'], untilPlanHours: HANDOVER_PLAN_HOURS },
  { roles: ['operations-lead'], fromPlanHours: HANDOVER_PLAN_HOURS },
];
const STOPPABLE: readonly ScopeLevel[] = ['deployment', 'wave', 'group', 'cohort', 'agent'];
const NOT_BUILT = { built: false, bound: false } as const;
const FORWARD = { built: true, bound: true } as const;
const PROTECTING = { built: true, bound: false } as const;

/** Every order, who may give it, and what it may be about. */
export const COMMAND_CATALOGUE: Readonly<Record<CommandKind, CatalogueEntry>> = {
  go: { does: 'opens the next window', allowed: LEAD, levels: ['gate'], ...FORWARD },
  approve: {
    does: 'approves the manifest set, or gives the go-ahead for the deployment',
    allowed: [
      { roles: ['ceo', 'customer-lead', 'cfo', 'security-lead'], levels: ['set'] },
      { roles: ['customer-lead'], levels: ['deployment'] },
    ],
    levels: ['set', 'deployment'],
    ...FORWARD,
  },
  sign: {
    does: 'signs off cohort groups, or rejects them',
    allowed: [{ roles: ['customer-lead', 'security-lead', 'cfo'] }],
    levels: ['group'],
    ...FORWARD,
  },
  promote: {
    does: 'lets signed cohorts go from shadow to live',
    allowed: LEAD_THEN_OPERATIONS,
    levels: ['wave', 'group', 'cohort', 'agent'],
    ...FORWARD,
  },
  hold: {
    does: 'keeps cohorts from rising',
    allowed: [{ roles: ANY_ROLE }],
    levels: ['group', 'cohort'],
    ...PROTECTING,
  },
  release: { does: 'takes back a hold', allowed: [{ roles: ANY_ROLE }], levels: ['deployment', 'group', 'cohort'], ...FORWARD },
  pause: { does: 'stops calls for now', allowed: [{ roles: ANY_ROLE }], levels: STOPPABLE, ...PROTECTING },
  resume: {
    does: 'takes back a pause',
    allowed: LEAD_THEN_OPERATIONS,
    levels: STOPPABLE,
    ...FORWARD,
  },
  confirm: { does: 'confirms a row of the runbook', allowed: [{ roles: ANY_ROLE }], levels: ['row'], ...FORWARD },
  ack: {
    does: 'takes on an escalation or incident',
    allowed: [{ roles: ANY_ROLE }],
    levels: ['row', 'cohort', 'deployment'],
    ...PROTECTING,
  },
  waive: {
    does: "waives a row, together with the row's owner",
    allowed: [{ roles: ANY_ROLE }],
    levels: ['row'],
    ...FORWARD,
  },
  retry: { does: 'takes up again what failed or is parked', allowed: LEAD, levels: ['deployment', 'cohort'], ...FORWARD },
  clock: { does: 'starts, stops or re-baselines the T-clock', allowed: LEAD, levels: ['deployment'], ...FORWARD },
  rollback: { does: 'takes agents back to shadow', allowed: [{ roles: STANDING }], levels: STOPPABLE, ...PROTECTING },
  halt: { does: 'halts agents', allowed: [{ roles: STANDING }], levels: STOPPABLE, ...PROTECTING },
  terminate: { does: 'ends agents for good', allowed: [{ roles: STANDING }], levels: STOPPABLE, ...PROTECTING },
  reissue: {
    does: 'mints new credentials and revokes the old',
    allowed: [{ roles: ['connector-standby', 'arx-standby', 'deployment-lead'] }],
    levels: ['cohort', 'agent'],
    ...FORWARD,
  },
  reconcile: {
    does: 'compares the platform with the log and mends',
    allowed: [{ roles: ['connector-standby', 'arx-standby', 'deployment-lead'] }],
    levels: ['deployment', 'group', 'cohort'],
    ...FORWARD,
  },
  shutdown: { does: 'stops everything of the customer', allowed: [{ roles: STANDING }], levels: ['customer'], ...PROTECTING },
  delegate: {
    does: 'lets another person act in a role of theirs, for a while',
    allowed: [{ roles: ANY_ROLE }],
    levels: ['deployment'],
    ...FORWARD,
  },
  revoke: { does: 'takes back a delegation', allowed: [{ roles: ANY_ROLE }], levels: ['deployment'], ...PROTECTING },
  lift: {
    does: 'lifts a halt or a shutdown, by the role that it names together with the Deployment Lead',
    allowed: [{ roles: ANY_ROLE }],
    levels: ['customer', ...STOPPABLE],
    ...FORWARD,
  },
  incident: {
    does: 'opens an incident, or writes what is known and done about it',
    allowed: [{ roles: ANY_ROLE }],
    levels: ['deployment', 'wave', 'group', 'cohort'],
    ...PROTECTING,
  },
  distrust: {
    does: 'freezes what rests on an evidence source',
    allowed: [{ roles: ANY_ROLE }],
    levels: ['deployment'],
    ...NOT_BUILT,
  },
};

/**
 * The roles that may give an order about this level at this plan hour. Before the clock runs, hours count as before T-0.
 * A hand-over hour belongs to the taker: at exactly T+66 the Operations Lead promotes.
 * @example rolesAllowed('promote', 'wave', 65.9) // ['deployment-lead']
 * @example rolesAllowed('promote', 'wave', 66)   // ['operations-lead']
 */
export const rolesAllowed = (kind: CommandKind, level: ScopeLevel, planHours: number | null): Role[] => {
  const now = planHours ?? Number.NEGATIVE_INFINITY;
  return rulesAt(kind, level)
    .filter(
      (rule) =>
        now >= (rule.fromPlanHours ?? Number.NEGATIVE_INFINITY) && now < (rule.untilPlanHours ?? Number.POSITIVE_INFINITY),
    )
    .flatMap((rule) => [...rule.roles]);
};

/** The roles that may give it at one hour or another: what an order is held against whose hour is long past. */
export const rolesEver = (kind: CommandKind, level: ScopeLevel): Role[] =>
  rulesAt(kind, level).flatMap((rule) => [...rule.roles]);

const rulesAt = (kind: CommandKind, level: ScopeLevel) =>
  COMMAND_CATALOGUE[kind].allowed.filter(({ levels }) => levels === undefined || levels.includes(level));
