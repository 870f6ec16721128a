import type { DeploymentView, EscalationView } from '../view.ts';
import type { IncidentView, StopView } from '../view/stops.ts';
import { levelKey, takenOn } from './escalations.ts';

/** Somebody's pager rings for this. */
export interface Page {
  key: string;
  startsAt: string;
  /** Since when nobody has to be called for it; null: it rings. */
  endsAt: string | null;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** Incidents that nobody has in hand, writes that somebody has to deal with, and what nobody acted on, level by level. */
export const pagesOf = (view: DeploymentView): Page[] => [
  ...Object.values(view.incidents).map(incidentPage),
  ...Object.values(view.stops).flatMap(questionablePage),
  ...Object.values(view.escalations).flatMap((e) => e.raised.map((raised) => escalationPage(e, raised))),
];

const incidentPage = ({ incident, opened, at, notes, closed }: IncidentView): Page => ({
  key: `incident/${incident}/page`,
  startsAt: at,
  endsAt: notes.find((n) => n.act === 'ack')?.at ?? closed?.at ?? null,
  labels: {
    alertname: 'GoliveIncident',
    ...{ incident, owner: opened.owner, severity: opened.severity === 1 ? 'critical' : 'warning' },
    ...(opened.row === undefined ? {} : { row: opened.row }),
  },
  annotations: { summary: `SEV-${opened.severity}: ${opened.title}`, next: `golive incident ack ${incident}` },
});

/** Whose work it was falls back to somebody: they hear of it by name. */
const questionablePage = ({ stop, questionable }: StopView): Page[] =>
  questionable === null
    ? []
    : [
        {
          key: `questionable/${stop}/page`,
          startsAt: questionable.at,
          endsAt: questionable.cleaned?.at ?? null,
          labels: { alertname: 'GoliveQuestionableWrites', stop, owner: questionable.owner, severity: 'warning' },
          annotations: {
            summary: `${questionable.count} writes cannot be vouched for after stop ${stop}`,
            told: [...new Set([questionable.owner, ...(questionable.owners ?? [])])].join(', '),
          },
        },
      ];

const escalationPage = (e: EscalationView, raised: EscalationView['raised'][number]): Page => ({
  key: levelKey(e.escalation, raised),
  startsAt: raised.at,
  endsAt: e.closed?.at ?? takenOn(e)?.at ?? null,
  labels: {
    alertname: 'GoliveNobodyActed',
    ...{ escalation: e.escalation, level: raised.level, owner: e.owner },
    severity: raised.level === 'on-call' || raised.level === 'deployment-lead' ? 'warning' : 'critical',
  },
  annotations: { summary: `Nobody has acted: ${e.what}`, told: raised.told.join(', ') },
});
