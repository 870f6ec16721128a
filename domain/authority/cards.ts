import type { Command } from '../command.ts';
import type { CardView } from '../view.ts';
import { own, refuse, type Among, type Refusal } from './context.ts';

/**
 * A sign-off from Slack is given on cards, one for each group, which say what lay in front of whoever clicked. Asked before
 * what the order is about, because a card that was forged is about nothing that is there.
 */
export const refuseCards = (
  { kind, attestation, scope, issuedAt, saw }: Command,
  { cards }: Pick<Among, 'cards'>,
): Refusal | null => {
  if (attestation === undefined || kind !== 'sign') return null;
  const clicked: CardView[] = [];
  for (const id of attestation.cards) {
    const card = own(cards, id);
    if (card === undefined) return refuse('unknown_card', `The log has no card ${id}.`);
    if (!(Date.parse(issuedAt) < Date.parse(card.expiresAt)))
      return refuse('command_expired', `The card for group ${card.group} could be signed until ${card.expiresAt}.`);
    clicked.push(card);
  }
  for (const group of scope.names) {
    const card = clicked.find((c) => c.group === group);
    if (card === undefined) return refuse('unknown_card', `None of the cards is for group ${group}.`);
    const bound = own(saw.evidence, group) ?? 'none';
    if (card.boundTo !== bound)
      return refuse('stale_binding', `The card for group ${group} shows ${card.boundTo}; the order was given on ${bound}.`);
    if (card.manifestSetDigest !== saw.manifestSetDigest || card.policyVersion !== saw.policyVersion)
      return refuse('stale_binding', `The card for group ${group} shows another manifest set or deployment file than the order.`);
  }
  const foreign = clicked.find((card) => !scope.names.includes(card.group));
  return foreign === undefined ? null : refuse('unknown_card', `Card ${foreign.card} is for group ${foreign.group}.`);
};
