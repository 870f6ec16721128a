import type { Command, IncidentAct } from '../command.ts';
import { rootCauseOf, uncleaned } from '../incident/incident.ts';
import { personById } from '../set/approval.ts';
import type { IncidentView } from '../view/stops.ts';
import { own, refuse, type AuthorityContext, type Refusal } from './context.ts';
import { samePerson } from './order.ts';

/** Words without which the act says nothing. */
const NEEDS_TEXT: Partial<Record<IncidentAct['act'], string>> = {
  open: 'what happens',
  status: 'how it stands',
  scope: 'what is affected and what is not',
  'root-cause': 'why it happened',
  'follow-up': 'what is to be done',
};

/** Anybody with a role writes about an incident. Closing one asks that somebody had it in hand, knows why, and left nothing questionable. */
export const refuseIncident = ({ args, person }: Command, { file, among }: AuthorityContext): Refusal | null => {
  const said = args.incident;
  if (said === undefined) return refuse('malformed_command', 'The order does not say what is done about which incident.');
  const lacking = NEEDS_TEXT[said.act];
  if (lacking !== undefined && (said.text ?? '').trim() === '') return refuse('malformed_command', `Say ${lacking}.`);
  if (said.act === 'open') return said.id === undefined ? null : refuse('malformed_command', 'A new incident gets its own id.');
  const incident = own(among.incidents, said.id ?? '');
  if (incident === undefined) return refuse('unknown_incident', `There is no incident ${said.id ?? ''}.`);
  if (incident.closed !== null)
    return refuse('already_done', `${incident.closed.by} closed ${incident.incident} at ${incident.closed.at}.`);
  switch (said.act) {
    case 'ack':
      return incident.ackedBy !== null && samePerson(file, incident.ackedBy, person)
        ? refuse('already_done', `${person} has ${incident.incident} in hand already.`)
        : null;
    case 'follow-up':
      return said.owner !== undefined && personById(file, said.owner) === undefined
        ? refuse('unknown_person', `The deployment file names nobody called ${said.owner}.`)
        : null;
    case 'cleaned':
      return uncleaned(among.stops, incident) === null
        ? refuse('wrong_state', `${incident.incident} has no writes that are still to be dealt with.`)
        : null;
    case 'close':
      return refuseClose(incident, said, among);
    default:
      return null;
  }
};

const refuseClose = (incident: IncidentView, { text }: IncidentAct, { stops }: AuthorityContext['among']): Refusal | null => {
  const { incident: id, ackedBy } = incident;
  if (ackedBy === null) return refuse('wrong_state', `Nobody has taken on ${id}: golive incident ack ${id}.`);
  const open = uncleaned(stops, incident);
  if (open !== null)
    return refuse(
      'wrong_state',
      `${open.count} questionable writes of ${id} are still with ${open.owner}: golive incident note ${id} --cleaned.`,
    );
  return (text ?? '').trim() === '' && rootCauseOf(incident) === null
    ? refuse('malformed_command', `Say why it happened, or note it before: golive incident note ${id} --root-cause "…".`)
    : null;
};
