import type { Command, Scope } from '../command.ts';
import { activeHolds, covers, holdsOn, liftOf, type Hold } from '../hold.ts';
import { modeRank } from '../mode.ts';
import { MACHINE_ROLE, type Role } from '../roles.ts';
import { agentsLetGo } from './agents.ts';
import { own, refuse, subjects, type AuthorityContext, type DeploymentStateView, type Refusal } from './context.ts';
import { refuseRepeated } from './decisions.ts';
import { titleOf } from './order.ts';
import { cohortsIn, promotable } from './promotable.ts';

/** What ends a stop, and what no order passes while it stands. Signature, role, age and scope were checked before. */

/** A hold that ends, for some only or (without them) for all that it held. */
export interface Lifted {
  hold: string;
  cohorts?: string[];
  /** The same, of a stop of agents. */
  agents?: string[];
  /** These were the last: nobody is held by it any more. */
  last?: true;
}

/** The holds that an order which is applied takes away. */
export const liftedBy = (command: Command, state: DeploymentStateView): Lifted[] => {
  const { kind, args, scope } = command;
  if (kind === 'release') return [{ hold: args.holdId ?? '' }];
  if (kind === 'promote' && scope.level === 'agent')
    return agentsLetGo(command, state).map(({ hold, agents }) => partOfAgents(state, hold, agents));
  if (kind === 'promote')
    return promotable(state, scope, command.issuedAt).lifts.map(({ hold, cohorts }) => part(state, hold, cohorts));
  const hold = own(state.holds.added, args.holdId ?? '');
  if (hold === undefined || (kind !== 'resume' && kind !== 'lift')) return [];
  if (kind === 'lift' && missingLifters(state, hold, scope).some((role) => role !== command.role)) return [];
  return [isWhole(scope, hold) ? { hold: hold.id } : part(state, hold, cohortsMeant(command, state))];
};

const isWhole = ({ level, names }: Scope, { scope }: Hold): boolean =>
  level === 'deployment' || (level === scope.level && names.length === scope.names.length);

const cohortsMeant = ({ scope }: Command, state: DeploymentStateView): string[] => cohortsIn(state, scope).map(({ id }) => id);

const part = (state: DeploymentStateView, hold: Hold, cohorts: string[]): Lifted => {
  const held = cohortsOf(state).flatMap(({ target }) => (covers(hold.scope, target) ? [target.cohort] : []));
  return partOf(state, hold, held, { cohorts });
};

const partOfAgents = (state: DeploymentStateView, hold: Hold, agents: string[]): Lifted =>
  partOf(state, hold, hold.scope.names, { agents });

/** At the platform it is lifted part by part: lifting the whole would void what was authorised for those whom it let go before. */
const partOf = (
  state: DeploymentStateView,
  hold: Hold,
  held: readonly string[],
  some: Pick<Lifted, 'cohorts' | 'agents'>,
): Lifted => {
  const before = own(state.holds.exempt, hold.id) ?? [];
  const now = some.cohorts ?? some.agents ?? [];
  if (held.some((name) => !before.includes(name) && !now.includes(name))) return { hold: hold.id, ...some };
  return before.length === 0 ? { hold: hold.id } : { hold: hold.id, ...some, last: true };
};

const cohortsOf = ({ groups }: DeploymentStateView) =>
  Object.entries(groups).flatMap(([group, cohorts]) =>
    Object.entries(cohorts).map(([cohort, { shape }]) => ({ target: { cohort, group, wave: shape } })),
  );

/** A halt or shutdown is lifted by two: the role that it names, and the Deployment Lead. */
export const liftersOf = ({ releasedBy }: Pick<Hold, 'releasedBy'>): [Role, Role] => [
  releasedBy === 'deployment-lead' ? 'security-lead' : releasedBy,
  'deployment-lead',
];

/** Roles whose order to lift is missing. */
export const missingLifters = ({ decided }: Pick<DeploymentStateView, 'decided'>, hold: Hold, scope: Scope): Role[] =>
  liftersOf(hold).filter((role) => own(decided, subjects.lift(hold.id, scope))?.[role] === undefined);

/** Takes back a pause, and only the one that it names; what other stops hold stays where it is. */
export const refuseResume = (command: Command, { state }: AuthorityContext): Refusal | null => {
  const hold = standing(command, state, 'resume');
  if ('verdict' in hold) return hold;
  // The engine gives such orders in its own name only.
  return command.role === MACHINE_ROLE && hold.by !== command.person
    ? refuse('release_not_allowed', `The engine takes back pauses of its own; ${hold.by} gave ${hold.id}.`)
    : null;
};

