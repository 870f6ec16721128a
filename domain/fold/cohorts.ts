import { COHORT_PHASES, type EntryData, type PlannedCohort, type RecordedEntry } from '../entry.ts';
import type { CohortView, DeploymentView } from '../view.ts';
import { isLiveOrRamping } from '../authority/promotable.ts';
import { count } from './agents.ts';
import { isSetBack, updateHoldsOfCohorts } from './holds.ts';
import { own, placeOf, put } from './record.ts';

const newCohort = (planned: PlannedCohort): CohortView => ({
  ...planned,
  phase: null,
  phaseAt: null,
  reached: null,
  reason: null,
  code: null,
  liftedBy: null,
  counts: { created: 0, bound: 0, minted: 0, smoked: 0, running: 0, live: 0 },
  unknown: {},
  mode: null,
  livePercent: 0,
  raisedTo: 0,
  holds: [],
  wave: null,
});

/** The cohort of an entry. One that no plan has named yet is there without agents until a plan names it. */
export function cohortOf(view: DeploymentView, id: string): CohortView {
  let cohort = own(view.cohorts, id);
  if (!cohort) {
    cohort = newCohort({ id, group: '', shape: 'research', agents: 0 });
    put(view.cohorts, id, cohort);
    updateHoldsOfCohorts(view);
  }
  return cohort;
}

/** A later plan (the set was corrected and approved again) replaces the former one; what has already been done stays. */
export function planRecorded(view: DeploymentView, entry: RecordedEntry, data: EntryData['plan.recorded']): void {
  const former = view.cohorts;
  view.cohorts = {};
  for (const { id, group, shape, agents } of data.cohorts) {
    const known = own(former, id);
    put(view.cohorts, id, known ? Object.assign(known, { group, shape, agents }) : newCohort({ id, group, shape, agents }));
  }
  for (const cohort of Object.values(former)) {
    if (!own(view.cohorts, cohort.id) && cohort.phase !== null) put(view.cohorts, cohort.id, cohort);
  }
  view.plan = {
    managers: data.managers,
    agents: data.cohorts.reduce((sum, cohort) => sum + cohort.agents, 0),
    cohorts: data.cohorts.length,
    plan: data.plan,
    forecastMintHours: data.forecastMintHours,
    ...placeOf(entry),
  };
  count(view);
  updateHoldsOfCohorts(view);
}

export function cohortPhase(view: DeploymentView, entry: RecordedEntry, data: EntryData['cohort.phase']): void {
  if (entry.cohort === undefined) return;
  const cohort = cohortOf(view, entry.cohort);
  // Said by a wave that did not know of the stop yet.
  if (isLiveOrRamping(data) && isSetBack(view, cohort)) return;
  cohort.phase = data.phase;
  cohort.phaseAt = entry.at;
  cohort.reason = data.reason ?? null;
  cohort.code = data.code ?? null;
  cohort.liftedBy = data.liftedBy ?? null;
  const way: readonly string[] = COHORT_PHASES;
  if (way.indexOf(data.phase) > way.indexOf(cohort.reached ?? '')) cohort.reached = data.phase;
}
