import { defineSearchAttributeKey } from '@temporalio/common';
import { condition, getExternalWorkflowHandle, log, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import type { CohortRef, NotedPhase, StepResult } from '../activities/contract.ts';
import type { FailureCode } from '../domain/failure.ts';
import { deploymentWorkflowId } from '../domain/ids.ts';
import { newCohort, transition, type CohortEvent, type CohortState } from '../domain/cohort.ts';
import { failureCode } from './failures.ts';
import { advanceSignal, stateQuery, type Advance, type CohortInput } from './messages/cohort.ts';
import { reportSignal, type CohortReport } from './messages/deployment.ts';
import { isAdvance } from './messages/read.ts';
import { notePhase } from './proxies.ts';
import { summary } from './summary.ts';

/** One run of a cohort workflow: where it is, and the words it was told. */
export interface CohortRun {
  input: CohortInput;
  ref: CohortRef;
  /** Where it is on its way, by the rules of `domain/cohort.ts`. */
  state: CohortState;
  /** Raised by each retry; part of the key of whatever a retry must really do again. */
  attempt: number;
  inbox: Advance[];
}

export function openCohort(input: CohortInput): CohortRun {
  const run: CohortRun = {
    input,
    ref: { name: input.name, cohort: input.cohort, authority: input.goAhead },
    state: newCohort(),
    attempt: 1,
    inbox: [],
  };
  setHandler(advanceSignal, (word: unknown) => void (isAdvance(word) && run.inbox.push(word)));
  setHandler(stateQuery, () => ({ cohort: input.cohort, state: run.state, attempt: run.attempt }));
  return run;
}

/** Why a cohort stands aside, so that Temporal's own list finds it. */
const HOLD = defineSearchAttributeKey('GoliveHold', 'KEYWORD_LIST');

type Word<K extends Advance['to']> = Extract<Advance, { to: K }>;

function heard<K extends Advance['to']>(run: CohortRun, to: K): Word<K> | undefined {
  return run.inbox.find((word): word is Word<K> => word.to === to);
}

/** Waits for a word. Undefined: the deployment ended first, and this cohort stays where it is. */
export async function told<K extends Advance['to']>(run: CohortRun, to: K): Promise<Word<K> | undefined> {
  await condition(() => heard(run, to) !== undefined || heard(run, 'handover') !== undefined);
  return heard(run, to);
}

export const happened = (run: CohortRun, event: CohortEvent): void => {
  run.state = transition(run.state, event);
};

/**
 * Does one step of all its parts at once. When a part cannot be done the cohort is isolated (or parked, when nobody knows
 * what took place) until a retry, which does the step again: parts already done answer from their keys.
 */
export async function atStep(run: CohortRun, start: () => Promise<StepResult>[], passed?: CohortEvent): Promise<boolean> {
  for (;;) {
    const problem = (await Promise.all(start().map(settled))).find((result) => result.code !== undefined);
    if (problem?.code === undefined) {
      if (passed) happened(run, passed);
      return true;
    }
    if (!(await setAside(run, problem.code, problem.detail ?? ''))) return false;
  }
}

async function settled(step: Promise<StepResult>): Promise<StepResult> {
  try {
    return await step;
  } catch (error) {
    const code = failureCode(error);
    if (code === undefined) throw error;
    return { done: 0, code };
  }
}

async function setAside(run: CohortRun, code: FailureCode, reason: string): Promise<boolean> {
  const unknown = code === 'side_effect_unknown';
  happened(run, { type: unknown ? 'outcome-unknown' : 'failed', code, reason });
  const kind = unknown ? 'parked' : 'isolated';
  await noted(run, kind, code, reason);
  upsertSearchAttributes([{ key: HOLD, value: [code] }]);
  await report(run, { kind, code });
  const retry = await told(run, 'retry');
  if (retry === undefined) return false;
  run.inbox = run.inbox.filter((word) => word !== retry);
  upsertSearchAttributes([{ key: HOLD, value: null }]);
  happened(run, { type: 'retried' });
  run.attempt++;
  // What was fenced meanwhile may go on only under the newer order.
  run.ref = { ...run.ref, authority: { ...run.ref.authority, renewed: retry.index } };
  return true;
}

export async function noted(run: CohortRun, phase: NotedPhase, code?: FailureCode, detail?: string): Promise<void> {
  const { name, cohort } = run.ref;
  try {
    await notePhase.executeWithOptions(summary(`${phase}${code ? `: ${code}` : ''}`), [
      {
        name,
        cohort,
        phase,
        attempt: run.attempt,
        ...(code === undefined ? {} : { code }),
        ...(detail === undefined ? {} : { detail }),
      },
    ]);
  } catch (error) {
    if (failureCode(error) === undefined) throw error;
    log.warn('the phase could not be written down', { phase, error: String(error) });
  }
}

type Told = { kind: 'ready' | 'shadow' | 'done' } | { kind: 'isolated' | 'parked'; code: FailureCode };

/** Tells the deployment by its id, never its run. That it is gone is a fact, and no failure of this cohort. */
export async function report(run: CohortRun, what: Told): Promise<void> {
  const message: CohortReport = { from: 'cohort', cohort: run.input.cohort, ...what };
  try {
    await getExternalWorkflowHandle(deploymentWorkflowId(run.input.name)).signal(reportSignal, message);
  } catch (error) {
    log.warn('the deployment could not be told', { what: what.kind, error: String(error) });
  }
}
