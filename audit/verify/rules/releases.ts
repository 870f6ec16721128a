import { liftersOf } from '../../../domain/authority/lifting.ts';
import { subjects } from '../../../domain/authority/context.ts';
import type { EntryData, EntryOf } from '../../../domain/entry.ts';
import { covers } from '../../../domain/hold.ts';
import { modeRank } from '../../../domain/mode.ts';
import { STOPS } from '../../../domain/stop/stop.ts';
import { isSamePerson, type Context, type DeploymentState, type Order, type Standing } from './state.ts';

type Indexed<T> = T & { index: number };

export function holdAdded({ state }: Context, { index, data }: Indexed<EntryOf<'hold.added'>>): void {
  if (!state.holds.has(data.holdId)) state.holds.set(data.holdId, { index, data, exempt: new Map(), ended: undefined });
  if (data.by === undefined || data.by === 'pause') return;
  // What a promotion had allowed is gone for whom this covers; a pause gives it back.
  for (const cohort of state.promoted.keys()) if (isOver(state, data, cohort)) state.promoted.delete(cohort);
}

/** A hold ends by what lifts it, for those whom that is about. */
export function holdReleased({ found, state }: Context, entry: Indexed<EntryOf<'hold.released'>>): void {
  const { index, data } = entry;
  const hold = state.holds.get(data.holdId);
  const wrong = hold === undefined ? 'there is no such hold before it' : unfounded(state, hold, entry);
  if (wrong !== undefined) found.finding('release_unfounded', `${data.holdId}: ${wrong}`, { index });
  const some = data.cohorts ?? data.agents;
  if (some === undefined) {
    if (hold) hold.ended ??= index;
    return;
  }
  for (const name of some) if (hold && !hold.exempt.has(name)) hold.exempt.set(name, index);
}

function unfounded(state: DeploymentState, hold: Standing, { data }: EntryOf<'hold.released'>): string | undefined {
  const lift = hold.data.by === undefined ? 'release' : STOPS[hold.data.by].liftedBy;
  const order = data.order === undefined ? releaseOf(state, data.holdId) : state.orders.get(state.answers.get(data.order) ?? -1);
  if (order?.command.kind !== lift) return `it ends by ${lift}, and no such order stands before this`;
  if (order.index < hold.index) return `the order was applied before it`;
  if (lift === 'promote')
    return hold.data.scope.level === 'agent'
      ? notOfAgents(hold, order, data.agents)
      : notPromoted(state, hold, order, data.cohorts);
  if (order.command.args.holdId !== data.holdId) return `the order is about ${order.command.args.holdId ?? 'none'}`;
  if (lift === 'lift') return oneVoice(state, hold, order);
  const own = state.orders.get(state.answers.get(data.holdId) ?? -1)?.command.person === order.command.person;
  return order.command.role === 'machine' && !own ? 'the engine takes back pauses of its own only' : undefined;
}

const releaseOf = ({ orders }: DeploymentState, holdId: string): Order | undefined =>
  [...orders.values()].findLast(({ command }) => command.kind === 'release' && command.args.holdId === holdId);

/** Each cohort that it lets go is one that the promotion names. */
function notPromoted(state: DeploymentState, hold: Standing, { command }: Order, cohorts: string[] | undefined) {
  const held = [...state.cohorts.keys()].filter((c) => isOver(state, hold.data, c) && !hold.exempt.has(c));
  const stray = (cohorts ?? held).find((cohort) => !names(state, command.scope, cohort));
  return stray === undefined ? undefined : `the promotion does not name ${stray}`;
}

/** An agent that was rolled back by name is promoted by name. */
function notOfAgents({ data, exempt }: Standing, { command: { scope } }: Order, agents: string[] | undefined) {
  const freed = agents ?? data.scope.names.filter((agent) => !exempt.has(agent));
  const stray = freed.find((agent) => scope.level !== 'agent' || !scope.names.includes(agent));
  return stray === undefined ? undefined : `the promotion does not name ${stray}`;
}

/** Two persons lift a halt: the role that it names, and the Deployment Lead. */
function oneVoice(state: DeploymentState, { data }: Standing, { index, command }: Order): string | undefined {
  const subject = subjects.lift(data.holdId, command.scope);
  const other = liftersOf(data).find((role) => role !== command.role);
  const both = [...state.orders.values()].some(
    (o) =>
      o.index < index &&
      o.command.kind === 'lift' &&
      o.command.role === other &&
      subjects.lift(o.command.args.holdId ?? '', o.command.scope) === subject &&
      !isSamePerson(state, index, o.command.person, command.person),
  );
  return both && liftersOf(data).includes(command.role) ? undefined : 'only one voice lifts it';
}

/** Nobody rises above the ceiling of a stop by a call that was made while it stood. */
export function underStop({ found, state }: Context, { index, data, cohort, agent }: Indexed<EntryOf<'outcome'>>): void {
  const { result, mode, intent, operation } = data;
  if (result !== 'applied' || mode === undefined || cohort === undefined) return;
  const at = state.announced.get(intent)?.index ?? index;
  for (const hold of state.holds.values()) {
    if (hold.data.by === undefined || modeRank(mode) <= modeRank(hold.data.ceiling)) continue;
    const stood = hold.index < at && !(ended(hold, hold.data.scope.level === 'agent' ? (agent ?? '') : cohort) < at);
    if (stood && isOver(state, hold.data, cohort, agent))
      found.finding('raised_under_stop', `${agent ?? cohort} to ${mode} under ${hold.data.by} ${hold.data.holdId}`, { index });
  }
  if (operation === 'restore' && mode === 'live' && !state.promoted.has(cohort))
    found.finding('flip_unsigned', `${cohort}: given back to live, and no promotion allows that any more`, { index });
}

const ended = ({ ended: all, exempt }: Standing, name: string): number =>
  Math.min(all ?? Number.POSITIVE_INFINITY, exempt.get(name) ?? Number.POSITIVE_INFINITY);

const isOver = (state: DeploymentState, { scope }: EntryData['hold.added'], cohort: string, agent?: string): boolean =>
  names(state, scope, cohort) || (scope.level === 'agent' && agent !== undefined && scope.names.includes(agent));

/** Is the cohort one that a scope means? */
export const names = ({ cohorts }: DeploymentState, scope: EntryData['hold.added']['scope'], cohort: string): boolean => {
  const { group = '', shape } = cohorts.get(cohort) ?? {};
  return covers(scope, { cohort, group, ...(shape === undefined ? {} : { wave: shape }) });
};
