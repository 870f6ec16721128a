import type { Mode } from '../domain/mode.ts';
import type { NewEntry } from '../domain/entry.ts';
import { sideEffectKey } from '../domain/ids.ts';
import type { Grant } from './authority.ts';
import type { CohortRef, StepResult } from './contract.ts';
import type { Deployment } from './deployment.ts';
import { firstIndex, record } from './entries.ts';
import { finalRefusal, roundOf } from './side-effect.ts';

type CohortResult = StepResult & { mode?: Mode };

/** One write for a whole cohort: intent, call, outcome, and what follows from its success. */
export async function cohortWrite(
  d: Deployment,
  ref: CohortRef,
  operation: 'run' | 'example',
  authority: number,
  generation: number,
  after: NewEntry[],
  call: (key: string) => Promise<CohortResult>,
): Promise<StepResult> {
  const key = sideEffectKey(d.name, ref.cohort, '*', operation, generation);
  const about = { cohort: ref.cohort };
  const subject = `${ref.cohort}/${operation}/${generation}${roundOf(ref)}`;
  const intent = firstIndex(
    await record(
      d.tenant.recorder,
      [d.entry('intent', `${subject}/intent`, { operation, key, agents: [], authority }, about)],
      d.signal,
    ),
  );
  let result: CohortResult;
  try {
    result = await call(key);
  } catch (error) {
    const refusal = finalRefusal(error);
    if (refusal === undefined) throw error;
    result = { done: 0, ...refusal };
  }
  const { mode, ...step } = result;
  const outcome = d.entry(
    'outcome',
    `${subject}/outcome`,
    {
      operation,
      key,
      intent,
      result: step.code === undefined ? 'applied' : 'not-applied',
      ...(step.code === undefined ? {} : { code: step.code }),
      ...(step.detail === undefined ? {} : { detail: step.detail }),
      ...(mode === undefined ? {} : { mode, livePercent: 0 }),
    },
    about,
  );
  await record(d.tenant.recorder, step.code === undefined ? [outcome, ...after] : [outcome], d.signal);
  return step;
}

/** Provisioned agents begin to run, in shadow. Done for all cohorts at once when the window opens, and again by each for itself: one key, one effect. */
export const enterShadow = (d: Deployment, ref: CohortRef, grant: Grant, ifMatch: string): Promise<StepResult> =>
  cohortWrite(d, ref, 'run', grant.index, 1, [], async (key) => {
    const after = await d.tenant.platform.setMode(
      { deployment: ref.name.deployment, cohort: ref.cohort, ifMatch },
      { key, mode: 'shadow', livePercent: 0, run: true, generation: grant.fenceGeneration },
      d.signal,
    );
    return { done: after.byLifecycle.running ?? 0, mode: after.mode };
  });
