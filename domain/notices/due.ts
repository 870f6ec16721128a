import { own } from '../authority/context.ts';
import type { NoticeAdapter } from '../notice.ts';
import type { DeploymentView } from '../view.ts';
import { agendaDue } from './agenda.ts';
import { broadcastsDue } from './broadcasts.ts';
import { cardNotice } from './card.ts';
import { standingOfCard } from './cards.ts';
import { checksDue } from './check.ts';
import { escalationsDue, escalationsNow, handedOverDue } from './escalations.ts';
import { ownersDue } from './owners.ts';
import { rootOf, statusDue } from './status.ts';
import { incidentsNow, stopsDue, stopsNow } from './stops.ts';
import type { Made, Told } from './told.ts';

const CARD = 'card/';
export const ROOT = 'root';
const cardKey = (card: string): string => `${CARD}${card}`;

/** What has to be said now and was not said yet, in the order in which it is said: what somebody waits for comes before what is for reading. */
export function noticesDue(told: Told): Made[] {
  const { view, outlook } = told;
  if (view.header.openedAt === null) return [];
  return [
    ...(view.notices[ROOT] === undefined ? [{ key: ROOT, notice: rootOf(view, outlook) }] : []),
    ...stopsDue(told),
    ...broadcastsDue(told),
    ...escalationsDue(told),
    ...handedOverDue(told),
    ...cardsUnsaid(told),
    ...ownersDue(told),
    ...checksDue(told),
    ...agendaDue(told),
    ...statusDue(told),
  ];
}

const cardsUnsaid = (told: Told): Made[] =>
  Object.values(told.view.cards)
    .filter((card) => told.view.notices[cardKey(card.card)] === undefined && standingOfCard(told, card) === 'open')
    // Nobody is shown a card that does not say what it is about.
    .filter((card) => told.documents[card.boundTo] !== undefined)
    .map((card) => ({ key: cardKey(card.card), notice: cardNotice(told, card) }));

/** Where a notice goes; the pager is told of escalations by themselves. One-way adapters get what was said, not what is edited afterwards. */
export function adaptersFor(key: string): NoticeAdapter[] {
  const [kind, name] = key.split('/');
  return kind === 'check' ? [name === 'teams' ? 'teams' : 'slack'] : ['slack', 'teams'];
}

/** What the messages that are edited in place say now. */
export const current = (told: Told): Made[] => [
  ...Object.values(told.view.cards).map((card) => ({ key: cardKey(card.card), notice: cardNotice(told, card) })),
  ...escalationsNow(told),
  ...stopsNow(told),
  ...incidentsNow(told),
  { key: ROOT, notice: rootOf(told.view, told.outlook) },
];

/** Those of them that are in Slack; what can no longer be clicked comes first, the root last. */
export function edited(told: Told): Made[] {
  const rank = ({ key, notice }: Made): number => (key === ROOT ? 2 : notice.buttons === undefined ? 0 : 1);
  return current(told)
    .filter(({ key }) => placeOf(told.view, key) !== null)
    .sort((a, b) => rank(a) - rank(b));
}

export const placeOf = (view: DeploymentView, key: string): { channel: string; ts: string } | null =>
  own(view.notices, key)?.sent.slack?.place ?? null;
