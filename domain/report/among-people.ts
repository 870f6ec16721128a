import { approvalPaths, type ApprovalPath } from '../approval-path/path.ts';
import { GROUP_SIGNERS } from '../authority/quorum.ts';
import type { Delegation } from '../command.ts';
import type { DeploymentFile } from '../deployment-file.ts';
import { responseRate, type DrillFigures } from '../drill/figures.ts';
import type { EvidenceRef } from '../entry.ts';
import type { EscalationLevel } from '../notices/entries.ts';
import { HANDOVER_ROW } from '../handover/pack.ts';
import type { NoticeAdapter } from '../notice.ts';
import type { Role } from '../roles.ts';
import { acceptSubject } from '../state-view.ts';
import type { CardView, DeploymentView, Recorded } from '../view.ts';

/** What passed among people: who was asked, how long it took, who stood in for whom, who was told. */
export interface AmongPeople {
  escalations: ReportEscalation[];
  /** Null: the deployment file was not at hand. */
  approvalPath: { limits: { latencyHours: number; backlog: number; oldestHours: number }; paths: ApprovalPath[] } | null;
  /** Decisions about groups, by where they were given; those that are void count too. */
  signOffChannels: Record<'cli' | 'slack', number>;
  delegations: (Delegation & {
    id: string;
    principal: string;
    at: string;
    auditIndex: number;
    revoked: { by: string; at: string; auditIndex: number } | null;
  })[];
  /** Cards in Slack. Decided: all three have spoken; replaced: a newer one of its group took its place before. */
  cards: { issued: number; decided: number; replaced: number; expired: number; open: number };
  handOver: {
    evidence: EvidenceRef;
    summary: string;
    at: string;
    auditIndex: number;
    accepted: { by: string; at: string; auditIndex: number } | null;
  } | null;
  /** What the gateway turned away because nobody that it knows had sent it, by reason. */
  turnedAway: Record<string, number>;
  drill: (DrillFigures & { responseRate: number; evidence: EvidenceRef; at: string; auditIndex: number }) | null;
  /** Questions on managers' queues that were passed on one level up, in the drill and on live queues. */
  passedOn: number;
  channel: { made: number; waiting: number; sent: Partial<Record<NoticeAdapter, number>> };
}

export interface ReportEscalation {
  id: string;
  /** What was waited for. */
  about: string;
  what: string;
  owner: Role;
  since: string;
  levels: { level: EscalationLevel; told: string[]; at: string; auditIndex: number }[];
  acknowledged: { by: string; handedTo: string | null; at: string; auditIndex: number } | null;
  closed: { how: string; at: string; auditIndex: number } | null;
}

export function amongPeople(view: DeploymentView, file: DeploymentFile | null): AmongPeople {
  const asOfMs = Date.parse(view.figures.last?.at ?? '') || 0;
  const { signOffs, drill } = view;
  return {
    escalations: Object.values(view.escalations).map((e) => ({
      ...{ id: e.escalation, about: e.about, what: e.what, owner: e.owner, since: e.since },
      levels: e.raised.map(({ level, told, ...place }) => ({ level, told, ...placed(place) })),
      acknowledged: e.acknowledged && {
        by: e.acknowledged.by,
        handedTo: e.acknowledged.handedTo,
        ...placed(e.acknowledged),
      },
      closed: e.closed && { how: e.closed.how, ...placed(e.closed) },
    })),
    approvalPath: file && {
      limits: {
        latencyHours: file.limits.approvalLatencyHours,
        backlog: file.limits.approvalBacklog,
        oldestHours: file.limits.approvalOldestHours,
      },
      paths: approvalPaths(view, file, asOfMs),
    },
    signOffChannels: {
      cli: signOffs.filter((s) => s.channel === 'cli').length,
      slack: signOffs.filter((s) => s.channel === 'slack').length,
    },
    delegations: Object.values(view.delegations).map(({ index, revoked, ...d }) => ({
      ...d,
      auditIndex: index,
      revoked: revoked && { by: revoked.by, ...placed(revoked) },
    })),
    cards: cardsOf(view, asOfMs),
    handOver: handOverOf(view),
    turnedAway: view.turnedAway,
    drill: drill && drillOf(drill),
    passedOn: view.figures.operations.reassign?.applied ?? 0,
    channel: channelOf(view),
  };
}

const placed = ({ at, index }: Recorded): { at: string; auditIndex: number } => ({ at, auditIndex: index });

function cardsOf(view: DeploymentView, asOfMs: number): AmongPeople['cards'] {
  const all = Object.values(view.cards);
  const counts = { issued: all.length, decided: 0, replaced: 0, expired: 0, open: 0 };
  for (const card of all) counts[standing(view, all, card, asOfMs)]++;
  return counts;
}

function standing(
  { signOffs }: DeploymentView,
  all: readonly CardView[],
  card: CardView,
  asOfMs: number,
): 'decided' | 'replaced' | 'expired' | 'open' {
  const spoken = GROUP_SIGNERS.every((role) =>
    signOffs.some((s) => s.role === role && s.group === card.group && s.boundTo === card.boundTo),
  );
  if (spoken) return 'decided';
  if (all.some((other) => other.group === card.group && other.index > card.index)) return 'replaced';
  return Date.parse(card.expiresAt) <= asOfMs ? 'expired' : 'open';
}

function handOverOf(view: DeploymentView): AmongPeople['handOver'] {
  const pack = view.evidence[acceptSubject(HANDOVER_ROW)];
  if (pack === undefined) return null;
  const accepted = Object.values(view.commands)
    .filter((c) => c.outcome === 'applied' && c.kind === 'confirm' && c.scope?.names[0] === HANDOVER_ROW && c.index > pack.index)
    .at(-1);
  return {
    evidence: pack.evidence,
    summary: pack.summary,
    ...placed(pack),
    accepted: accepted === undefined ? null : { by: accepted.person, ...placed(accepted) },
  };
}

function drillOf({ index, at, reached: _reached, ...figures }: NonNullable<DeploymentView['drill']>): AmongPeople['drill'] {
  return { ...figures, responseRate: Math.round(1000 * responseRate(figures)) / 1000, at, auditIndex: index };
}

function channelOf({ notices }: DeploymentView): AmongPeople['channel'] {
  const all = Object.values(notices);
  const sent: AmongPeople['channel']['sent'] = {};
  for (const notice of all)
    for (const adapter of Object.keys(notice.sent) as NoticeAdapter[]) sent[adapter] = (sent[adapter] ?? 0) + 1;
  const made = all.filter((n) => n.made !== null);
  return { made: made.length, waiting: made.filter((n) => Object.keys(n.sent).length === 0).length, sent };
}
