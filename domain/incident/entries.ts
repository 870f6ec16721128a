import type { Command } from '../command.ts';
import type { EntryData } from '../entry.ts';
import type { DeploymentView } from '../view.ts';
import { followUpsOf, openedByHand, rootCauseOf } from './incident.ts';

/** What an applied order about an incident writes beside itself. */
export type IncidentEntry =
  | { kind: 'incident.opened'; data: EntryData['incident.opened'] }
  | { kind: 'incident.noted'; data: EntryData['incident.noted'] }
  | { kind: 'incident.closed'; data: EntryData['incident.closed'] };

export function incidentEntry(
  command: Command,
  { incidents }: Pick<DeploymentView, 'incidents'>,
  planHours: number | null,
): IncidentEntry | null {
  const { args, person: by } = command;
  const said = args.incident;
  if (said === undefined) return null;
  if (said.act === 'open') return { kind: 'incident.opened', data: openedByHand(command, planHours) };
  const incident = said.id ?? '';
  const text = said.text ?? '';
  if (said.act !== 'close') {
    const { act, eta, owner } = said;
    const more = { ...(eta === undefined ? {} : { eta }), ...(owner === undefined ? {} : { owner }) };
    return { kind: 'incident.noted', data: { incident, act, text, ...more, by } };
  }
  const known = incidents[incident];
  const rootCause = text.trim() === '' ? known && rootCauseOf(known) : text;
  return {
    kind: 'incident.closed',
    data: { incident, rootCause: rootCause ?? '', followUps: known === undefined ? [] : followUpsOf(known), by },
  };
}
