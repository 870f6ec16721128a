import { own, subjects } from '../../domain/authority/context.ts';
import { samePerson } from '../../domain/authority/order.ts';
import {
  GROUP_SIGNERS,
  isSignedOff,
  lackingSignatures,
  lacksPersonal,
  missingSignatures,
} from '../../domain/authority/quorum.ts';
import type { Person } from '../../domain/deployment-file.ts';
import { list, roleName } from '../../domain/describe/words.ts';
import { stateViewOf } from '../../domain/state-view.ts';
import type { CardView, SignOffView } from '../../domain/view.ts';
import { groupsToSign } from '../../domain/waiting/sign.ts';
import { manifestSetDigestOf } from '../../domain/waiting.ts';
import { capacitiesOf, capacityFor, type Capacity, type HeldCapacity } from './capacity.ts';
import type { Facts } from './customer.ts';
import { moment } from './words.ts';

export type Decision = 'approve' | 'reject';

/** As many as the hidden field of a modal carries by their ids. */
export const MOST_CARDS = 150;

const stateOf = ({ view, file }: Facts) => stateViewOf(view, file, manifestSetDigestOf(view));

/**
 * Why a click on a card leads to no question: it was decided before, by this person or by all, or another card has taken its
 * place. In words that say who, when, and where it stands. Undefined: it may be signed, as far as can be told from here.
 */
export function whyClosed(facts: Facts, card: CardView, person: Person, decision: Decision, nowMs: number): string | undefined {
  const { view, file } = facts;
  if (view.header.closedAt !== null) return `The deployment was closed at ${moment(view.header.closedAt)}.`;
  const evidence = own(view.groupEvidence, card.group);
  if (evidence?.evidence.digest !== card.boundTo) {
    const since = evidence === undefined ? '' : ` at ${moment(evidence.at)} (entry #${evidence.index})`;
    return `What this card shows of ${card.group} has changed${since}: it cannot be signed any more, and a new card takes its place.`;
  }
  const spoken = view.signOffs.filter((s) => s.current && s.group === card.group);
  const mine = spoken.findLast((s) => samePerson(file, s.person, person.id));
  const state = stateOf(facts);
  if (mine?.decision === decision) {
    const lacks = lackingSignatures(state, card.group);
    return `You have decided about ${card.group} before: ${said(mine)}.${lacks === '' ? '' : ` It still lacks ${lacks}.`}`;
  }
  if (mine === undefined && lacksPersonal(state, card.group)) {
    return `All three have signed ${card.group} through Slack; it still lacks one personal signature: golive sign --group ${card.group}.`;
  }
  if (mine === undefined && isSignedOff(state, card.group)) {
    const all = spoken.filter((s) => s.decision === 'approve').map(said);
    return `${card.group} is decided: ${list(all, 8)}.`;
  }
  if (Date.parse(card.expiresAt) <= nowMs)
    return `This card could be signed until ${moment(card.expiresAt)}; a new card takes its place.`;
  return undefined;
}

/** @example 'jane rejected it as CFO at 2026-03-01 08:00 UTC, entry #812' */
const said = ({ person, role, decision, at, index }: SignOffView): string =>
  `${person} ${decision === 'approve' ? 'approved' : 'rejected'} it as ${roleName(role)} at ${moment(at)}, entry #${index}`;

/**
 * In which role this person signs: one that is still missing for every one of the groups, if they have one; else one that
 * signs at all, for whoever changes their mind does so in the role in which they spoke; else whatever they are.
 */
export function signingCapacity(facts: Facts, person: Person, groups: readonly string[], nowMs: number): Capacity {
  const missing = groups.map((group) => missingSignatures(stateOf(facts), group));
  const signing = capacitiesOf(facts, person, 'sign', nowMs).filter(({ role }) => GROUP_SIGNERS.includes(role));
  const fits = (c: HeldCapacity): boolean =>
    c.void !== true && groups.every((group, i) => missing[i]?.includes(c.role) && (c.groups?.includes(group) ?? true));
  const others = capacitiesOf(facts, person, 'sign', nowMs);
  return capacityFor([...signing.filter(fits), ...signing, ...others], () => true, 'cfo');
}

/** The cards that wait for this person now, all in one role; the first of their roles that is asked for. */
export function openCards(facts: Facts, person: Person, nowMs: number): CardView[] {
  const { view, file } = facts;
  const state = stateOf(facts);
  const current = new Map<string, CardView>();
  for (const card of Object.values(view.cards)) {
    const fresh = own(view.groupEvidence, card.group)?.evidence.digest === card.boundTo && Date.parse(card.expiresAt) > nowMs;
    if (fresh) current.set(card.group, card);
  }
  const counted = (group: string): boolean =>
    Object.values({ ...own(state.decided, subjects.sign(group)), ...own(state.rejected, subjects.sign(group)) }).some((other) =>
      samePerson(file, other, person.id),
    );
  for (const { role, groups, void: isVoid } of capacitiesOf(facts, person, 'sign', nowMs)) {
    if (!GROUP_SIGNERS.includes(role) || isVoid === true) continue;
    const cards = groupsToSign(view, state, role).flatMap((group) => {
      const card = current.get(group);
      return card !== undefined && (groups?.includes(group) ?? true) && !counted(group) ? [card] : [];
    });
    if (cards.length > 0) return cards;
  }
  return [];
}
