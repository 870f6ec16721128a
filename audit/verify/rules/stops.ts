import { canonicalJson } from '../../../domain/runbook/canonical-json.ts';
import type { EntryOf } from '../../../domain/entry.ts';
import { holdOfStop } from '../../../domain/stop/hold.ts';
import { isStoppingKind, STOPS } from '../../../domain/stop/stop.ts';
import type { Context, DeploymentState, Order } from './state.ts';

type Indexed<T> = T & { index: number };

/** The ceiling of a stop is the one that its order leaves behind, and nobody else's word. */
export function stopHold({ found, state }: Context, { index, data }: Indexed<EntryOf<'hold.added'>>): void {
  const { holdId, scope, ceiling, releasedBy, by, liftedBy } = data;
  if (by === undefined) return;
  const command = orderedBy(state, holdId)?.command;
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
export function stopFlipped({ found, state }: Context, { index, data }: Indexed<EntryOf<'stop.flipped'>>): void {
  const { stop, kind, scope, ceiling } = data;
  const command = orderedBy(state, stop)?.command;
  const right =
    command?.kind === kind && STOPS[kind].ceiling === ceiling && canonicalJson(command.scope) === canonicalJson(scope);
  if (!right)
    found.finding('stop_unfounded', `${stop} was carried out (${kind}, ${scope.level}) without such an order`, { index });
}

const orderedBy = ({ orders, answers }: DeploymentState, id: string): Order | undefined => orders.get(answers.get(id) ?? -1);
