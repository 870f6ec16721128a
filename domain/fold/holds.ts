import type { Scope } from '../command.ts';
import { isLiveOrRamping } from '../authority/promotable.ts';
import type { EntryData, RecordedEntry } from '../entry.ts';
import type { CohortView, DeploymentView } from '../view.ts';
import type { Lift } from '../stop/stop.ts';
import { own, placeOf, put } from './record.ts';

export function holdAdded(view: DeploymentView, entry: RecordedEntry, data: EntryData['hold.added']): void {
  put(view.holds, data.holdId, {
    holdId: data.holdId,
    scope: data.scope,
    ceiling: data.ceiling,
    why: data.why,
    kind: data.by ?? 'hold',
    liftedBy: data.liftedBy ?? 'release',
    orderedIn: data.orderedIn ?? null,
    by: entry.actor,
    releasedBy: data.releasedBy,
    released: own(view.holds, data.holdId)?.released ?? null,
    releasedFor: own(view.holds, data.holdId)?.releasedFor ?? [],
    ...placeOf(entry),
  });
  updateHoldsOfCohorts(view);
  if (data.by !== undefined && data.by !== 'pause') setBack(view, data.holdId);
}

/** Whom a stop takes back from live is held: it comes back by a promotion, from the first step of a ramp. A pause gives back what it took. */
function setBack(view: DeploymentView, holdId: string): void {
  const hold = own(view.holds, holdId);
  for (const cohort of Object.values(view.cohorts)) {
    if (!hold || !cohort.holds.includes(holdId)) continue;
    cohort.raisedTo = 0;
    if (!isLiveOrRamping(cohort)) continue;
    Object.assign(cohort, {
      phase: 'held',
      phaseAt: hold.at,
      reason: hold.why,
      code: 'stopped',
      liftedBy: LIFTED_BY[hold.liftedBy],
    });
  }
}

const LIFTED_BY: Record<Lift, string> = {
  release: 'golive release',
  resume: 'golive resume',
  promote: 'golive promote',
  lift: 'golive lift by two persons, then golive promote',
  nothing: 'nothing: it was terminated',
};

/** Is it kept from being live by a stop that only a person takes back? */
export const isSetBack = (view: DeploymentView, cohort: CohortView): boolean =>
  cohort.holds.some((id) => (own(view.holds, id)?.liftedBy ?? 'release') !== 'release' && own(view.holds, id)?.kind !== 'pause');

/** A release of a hold that is not there changes nothing: holds are named by the command that made them, which comes first in the log. */
export function holdReleased(view: DeploymentView, entry: RecordedEntry, data: EntryData['hold.released']): void {
  const hold = own(view.holds, data.holdId);
  if (!hold) return;
  const some = data.cohorts ?? data.agents;
  if (some === undefined) hold.released ??= { by: data.by, ...placeOf(entry) };
  else hold.releasedFor = [...new Set([...hold.releasedFor, ...some])];
  updateHoldsOfCohorts(view);
}

/** Holds, plans and waves are few; so every cohort's list is made anew. */
export function updateHoldsOfCohorts(view: DeploymentView): void {
  const active = Object.values(view.holds).filter((hold) => hold.released === null);
  for (const cohort of Object.values(view.cohorts)) {
    cohort.holds = active
      .filter((hold) => covers(hold.scope, cohort) && !hold.releasedFor.includes(cohort.id))
      .map((hold) => hold.holdId);
  }
}

/** A wave is called by its shape, also before it has started. */
function covers({ level, names }: Scope, cohort: CohortView): boolean {
  switch (level) {
    case 'customer':
    case 'deployment':
      return true;
    case 'wave':
      return names.includes(cohort.shape);
    case 'group':
      return names.includes(cohort.group);
    case 'cohort':
      return names.includes(cohort.id);
    default:
      return false;
  }
}
