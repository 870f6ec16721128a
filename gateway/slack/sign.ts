import { own } from '../../domain/authority/context.ts';
import type { Command } from '../../domain/command.ts';
import type { CardView } from '../../domain/view.ts';
import { manifestSetDigestOf } from '../../domain/waiting.ts';
import { among, giveOrder, openView, type Among, type Call } from './call.ts';
import { MOST_CARDS, openCards, signingCapacity, whyClosed, type Decision } from './cards.ts';
import { attestedOrder, sawOn } from './orders.ts';
import { hiddenIn, signHidden } from './hidden.ts';
import { typed, type Click, type Submission } from './payload.ts';
import { DIGEST_CHARACTERS, signView, toldView } from './views.ts';
import { clickedOn, inTheModal, toClicker, type Ack, type AckView } from './telling.ts';
import { NOBODY } from './words.ts';

/** Stands for the group of a card that nobody issued: no cohort group is called so. */
const NO_GROUP = 'unknown-card';

/** A click on a card's button is no order yet: it opens the question that has to be answered first. */
export async function clickedCard(call: Call, click: Click, decision: Decision, ack: Ack): Promise<void> {
  const facts = await clickedOn(call, click, ack);
  if (facts === undefined) return;
  const card = own(facts.view.cards, facts.id);
  if (card === undefined) return unknownCard(call, click, { ...facts, card: facts.id, decision }, ack);
  await ack();
  const closed = whyClosed(facts, card, facts.person, decision, call.now());
  call.metrics.clicked(closed === undefined ? 'asked' : 'told');
  await openView(call, click.trigger_id, closed === undefined ? signView(facts, [card], decision) : toldView(closed));
}

/** Handed in as it is, so that the log has who clicked what nobody issued; it can only be refused. */
async function unknownCard(
  call: Call,
  click: Click,
  { card, decision, person, file, view }: Among & { card: string; decision: Decision },
  ack: Ack,
): Promise<void> {
  const facts = { file, view };
  const command = attestedOrder(
    facts,
    call.caller,
    person,
    {
      kind: 'sign',
      scope: { level: 'group', names: [NO_GROUP] },
      capacity: signingCapacity(facts, person, [], call.now()),
      args: { decision },
      cards: [card.slice(0, 200)],
      click: click.trigger_id,
    },
    call.now(),
  );
  await giveOrder(call, command, toClicker(call, click, ack));
}

/** `/golive sign`: one question for all that waits for this person. Undefined: nothing does. */
export function questionForAll(facts: Among, nowMs: number) {
  const cards = openCards(facts, facts.person, nowMs);
  if (cards.length === 0) return undefined;
  return signView(facts, cards.slice(0, MOST_CARDS), 'approve', cards.length - MOST_CARDS);
}

/** The order itself. Acknowledged once it cannot be lost any more; else the modal stays as it is, to be submitted again. */
export async function submittedSign(call: Call, submission: Submission, ack: AckView): Promise<void> {
  const hidden = hiddenIn(submission, signHidden);
  const facts = hidden && (await among(call, hidden.deployment));
  if (hidden === undefined || typeof facts === 'string' || facts === undefined) {
    if (hidden === undefined) call.refusals.count('malformed');
    return ack({ response_action: 'update', view: toldView(NOBODY) });
  }
  const { view, file, person } = facts;
  const { decision } = hidden;
  const cards = hidden.cards.map((id) => own(view.cards, id));
  const known = cards.filter((card): card is CardView => card !== undefined);
  const errors = mistyped(submission, file.deployment, known[0]?.manifestSetDigest ?? manifestSetDigestOf(view));
  if (decision === 'reject' && typed(submission, 'reason') === '') errors['reason'] = 'Say why: it stands in the log.';
  if (Object.keys(errors).length > 0) {
    call.metrics.clicked('mistyped');
    return ack({ response_action: 'errors', errors });
  }
  const groups = cards.map((card) => card?.group ?? NO_GROUP);
  const command: Command = attestedOrder(
    facts,
    call.caller,
    person,
    {
      kind: 'sign',
      scope: { level: 'group', names: groups },
      capacity: signingCapacity(facts, person, groups, call.now()),
      args: { decision },
      reason: decision === 'reject' ? typed(submission, 'reason') : '',
      cards: hidden.cards,
      saw: sawOn(known),
      click: submission.view.id,
    },
    call.now(),
  );
  await giveOrder(call, command, inTheModal(call, submission, ack));
}

/** The fields that were typed wrong, with what to do about it. */
export function mistyped(submission: Submission, deployment: string, setDigest: string): Record<string, string> {
  const digest = typed(submission, 'digest')
    .toLowerCase()
    .replace(/^sha256:/, '');
  const wanted = setDigest.replace(/^sha256:/, '').slice(0, DIGEST_CHARACTERS);
  return {
    ...(typed(submission, 'deployment') === deployment ? {} : { deployment: 'That is not the name of this deployment.' }),
    ...(wanted !== '' && digest.slice(0, DIGEST_CHARACTERS) === wanted
      ? {}
      : { digest: 'That is not how the digest of this manifest set begins.' }),
  };
}
