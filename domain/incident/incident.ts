import type { Command, Scope } from '../command.ts';
import { scopeWords } from '../describe/command.ts';
import { clause } from '../describe/words.ts';
import type { EntryData } from '../entry.ts';
import type { Role } from '../roles.ts';
import { rolesAllowed } from '../runbook/commands.ts';
import { STOPPING_TABLE } from '../runbook/stopping.ts';
import type { DeploymentView } from '../view.ts';
import type { IncidentView, StopView } from '../view/stops.ts';

export type Severity = EntryData['incident.opened']['severity'];

/** One per order: a stop's incident is opened once, whoever says so, and however often. */
export const incidentIdOf = (commandId: string): string => `incident-${commandId}`;

/** By how much it takes: everything, a wave or a group, less. */
export function severityOf({ level }: Scope): Severity {
  if (level === 'customer' || level === 'deployment') return 1;
  return level === 'wave' || level === 'group' ? 2 : 3;
}

const WORDS: Partial<Record<Command['kind'], string>> = {
  rollback: 'Back to shadow',
  halt: 'Halted',
  terminate: 'Terminated',
  shutdown: 'Emergency shutdown',
};

const titled = (title: string): string => title.slice(0, 300);

/**
 * The incident that a stop opens. None for a pause, which is reversible, nor for a drill. Whoever the stopping table tells
 * first owns it; after a person's own order it is whoever owns the day.
 */
export function openedByStop(command: Command, planHours: number | null): EntryData['incident.opened'] | null {
  const { id, kind, scope, args, reason } = command;
  const what = WORDS[kind];
  if (what === undefined || args.drill === true) return null;
  const row = STOPPING_TABLE.find((r) => r.id === args.trigger);
  return {
    incident: incidentIdOf(id),
    severity: severityOf(scope),
    title: titled(`${what}: ${scopeWords(scope)}${reason.trim() === '' ? '' : `, ${clause(reason)}`}`),
    scope,
    stop: id,
    ...(row === undefined ? {} : { row: row.id }),
    owner: row?.told[0] ?? dayOwner(planHours),
  };
}

/** The Deployment Lead until the hand-over, then the Operations Lead: whoever promotes. */
const dayOwner = (planHours: number | null): Role => rolesAllowed('promote', 'wave', planHours)[0] ?? 'deployment-lead';

/** Opened by hand. */
export const openedByHand = ({ id, scope, args }: Command, planHours: number | null): EntryData['incident.opened'] => ({
  incident: incidentIdOf(id),
  severity: args.incident?.severity ?? severityOf(scope),
  title: titled(clause(args.incident?.text ?? '')),
  scope,
  owner: dayOwner(planHours),
});

/** Writes that the incident still has to account for; null: none, or all dealt with. */
export const uncleaned = (
  stops: DeploymentView['stops'],
  incident: Pick<IncidentView, 'incident'>,
): NonNullable<StopView['questionable']> | null =>
  Object.values(stops)
    .flatMap((s) => s.questionable ?? [])
    .find((q) => q.incident === incident.incident && q.cleaned === null) ?? null;

/** What was said last about why it happened. */
export const rootCauseOf = ({ notes }: Pick<IncidentView, 'notes'>): string | null =>
  notes.findLast((n) => n.act === 'root-cause')?.text ?? null;

export const followUpsOf = ({ notes }: Pick<IncidentView, 'notes'>): { text: string; owner: string }[] =>
  notes.flatMap((n) => (n.act === 'follow-up' ? [{ text: n.text, owner: n.owner ?? n.by }] : []));

/** What is expected last of when it is over. */
export const etaOf = ({ notes }: Pick<IncidentView, 'notes'>): string | null =>
  notes.findLast((n) => n.act === 'status')?.eta ?? null;

export const openIncidents = ({ incidents }: Pick<DeploymentView, 'incidents'>): IncidentView[] =>
  Object.values(incidents).filter((i) => i.closed === null);