/** One of the two voices that lift a halt or a shutdown; with the second it ends. */
export const refuseLift = (command: Command, ctx: AuthorityContext): Refusal | null => {
  const hold = standing(command, ctx.state, 'lift');
  if ('verdict' in hold) return hold;
  const lifters = liftersOf(hold);
  if (!lifters.includes(command.role))
    return refuse('release_not_allowed', `${hold.id} is lifted by ${lifters.map(titleOf).join(' and ')} together.`);
  return refuseRepeated(command, ctx, subjects.lift(hold.id, command.scope), `lifting ${hold.id}`);
};

function standing({ args, scope }: Command, { holds }: DeploymentStateView, by: 'resume' | 'lift'): Hold | Refusal {
  if (args.holdId === undefined) return refuse('malformed_command', 'The order names no stop.');
  const hold = own(holds.added, args.holdId);
  if (hold === undefined) return refuse('unknown_hold', `There is no stop ${args.holdId}.`);
  const ended = own(holds.tombstones, hold.id);
  if (ended !== undefined) return refuse('already_done', `${ended.by} took it back at ${ended.at}.`);
  const lift = liftOf(hold);
  if (lift === 'nothing') return refuse('stopped', `${hold.id} terminated its agents; nothing brings them back.`);
  if (lift !== by)
    return refuse('release_not_allowed', `${hold.id} (${hold.kind ?? 'hold'}) ends by golive ${lift}, not by ${by}.`);
  return isOf(scope, hold) ? hold : refuse('wrong_scope', `${hold.id} is on ${wordsOf(hold.scope)}.`);
}

/** About all that it holds, or about some of the cohorts. Which cohorts it covers is asked where they are known. */
const isOf = (scope: Scope, hold: Hold): boolean =>
  scope.level === 'deployment' ||
  (scope.level === hold.scope.level && isPartOf(scope, hold)) ||
  (scope.level === 'cohort' && hold.scope.level !== 'cohort' && hold.scope.level !== 'agent' && hold.scope.level !== 'customer');

/** Agents that were stopped together are let go together; only a promotion takes them one by one. */
const isPartOf = ({ level, names }: Scope, { scope }: Hold): boolean =>
  names.every((name) => scope.names.includes(name)) && (level !== 'agent' || names.length === scope.names.length);

const wordsOf = ({ level, names }: Scope): string => (names.length === 0 ? `the whole ${level}` : `${level} ${names.join(', ')}`);

/** New credentials for agents that had some; the old ones end. */
export const refuseReissue = ({ scope }: Command, { state }: AuthorityContext): Refusal | null => {
  const early = cohortsIn(state, scope).filter(({ phase }) => NOTHING_MINTED.includes(phase));
  if (early.length > 0)
    return refuse('wrong_state', early.map((c) => `${c.id} is ${c.phase}: nothing has been minted yet.`).join(' '));
  const ended = cohortsIn(state, scope).filter((c) => stopsOn(state, c).some((hold) => liftOf(hold) === 'nothing'));
  return ended.length === 0 ? null : refuse('stopped', `${ended.map((c) => c.id).join(', ')}: terminated.`);
};

const NOTHING_MINTED: readonly string[] = ['registered', 'creating', 'binding'];

interface Named {
  id: string;
  group: string;
  shape: string;
}

/** The stops that stand on a cohort. */
export const stopsOn = ({ holds }: DeploymentStateView, { id, group, shape }: Named): Hold[] =>
  holdsOn(holds, { cohort: id, group, wave: shape }).filter((hold) => hold.kind !== undefined);

/** Stops that not even shadow goes on under: all but a rollback. */
const isBelowShadow = (hold: Hold): boolean => hold.kind !== undefined && modeRank(hold.ceiling) < modeRank('shadow');

/** A whole deployment goes nowhere while all of it is paused, halted or shut down. */
export const refuseAllStopped = ({ holds }: DeploymentStateView): Refusal | null => {
  const stop = activeHolds(holds).find(
    (h) => isBelowShadow(h) && (h.scope.level === 'deployment' || h.scope.level === 'customer'),
  );
  return stop === undefined
    ? null
    : refuse('stopped', `${stop.by} stopped everything (${stop.kind ?? ''} ${stop.id}): ${stop.why}`);
};

/** What was set aside goes on in shadow at most, so a rollback does not stand in its way; anything lower does. */
export const refuseStopped = (state: DeploymentStateView, scope: Scope): Refusal | null => {
  const stopped = cohortsIn(state, scope).flatMap((c) => {
    const [stop] = stopsOn(state, c).filter(isBelowShadow);
    return stop === undefined ? [] : [`${c.id}: ${stop.kind ?? ''} ${stop.id} by ${stop.by}`];
  });
  return stopped.length === 0 ? null : refuse('stopped', `${stopped.slice(0, 5).join('; ')}.`);
};
