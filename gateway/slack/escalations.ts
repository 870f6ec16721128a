import { own } from '../../domain/authority/context.ts';
import type { EscalationView } from '../../domain/view.ts';
import { capacitiesOf, capacityFor } from './capacity.ts';
import { among, giveOrder, openView, type Among, type Call } from './call.ts';
import { handOverHidden, hiddenIn } from './hidden.ts';
import { attestedOrder } from './orders.ts';
import { typed, type Click, type Submission } from './payload.ts';
import { clickedOn, fieldError, inTheModal, toClicker, type Ack, type AckView } from './telling.ts';
import { handOverView, toldView } from './views.ts';
import { moment, NOBODY } from './words.ts';

/** "I have it", and "somebody else takes it on": orders that need no step-up, for they move nothing. */
export async function clickedEscalation(call: Call, click: Click, what: 'ack' | 'hand-over', ack: Ack): Promise<void> {
  const facts = await clickedOn(call, click, ack);
  if (facts === undefined) return;
  const escalation = own(facts.view.escalations, facts.id);
  const settled = escalation && whySettled(escalation);
  if (settled !== undefined) {
    await ack();
    call.metrics.clicked('told');
    return openView(call, click.trigger_id, toldView(settled));
  }
  if (what === 'hand-over' && escalation !== undefined) {
    await ack();
    call.metrics.clicked('asked');
    return openView(call, click.trigger_id, handOverView(facts.file, facts.id, escalation.what, facts.person));
  }
  const command = order(call, facts, { escalation: facts.id.slice(0, 200) }, click.actions[0].action_ts ?? click.trigger_id);
  await giveOrder(call, command, toClicker(call, click, ack));
}

export async function submittedHandOver(call: Call, submission: Submission, ack: AckView): Promise<void> {
  const hidden = hiddenIn(submission, handOverHidden);
  if (hidden === undefined) call.refusals.count('malformed');
  const facts = hidden && (await among(call, hidden.deployment));
  if (hidden === undefined || facts === undefined || typeof facts === 'string')
    return ack({ response_action: 'update', view: toldView(NOBODY) });
  const handTo = typed(submission, 'person');
  if (handTo === '') return ack(fieldError(submission, 'Say who takes it on.'));
  const args = { escalation: hidden.escalation, handTo: handTo.slice(0, 200) };
  await giveOrder(call, order(call, facts, args, submission.view.id), inTheModal(call, submission, ack));
}

function order(call: Call, facts: Among, args: { escalation: string; handTo?: string }, click: string) {
  const capacity = capacityFor(capacitiesOf(facts, facts.person, 'ack', call.now()), () => true, 'deployment-lead');
  const scope = { level: 'deployment' as const, names: [] };
  return attestedOrder(facts, call.caller, facts.person, { kind: 'ack', scope, capacity, args, click }, call.now());
}

function whySettled({ closed, acknowledged }: EscalationView): string | undefined {
  if (closed !== null) return `This needs nobody any more since ${moment(closed.at)}: ${closed.how} (entry #${closed.index}).`;
  if (acknowledged === null) return undefined;
  const { by, handedTo, at, index } = acknowledged;
  return `${handedTo ?? by} has it in hand since ${moment(at)} (entry #${index}).`;
}
