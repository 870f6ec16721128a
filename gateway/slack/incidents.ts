import { own } from '../../domain/authority/context.ts';
import type { IncidentView } from '../../domain/view/stops.ts';
import { giveOrder, openView, type Call } from './call.ts';
import { capacitiesOf, capacityFor } from './capacity.ts';
import { attestedOrder } from './orders.ts';
import type { Click } from './payload.ts';
import { clickedOn, toClicker, type Ack } from './telling.ts';
import { toldView } from './views.ts';
import { moment } from './words.ts';

/** "I take it on": an order of the person who clicked, which moves nothing, so it needs no step-up. */
export async function clickedIncident(call: Call, click: Click, ack: Ack): Promise<void> {
  const facts = await clickedOn(call, click, ack);
  if (facts === undefined) return;
  const { person, view } = facts;
  const incident = own(view.incidents, facts.id);
  const settled = incident && whySettled(incident);
  if (settled !== undefined) {
    await ack();
    call.metrics.clicked('told');
    return openView(call, click.trigger_id, toldView(settled));
  }
  const order = {
    kind: 'incident' as const,
    scope: { level: 'deployment' as const, names: [] },
    capacity: capacityFor(capacitiesOf(facts, person, 'incident', call.now()), () => true, 'deployment-lead'),
    args: { incident: { id: facts.id.slice(0, 200), act: 'ack' as const } },
    click: click.actions[0].action_ts ?? click.trigger_id,
  };
  await giveOrder(call, attestedOrder(facts, call.caller, person, order, call.now()), toClicker(call, click, ack));
}

function whySettled({ closed, ackedBy, notes }: IncidentView): string | undefined {
  if (closed !== null) return `${closed.by} closed this incident at ${moment(closed.at)} (entry #${closed.index}).`;
  const taken = notes.findLast((note) => note.act === 'ack');
  if (ackedBy === null || taken === undefined) return undefined;
  return `${ackedBy} has it in hand since ${moment(taken.at)} (entry #${taken.index}). To take it over: golive incident ack.`;
}
