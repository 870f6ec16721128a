import type { EntryData, RecordedEntry } from '../entry.ts';
import type { Operation } from '../ids.ts';
import type { CohortView, DeploymentView, OperationFigures } from '../view.ts';
import { changeCohort, setStep, setStepOfAll, type Step } from './agents.ts';
import { cohortOf } from './cohorts.ts';
import { own, placeOf, put } from './record.ts';

/** What an applied outcome puts behind an agent. `register` and `example` are about cohorts, `raise` has a mode. */
const STEP_OF: Partial<Record<Operation, Step>> = {
  create: 'created',
  bind: 'bound',
  mint: 'minted',
  smoke: 'smoked',
  run: 'running',
};

const PROVISIONING: ReadonlySet<Operation> = new Set(['create', 'bind', 'mint', 'smoke']);

function figuresOf(view: DeploymentView, operation: Operation): OperationFigures {
  const { operations } = view.figures;
  const known = own(operations, operation);
  if (known) return known;
  const figures = { intended: 0, applied: 0, notApplied: 0, unknown: 0 };
  put(operations, operation, figures);
  return figures;
}

export function intent(view: DeploymentView, data: EntryData['intent']): void {
  figuresOf(view, data.operation).intended += data.items?.count ?? data.agents.length;
}

export function outcome(view: DeploymentView, entry: RecordedEntry, data: EntryData['outcome']): void {
  const figures = figuresOf(view, data.operation);
  if (data.result === 'applied') figures.applied += data.items?.count ?? 1;
  else if (data.result === 'unknown') figures.unknown += 1;
  else figures.notApplied += 1;
  if (PROVISIONING.has(data.operation)) view.lastProvisioned = placeOf(entry);

  if (entry.cohort === undefined) return;
  const cohort = cohortOf(view, entry.cohort);
  // An operation on the cohort as a whole names no agent, or `*`.
  const agent = entry.agent === '*' ? undefined : entry.agent;
  if (data.result === 'unknown') {
    put(cohort.unknown, data.key, { operation: data.operation, agent: agent ?? null, ...placeOf(entry) });
    return;
  }
  delete cohort.unknown[data.key];
  changeCohort(view, cohort, () => settle(view, cohort, agent, data));
}

function settle(view: DeploymentView, cohort: CohortView, agent: string | undefined, data: EntryData['outcome']): void {
  const applied = data.result === 'applied';
  const step = STEP_OF[data.operation];
  if (step) {
    // A smoke test that was answered with anything but ALLOW was carried out and failed; a repetition that fails undoes the first.
    const done = applied && (data.operation !== 'smoke' || (data.verdict ?? 'ALLOW') === 'ALLOW');
    if (!done && data.operation !== 'smoke') return;
    if (agent !== undefined) setStep(view, cohort, agent, step, done);
    else setStepOfAll(view, cohort, step, done ? cohort.agents : 0);
    if (data.operation === 'run') cohort.mode ??= 'shadow';
  }
  if (applied && data.operation === 'raise') cohort.raisedTo = data.livePercent ?? cohort.raisedTo;
  if (applied && data.mode !== undefined) setMode(view, cohort, agent, data.mode, data.livePercent);
}

function setMode(
  view: DeploymentView,
  cohort: CohortView,
  agent: string | undefined,
  mode: NonNullable<EntryData['outcome']['mode']>,
  livePercent: number | undefined,
): void {
  if (agent !== undefined) {
    setStep(view, cohort, agent, 'live', mode === 'live');
    const share = cohort.agents > 0 ? (100 * cohort.counts.live) / cohort.agents : 0;
    cohort.mode = cohort.counts.live > 0 ? 'live' : mode;
    cohort.livePercent = livePercent ?? Math.round(share);
    return;
  }
  cohort.mode = mode;
  cohort.livePercent = mode === 'live' ? (livePercent ?? 100) : 0;
  setStepOfAll(view, cohort, 'live', Math.round((cohort.agents * cohort.livePercent) / 100));
}
