import { contactWords, type DeploymentFile, type Person } from '../deployment-file.ts';
import { scopeWords } from '../describe/command.ts';
import type { SlowManager } from '../drill/figures.ts';
import type { EvidenceRef } from '../entry.ts';
import { incidentsOf, standingStops } from '../report/stops.ts';
import { standingOf, whyNotLive, type Standing } from '../report/standing.ts';
import { EXECUTIVE_ROLES, ROLE_TITLES, STANDING_ROLES, type Role } from '../roles.ts';
import { holdsRole } from '../set/approval.ts';
import { wayBack } from '../stop/back.ts';
import type { DeploymentView } from '../view.ts';
import { firstWeekChecks, type Check } from './first-week.ts';
import { waysToStop, type WayToStop } from './stopping.ts';

const SLOW_BY_NAME = 50;

/** The row whose confirmation takes ownership over. */
export const HANDOVER_ROW = 'W3.13';

/**
 * What the Operations Lead takes over, and accepts by its digest: the same facts give the same bytes, so it is renewed
 * exactly when something in it has changed. It holds no time of its own; the entry that cites it has one.
 */
export interface HandoverPack {
  v: 1;
  customer: string;
  deployment: string;
  environment: string | null;
  manifestSetDigest: string | null;
  policyVersion: number;
  /** Of whole cohorts; who is on a ramp is not live yet. */
  agents: { total: number; live: number };
  notLive: {
    cohort: string;
    group: string;
    agents: number;
    standing: Standing;
    reason: string | null;
    liftedBy: string | null;
  }[];
  holds: { id: string; on: string; atMost: string; why: string; by: string; since: string; mayRelease: Role; command: string }[];
  /** Stops that stand, and what takes each back; null: nothing does. */
  stops: { id: string; what: string; why: string; by: string; since: string; landed: string; command: string | null }[];
  incidents: { id: string; severity: number; title: string; owner: Role; inHandOf: string | null; writes: string | null }[];
  watchItems: { id: string; text: string; owner: Role; since: string }[];
  tasks: { id: string; owner: Role; sentence: string; next: string; since: string }[];
  escalations: { id: string; what: string; owner: Role; since: string; inHandOf: string | null }[];
  delegations: { from: string; to: string; role: Role; mode: string; until: string; command: string }[];
  /** Who let a question of the drill lie, for the refresher of A3; null: there was no drill. All of them are in the evidence. */
  slowManagers: { count: number; first: SlowManager[]; evidence: EvidenceRef } | null;
  contacts: { role: Role; title: string; people: Contact[] }[];
  howToStop: WayToStop[];
  firstWeek: Check[];
}

export interface Contact {
  id: string;
  name: string;
  email: string;
  slack: string | null;
  hours: string;
  deputy: boolean;
}

const typed = (way: readonly string[] | null): string | null => (way === null ? null : `golive ${way.join(' ')} --as PERSON`);

export function handoverPack(view: DeploymentView, file: DeploymentFile): HandoverPack {
  const { header } = view;
  const cohorts = Object.values(view.cohorts);
  const live = cohorts.filter((c) => standingOf(c) === 'live');
  return {
    v: 1,
    customer: header.customer,
    deployment: header.deployment,
    environment: header.environment,
    manifestSetDigest: header.manifestSetDigest,
    policyVersion: file.version,
    agents: { total: view.agents.total, live: live.reduce((sum, c) => sum + c.agents, 0) },
    notLive: cohorts
      .filter((c) => !live.includes(c))
      .map((c) => ({ cohort: c.id, group: c.group, agents: c.agents, standing: standingOf(c), ...whyNotLive(view, c) })),
    holds: Object.values(view.holds)
      .filter((h) => h.released === null && h.kind === 'hold')
      .map((h) => ({
        ...{ id: h.holdId, on: scopeWords(h.scope), atMost: h.ceiling, why: h.why, by: h.by, since: h.at },
        ...{ mayRelease: h.releasedBy, command: `golive release ${h.holdId} --as PERSON` },
      })),
    stops: standingStops(view).map((s) => ({
      ...{ id: s.id, what: `${s.kind} of ${scopeWords(s.scope)}`, why: s.reason, by: s.person, since: s.at },
      ...{ landed: s.landed?.verdict ?? 'not known yet', command: typed(wayBack(s)) },
    })),
    incidents: incidentsOf(view)
      .filter((i) => i.closed === null)
      .map((i) => ({
        ...{ id: i.id, severity: i.severity, title: i.title, owner: i.owner, inHandOf: i.ackedBy },
        writes: i.questionable?.open === true ? `${i.questionable.count} with ${i.questionable.owner}` : null,
      })),
    watchItems: Object.values(view.watchItems)
      .filter((w) => w.closed === null)
      .map(({ id, text, owner, at }) => ({ id, text, owner, since: at })),
    tasks: Object.values(view.tasks)
      .filter((t) => t.closed === null)
      .map(({ taskId, owner, sentence, next, at }) => ({ id: taskId, owner, sentence, next, since: at })),
    escalations: Object.values(view.escalations)
      // That the hand-over itself is waited for is no part of what is handed over.
      .filter((e) => e.closed === null && !e.about.includes(HANDOVER_ROW))
      .map(({ escalation, what, owner, since, acknowledged }) => ({
        ...{ id: escalation, what, owner, since },
        inHandOf: acknowledged === null ? null : (acknowledged.handedTo ?? acknowledged.by),
      })),
    delegations: Object.values(view.delegations)
      .filter((d) => d.revoked === null)
      .map(({ id, principal, to, role, mode, until }) => ({
        ...{ from: principal, to, role, mode, until, command: `golive revoke ${id} --as ${principal}` },
      })),
    slowManagers: view.drill && {
      ...{ count: view.drill.slowCount, evidence: view.drill.evidence },
      first: view.drill.slow.slice(0, SLOW_BY_NAME),
    },
    contacts: [...STANDING_ROLES, ...EXECUTIVE_ROLES].map((role) => ({
      role,
      title: ROLE_TITLES[role],
      people: contactsOf(file, role),
    })),
    howToStop: waysToStop(),
    firstWeek: firstWeekChecks(file.audit),
  };
}

const contactsOf = (file: DeploymentFile, role: Role): Contact[] => {
  const contact = (person: Person, deputy: boolean): Contact => ({
    ...{ id: person.id, name: person.name, email: person.email, slack: person.slack ?? null },
    ...{ hours: contactWords(person.contactHours), deputy },
  });
  const all = file.people.filter((p) => holdsRole(p, role));
  const deputies = all.filter((p) => !p.roles.includes(role));
  return [...all.filter((p) => p.roles.includes(role)).map((p) => contact(p, false)), ...deputies.map((p) => contact(p, true))];
};
