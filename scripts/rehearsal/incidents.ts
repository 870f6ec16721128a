import type { DeploymentFile } from '../../domain/deployment-file.ts';
import { scopeWords } from '../../domain/describe/command.ts';
import { openIncidents, uncleaned } from '../../domain/incident/incident.ts';
import { isTakenBack } from '../../domain/stop/back.ts';
import type { DeploymentView } from '../../domain/view.ts';
import type { IncidentView } from '../../domain/view/stops.ts';
import { holders } from '../../domain/waiting/ask.ts';

/** What the people of a rehearsal find out about an incident; only whoever wrote the fault script knows. */
export interface Explanation {
  cause: string;
  followUp: string;
}

export const unexplained = ({ opened }: IncidentView): Explanation => ({
  cause: `a rehearsal, on purpose: ${opened.title}`.slice(0, 500),
  followUp: 'none: it was done on purpose',
});

export interface Duty {
  id: string;
  person: string;
  /** As typed after `golive`. */
  words: string[];
}

/** The next thing that an open incident asks of whoever owns it, as `golive incident show` would have it. */
export function incidentDuties(
  view: DeploymentView,
  file: DeploymentFile,
  explain: (incident: IncidentView) => Explanation,
): Duty[] {
  return openIncidents(view).flatMap((incident) => {
    const { owner } = incident.opened;
    const [person] = holders(file, owner);
    const words = nextStep(view, incident, explain(incident), person ?? '');
    if (person === undefined || words === undefined) return [];
    const [act = '', ...rest] = words;
    const option = rest.find((word) => word.startsWith('--')) ?? '';
    return [
      {
        ...{ id: `${incident.incident}/${act}${option}`, person },
        words: ['incident', act, incident.incident, ...rest, '--as', person, '--role', owner],
      },
    ];
  });
}

function nextStep(
  view: DeploymentView,
  incident: IncidentView,
  { cause, followUp }: Explanation,
  person: string,
): string[] | undefined {
  const { opened, ackedBy, notes } = incident;
  const said = (act: IncidentView['notes'][number]['act']) => notes.some((n) => n.act === act);
  const stop = opened.stop === undefined ? undefined : view.stops[opened.stop];
  if (ackedBy === null) return ['ack'];
  if (!said('status')) return ['note', '--status', 'it is stopped, and being looked into', '--eta', '30m'];
  if (!said('scope')) return ['note', '--scope', `only ${scopeWords(opened.scope)}; nothing else shows it`];
  if (opened.stop !== undefined && stop?.landed == null) return undefined;
  if (uncleaned(view.stops, incident) !== null) return ['note', '--cleaned'];
  if (!said('root-cause')) return ['note', '--root-cause', cause];
  if (!said('follow-up')) return ['note', '--follow-up', followUp, '--owner', person];
  return isOver(view, incident) ? ['close'] : undefined;
}

/** Taken back, or for good: as long as a stop stands, its incident is one. */
function isOver({ holds }: DeploymentView, { opened: { stop, scope } }: IncidentView): boolean {
  const hold = stop === undefined ? undefined : holds[stop];
  return hold === undefined || isTakenBack(hold.kind, scope, hold.released !== null, hold.releasedFor);
}
