import { GROUP_SIGNERS, lacksPersonal } from '../authority/quorum.ts';
import { wallAt } from '../clock.ts';
import { list, number, plural, roleName } from '../describe/words.ts';
import type { GroupDocument } from '../group-document.ts';
import { buttonValue, type Notice } from '../notice.ts';
import type { Role } from '../roles.ts';
import { row } from '../runbook/rows.ts';
import type { CardView, SignOffView } from '../view.ts';
import { cardsOf, spokenOn, standingOfCard, type CardStanding } from './cards.ts';
import { clockTime, firstOf, personName, timeOf, type Told } from './told.ts';

const TITLES: Record<Exclude<CardStanding, 'decided'>, string> = {
  open: 'to be signed',
  superseded: 'replaced, what it was about has changed',
  expired: 'expired',
  aside: 'not asked for while all of it is held or live',
  closed: 'not decided before the close',
};
const PERSONAL = 'One of the three signs once more with their own key: golive sign.';
const MOST_NAMED = 6;

/** What the executives of one cohort group are asked to sign, and, once it is decided, what became of it. */
export function cardNotice(told: Told, card: CardView): Notice {
  const { view, file, documents, outlook } = told;
  const standing = standingOfCard(told, card);
  const spoken = spokenOn(told, card);
  const against = GROUP_SIGNERS.filter((role) => spoken[role]?.decision === 'reject');
  const document = documents[card.boundTo];
  const title =
    standing !== 'decided'
      ? TITLES[standing]
      : against.length > 0
        ? `rejected by ${list(against.map(roleName))}`
        : 'signed by all three';
  const open = standing === 'open';
  const value = buttonValue(view.header.deployment, card.card);
  return {
    title: `${card.group}: ${title}`,
    tone: standing === 'decided' ? (against.length > 0 ? 'bad' : 'good') : open ? 'warn' : 'info',
    lines: [
      ...what(document),
      ...changes(told, card),
      ...GROUP_SIGNERS.map((role) => signature(told, role, spoken[role])),
      ...(standing === 'decided' && against.length === 0 && lacksPersonal(outlook.state, card.group) ? [PERSONAL] : []),
    ],
    facts: facts(told, card, document),
    ...(open
      ? {
          mention: firstOf(
            file,
            GROUP_SIGNERS.filter((role) => spoken[role] === undefined),
          ),
          buttons: [
            { action: 'sign-approve', label: 'Approve', value, style: 'primary' },
            { action: 'sign-reject', label: 'Reject', value, style: 'danger' },
          ],
        }
      : {}),
  };
}

function what(document: GroupDocument | undefined): string[] {
  if (document === undefined) return [];
  const names = document.cohorts.map((c) => `${c.cohort} (${c.shape}, ${plural(c.agents, 'agent')})`);
  return [`From shadow to live: ${list(names, MOST_NAMED)}.`];
}

function facts(told: Told, card: CardView, document: GroupDocument | undefined): NonNullable<Notice['facts']> {
  const { view, file } = told;
  const due = wallAt(view.clock, row('W2.11').duePlanHours);
  const agents = document?.cohorts.reduce((sum, c) => sum + c.agents, 0);
  return [
    { label: 'Deployment', value: view.header.deployment },
    ...(agents === undefined ? [] : [{ label: 'Agents', value: number(agents) }]),
    ...(document === undefined ? [] : [{ label: 'Cost', value: cost(document) }]),
    { label: 'Manifest set', value: card.manifestSetDigest },
    { label: 'Evidence', value: card.boundTo },
    {
      label: 'Deadline',
      value: `${due === null ? 'T+48:00' : clockTime(due, file.speed)}; this card until ${timeOf(told, card.expiresAt)}`,
    },
  ];
}

function cost({ cohorts }: GroupDocument): string {
  const sum = (of: (c: GroupDocument['cohorts'][number]) => number): string =>
    `$${number(Math.round(cohorts.reduce((total, c) => total + of(c), 0)))}`;
  return `${sum((c) => c.cost.projectedDollarsPerMonth)} a month projected, ${sum((c) => c.cost.budgetDollars)} budgeted`;
}

/** Whoever saw the card before need not look for the difference. */
function changes({ view, documents }: Told, card: CardView): string[] {
  const before = cardsOf(view, card.group).findLast((c) => c.index < card.index && c.boundTo !== card.boundTo);
  const [old, now] = [documents[before?.boundTo ?? ''], documents[card.boundTo]];
  if (before === undefined || old === undefined || now === undefined) return [];
  const names = (d: GroupDocument): string[] => d.cohorts.map((c) => c.cohort);
  const left = names(old).filter((id) => !names(now).includes(id));
  const came = names(now).filter((id) => !names(old).includes(id));
  const others = now.cohorts.filter((c) => {
    const same = old.cohorts.find((o) => o.cohort === c.cohort);
    return same !== undefined && JSON.stringify(same) !== JSON.stringify(c);
  });
  const told = [
    ...(left.length > 0 ? [`without ${list(left, MOST_NAMED)}`] : []),
    ...(came.length > 0 ? [`with ${list(came, MOST_NAMED)}`] : []),
    ...(others.length > 0
      ? [
          `other figures for ${list(
            others.map((c) => c.cohort),
            MOST_NAMED,
          )}`,
        ]
      : []),
    ...(old.manifestSetDigest === now.manifestSetDigest ? [] : ['another manifest set']),
    ...(old.policyVersion === now.policyVersion ? [] : [`version ${now.policyVersion} of the deployment file`]),
  ];
  return [`Changed since the card before: ${told.join('; ')}.`];
}

function signature(told: Told, role: Role, spoken: SignOffView | undefined): string {
  if (spoken === undefined) return `${roleName(role)}: open`;
  const word = spoken.decision === 'approve' ? 'approved' : 'rejected';
  const how = spoken.channel === 'slack' ? 'in Slack' : 'with their own key';
  return `${roleName(role)}: ${word} by ${personName(told.file, spoken.person)} ${how}, ${timeOf(told, spoken.at)}, entry #${spoken.index}`;
}
