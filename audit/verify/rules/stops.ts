import { MACHINE } from '../../../domain/authority/signer.ts';
import type { Command } from '../../../domain/command.ts';
import { canonicalJson } from '../../../domain/runbook/canonical-json.ts';
import type { EntryOf } from '../../../domain/entry.ts';
import { holdOfStop } from '../../../domain/stop/hold.ts';
import { isStoppingKind, STOPS } from '../../../domain/stop/stop.ts';
import { isAlert } from '../../../domain/stop/machine-order.ts';
import { isRecent } from './orders.ts';
import { names } from './releases.ts';
import type { Among, Context, DeploymentState, Order } from './state.ts';

type Indexed<T> = T & { index: number };

/** The ceiling of a stop is the one that its order leaves behind, and nobody else's word. */
export function stopHold({ found, state, all }: Among, { index, data }: Indexed<EntryOf<'hold.added'>>): void {
  const { holdId, scope, ceiling, releasedBy, by, liftedBy, orderedIn } = data;
  if (by === undefined) return;
  const command = orderedIn === undefined ? orderedBy(state, holdId)?.command : elsewhere(all, state, orderedIn, holdId);
  if (command === undefined || !isStoppingKind(command.kind))
    return found.finding('stop_unfounded', `the ceiling ${holdId} stands on no order that stops`, { index });
  const { kind } = command;
  const made = holdOfStop({ ...command, kind });
  const said = { scope, ceiling, releasedBy, by, liftedBy };
  const ordered = {
    scope: made.scope,
    ceiling: made.ceiling,
    releasedBy: made.releasedBy,
    by: kind,
    liftedBy: STOPS[kind].liftedBy,
  };
  if (canonicalJson(said) !== canonicalJson(ordered))
    found.finding('stop_unfounded', `the ceiling ${holdId} is not what order ${command.id} leaves behind`, { index });
}

/** What was flipped down rests on an order that stands before it, about just that. */
export function stopFlipped({ found, state, all }: Among, { index, data }: Indexed<EntryOf<'stop.flipped'>>): void {
  const { stop, kind, scope, ceiling, orderedIn } = data;
  if (kind === 'terminate' && data.outcomes.applied > 0) state.followed.add(`ended ${stop}`);
  const command = orderedIn === undefined ? orderedBy(state, stop)?.command : elsewhere(all, state, orderedIn, stop);
  const right =
    command?.kind === kind && STOPS[kind].ceiling === ceiling && canonicalJson(command.scope) === canonicalJson(scope);
  if (!right)
    found.finding('stop_unfounded', `${stop} was carried out (${kind}, ${scope.level}) without such an order`, { index });
}

/** Whoever was ended is attested to; without a key of the engine nobody is, and that is remarked upon. */
export function checkAttested({ found, state }: Context): void {
  for (const order of state.orders.values()) {
    const { id } = order.command;
    if (!state.followed.has(`ended ${id}`) || isRecent(state, order)) continue;
    if (!state.exits.some(({ data }) => data.stop === id))
      found.notice(`Order ${id} ended agents, and no exit attestation says what they did and what remains.`, {
        index: order.index,
      });
  }
}

/** Whoever is attested to was terminated, by an order that stands before it and is about them. */
export function exitAttested({ found, state }: Context, entry: Indexed<EntryOf<'exit.attested'>>): void {
  const { index, data, cohort, agent } = entry;
  state.exits.push({ index, data, cohort, agent });
  const { kind, scope } = orderedBy(state, data.stop)?.command ?? {};
  const meant = scope?.level === 'agent' ? scope.names.includes(agent ?? '') : scope && names(state, scope, cohort ?? '');
  if (kind !== 'terminate' || meant !== true || data.subject !== (agent ?? cohort))
    found.finding('attestation_invalid', `${data.subject}: no order of that name ends it`, { index });
}

/** The engine stops because something fired that the log names: what it saw, or an alert, which nobody but the gateway saw. */
export function checkTriggers({ found, state }: Context): void {
  for (const order of state.orders.values()) {
    const { index, command } = order;
    const { id, kind, person, args, scope } = command;
    if (person !== MACHINE || !isStoppingKind(kind) || isRecent(state, order)) continue;
    if (isAlert(id)) {
      found.notice(`Order ${id} rests on an alert that the gateway was told of. ${command.reason}`, { index });
      continue;
    }
    const fired = state.fired.get(id);
    const about =
      fired?.row === args.trigger && (scope.level !== 'cohort' || scope.names.every((c) => fired?.cohorts.includes(c)));
    if (!about) found.finding('trigger_missing', `order ${id} (${kind}, row ${args.trigger ?? 'none'})`, { index });
  }
}

/** A stop of the whole customer, by its order in another deployment's part of the log. */
function elsewhere(all: Among['all'], { name }: DeploymentState, orderedIn: string, id: string): Command | undefined {
  const other = all.get(`${name.split('/')[0] ?? ''}/${orderedIn}`);
  const command = other && orderedBy(other, id)?.command;
  return command?.scope.level === 'customer' ? command : undefined;
}

const orderedBy = ({ orders, answers }: DeploymentState, id: string): Order | undefined => orders.get(answers.get(id) ?? -1);
