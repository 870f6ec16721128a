import type { EntryData, RecordedEntry } from '../entry.ts';
import type { DeploymentView, WaveView } from '../view.ts';
import { updateHoldsOfCohorts } from './holds.ts';
import { own, placeOf, put } from './record.ts';

export function waveStarted(view: DeploymentView, entry: RecordedEntry, data: EntryData['wave.started']): void {
  const { wave, shape, cohorts, ramp, authority } = data;
  put(view.waves, wave, { wave, shape, cohorts, ramp, authority, steps: [], closed: null, ...placeOf(entry) });
  for (const id of cohorts) {
    const cohort = own(view.cohorts, id);
    if (cohort) cohort.wave = wave;
  }
  updateHoldsOfCohorts(view);
}

export function waveStep(view: DeploymentView, entry: RecordedEntry, data: EntryData['wave.step']): void {
  own(view.waves, data.wave)?.steps.push({ percent: data.percent, planHours: data.planHours, verdicts: {}, ...placeOf(entry) });
}

export function waveClosed(view: DeploymentView, entry: RecordedEntry, data: EntryData['wave.closed']): void {
  const wave = own(view.waves, data.wave);
  if (wave) wave.closed = { live: data.live, left: data.left, ...placeOf(entry) };
}

/** Kept by subject, and at the step of the ramp that the subject's cohort is at. */
export function verdict(view: DeploymentView, entry: RecordedEntry, data: EntryData['verdict']): void {
  const { subject, verdict: value, reasons, samples } = data;
  const place = placeOf(entry);
  put(view.verdicts, subject, { subject, verdict: value, reasons, samples, evidence: data.evidence ?? null, ...place });
  const cohort = entry.cohort ?? subject;
  const step = openWaveOf(view, cohort)?.steps.at(-1);
  if (step) put(step.verdicts, cohort, { verdict: value, reasons, samples, ...place });
}

const openWaveOf = (view: DeploymentView, cohort: string): WaveView | undefined =>
  Object.values(view.waves).findLast((wave) => wave.closed === null && wave.cohorts.includes(cohort));
