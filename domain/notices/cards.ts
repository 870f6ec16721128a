import { own } from '../authority/context.ts';
import { GROUP_SIGNERS } from '../authority/quorum.ts';
import { scaled } from '../clock.ts';
import type { EntryData } from '../entry.ts';
import { isSettled, statusOf } from '../gate.ts';
import type { Role } from '../roles.ts';
import type { CardView, DeploymentView, SignOffView } from '../view.ts';
import { isFree } from '../waiting/sign.ts';
import type { Told } from './told.ts';

/** A card is open while somebody may still click it; all others have lost their buttons. */
export type CardStanding = 'open' | 'decided' | 'superseded' | 'expired' | 'aside' | 'closed';

/** What each role said last on the very evidence of the card; what is void is left out, as long as the card is about what is there. */
export function spokenOn(told: Told, card: CardView): Partial<Record<Role, SignOffView>> {
  const last: Partial<Record<Role, SignOffView>> = {};
  const past = !isOnWhatIsThere(told, card);
  for (const s of told.view.signOffs) {
    if (s.group === card.group && s.boundTo === card.boundTo && (s.current || past)) last[s.role] = s;
  }
  return last;
}

export function standingOfCard(told: Told, card: CardView): CardStanding {
  const { view, nowMs } = told;
  const spoken = spokenOn(told, card);
  if (GROUP_SIGNERS.every((role) => spoken[role] !== undefined)) return 'decided';
  if (!isOnWhatIsThere(told, card) || cardsOf(view, card.group).at(-1)?.card !== card.card) return 'superseded';
  if (view.header.closedAt !== null) return 'closed';
  if (nowMs > Date.parse(card.expiresAt)) return 'expired';
  return isFree(view, own(view.groupEvidence, card.group)?.cohorts ?? []) ? 'open' : 'aside';
}

export const cardsOf = (view: DeploymentView, group: string): CardView[] =>
  Object.values(view.cards).filter((c) => c.group === group);

/** A click on it would be about the evidence, the set and the deployment file as they are now. */
const isOnWhatIsThere = ({ view, file, setDigest }: Told, card: CardView): boolean =>
  own(view.groupEvidence, card.group)?.evidence.digest === card.boundTo &&
  card.manifestSetDigest === setDigest &&
  card.policyVersion === file.version;

/** Time to read a card and type what its dialog asks for: no speed shortens that. */
const SHORTEST_MS = 120_000;

/** A card that has to be issued: all but its id, which nobody may guess. */
interface CardDue {
  /** How many cards the group had before. */
  nth: number;
  card: Omit<EntryData['card.issued'], 'card'>;
}

/** The groups that are asked for and have no card that can be clicked. */
export function cardsDue(told: Told): CardDue[] {
  const { view, file, outlook, nowMs, setDigest } = told;
  if (file.slack?.allows.includes('sign') !== true || view.header.closedAt !== null) return [];
  if (!isSettled(statusOf('W2.08', outlook.state.milestones))) return [];
  return Object.values(view.groupEvidence).flatMap(({ group, cohorts, evidence }) => {
    const before = cardsOf(view, group);
    const last = before.at(-1);
    const spoken = view.signOffs.filter((s) => s.group === group && s.current).map((s) => s.role);
    if (!isFree(view, cohorts) || GROUP_SIGNERS.every((role) => spoken.includes(role))) return [];
    if (last !== undefined && standingOfCard(told, last) === 'open') return [];
    const validMs = scaled(file.limits.signOffValidHours * 3_600_000, file.speed, SHORTEST_MS);
    const expiresAt = new Date(nowMs + validMs).toISOString();
    const bound = { group, boundTo: evidence.digest, manifestSetDigest: setDigest, policyVersion: file.version };
    return [{ nth: before.length, card: { ...bound, expiresAt } }];
  });
}
