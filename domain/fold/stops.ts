import { flippedWords } from '../describe/stops.ts';
import type { EntryData, RecordedEntry } from '../entry.ts';
import type { DeploymentView } from '../view.ts';
import type { Firing, StopView, TriggerView } from '../view/stops.ts';
import { covers } from '../hold.ts';
import { lowestMode } from '../mode.ts';
import { changeCohort, setStep, setStepOfAll } from './agents.ts';
import { own, placeOf, put } from './record.ts';

function stopOf(view: DeploymentView, stop: string): StopView {
  const known = own(view.stops, stop);
  if (known) return known;
  const fresh: StopView = { stop, flipped: null, landed: null, questionable: null, attested: [] };
  put(view.stops, stop, fresh);
  return fresh;
}

/** Under which the result of the last `golive drill rollback` is found. */
const DRILL_SUBJECT = 'drill:rollback';

/** A stop's flips may be written twice: what the first activity did, and what the stragglers did after it. The later one is the whole. */
export function stopFlipped(view: DeploymentView, entry: RecordedEntry, data: EntryData['stop.flipped']): void {
  const place = placeOf(entry);
  stopOf(view, data.stop).flipped = { ...data, ...place };
  // What a drill took is evidence by itself: the readiness gate asks for it.
  if (data.drill === true) {
    const [subject, summary] = [DRILL_SUBJECT, flippedWords(data)];
    put(view.evidence, subject, { subject, summary, evidence: data.evidence, ...place });
  }
  lowered(view, data);
}

/** Modes after it, by its scope: lists of names may be too long for an entry. Who could not be flipped keeps its mode. */
function lowered(view: DeploymentView, { scope, ceiling, left, kind }: EntryData['stop.flipped']): void {
  if (scope.level === 'agent')
    return agentsLowered(
      view,
      scope.names.filter((agent) => !left.includes(agent)),
    );
  for (const cohort of Object.values(view.cohorts)) {
    if (!covers(scope, { cohort: cohort.id, group: cohort.group, wave: cohort.shape }) || left.includes(cohort.id)) continue;
    // An agent that does not run yet makes no calls, whatever its mode; but what was terminated never will.
    if (cohort.mode === null && kind !== 'terminate') continue;
    changeCohort(view, cohort, () => {
      cohort.mode = lowestMode(cohort.mode ?? 'shadow', ceiling);
      if (cohort.mode === 'live') return;
      cohort.livePercent = 0;
      setStepOfAll(view, cohort, 'live', 0);
    });
  }
}

function agentsLowered(view: DeploymentView, agents: readonly string[]): void {
  for (const cohort of Object.values(view.cohorts)) {
    const mine = agents.filter((agent) => own(own(view.ledger, cohort.id) ?? {}, agent) !== undefined);
    if (mine.length > 0) changeCohort(view, cohort, () => mine.forEach((agent) => setStep(view, cohort, agent, 'live', false)));
  }
}

export function stopLanded(view: DeploymentView, entry: RecordedEntry, data: EntryData['stop.landed']): void {
  stopOf(view, data.stop).landed = { ...data, ...placeOf(entry) };
}

export function writesQuestionable(view: DeploymentView, entry: RecordedEntry, data: EntryData['writes.questionable']): void {
  stopOf(view, data.stop).questionable = { ...data, cleaned: null, ...placeOf(entry) };
}

export function exitAttested(view: DeploymentView, entry: RecordedEntry, data: EntryData['exit.attested']): void {
  stopOf(view, data.stop).attested.push({ ...data, ...placeOf(entry) });
}

const about = ({ row, subject }: { row: string; subject: string }): string => `${row}/${subject}`;

export function triggerFired(view: DeploymentView, entry: RecordedEntry, data: EntryData['trigger.fired']): void {
  const known = own(view.triggers, about(data));
  const earlier = known === undefined ? [] : [...known.earlier, firingOf(known)];
  put(view.triggers, about(data), { fired: data, cleared: null, earlier, ...placeOf(entry) });
}

const firingOf = ({ fired, cleared, index, at }: TriggerView): Firing => ({ fired, cleared, index, at });

export function triggerCleared(view: DeploymentView, entry: RecordedEntry, data: EntryData['trigger.cleared']): void {
  const trigger = own(view.triggers, about(data));
  if (trigger) trigger.cleared = { ...data, ...placeOf(entry) };
}

export function incidentOpened(view: DeploymentView, entry: RecordedEntry, data: EntryData['incident.opened']): void {
  put(view.incidents, data.incident, {
    incident: data.incident,
    opened: data,
    openedBy: entry.actor,
    ackedBy: null,
    notes: [],
    closed: null,
    ...placeOf(entry),
  });
}

export function incidentNoted(view: DeploymentView, entry: RecordedEntry, data: EntryData['incident.noted']): void {
  const incident = own(view.incidents, data.incident);
  if (!incident) return;
  incident.notes.push({ ...data, ...placeOf(entry) });
  if (data.act === 'ack') incident.ackedBy = data.by;
  if (data.act !== 'cleaned') return;
  for (const { questionable } of Object.values(view.stops)) {
    if (questionable?.incident === data.incident) questionable.cleaned ??= { by: data.by, ...placeOf(entry) };
  }
}

export function incidentClosed(view: DeploymentView, entry: RecordedEntry, data: EntryData['incident.closed']): void {
  const incident = own(view.incidents, data.incident);
  if (incident) incident.closed ??= { ...data, ...placeOf(entry) };
}

export function breakerChanged(view: DeploymentView, entry: RecordedEntry, data: EntryData['breaker.changed']): void {
  put(view.breakers, `${data.part}/${data.dependency}`, { ...data, ...placeOf(entry) });
}
