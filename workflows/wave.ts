import { getExternalWorkflowHandle, log } from '@temporalio/workflow';
import type { WaveRef, WaveStepResult } from '../activities/contract.ts';
import { deploymentWorkflowId } from '../domain/ids.ts';
import { failureCode } from './failures.ts';
import { reportSignal } from './messages/deployment.ts';
import type { WaveInput } from './messages/wave.ts';
import { closeWave, evaluate, openWave, raise } from './proxies.ts';
import { summary } from './summary.ts';

/**
 * One ramp: the only workflow that raises above shadow. At each exposure step the cohorts are raised, then watched for the
 * step's time and samples; a cohort that fails or lacks samples leaves, and gets a wave of its own later.
 */
export async function wave(input: WaveInput): Promise<void> {
  const { ramp, holdHours, speed, ...ref } = input;
  let cohorts = input.cohorts;
  const left: string[] = [];
  const keep = (step: WaveStepResult) => {
    cohorts = step.in;
    left.push(...step.left.map((l) => l.cohort));
  };

  const opened = async (): Promise<WaveStepResult> => {
    await openWave.executeWithOptions(summary(`${cohorts.length} cohorts, steps ${ramp.join(', ')} %`), [{ ...ref, ramp }]);
    return { in: cohorts, left: [] };
  };
  keep(await step(ref, cohorts, opened));
  if (cohorts.length === 0) return report(input, cohorts, left);
  for (const percent of ramp) {
    keep(
      await step(ref, cohorts, () =>
        raise.executeWithOptions(summary(`raise to live ${percent} %`), [{ ...ref, cohorts, percent }]),
      ),
    );
    if (cohorts.length === 0) break;
    // Full exposure is held for the wave's time; the steps before it share what the window leaves.
    const hours = percent === 100 ? holdHours : 2 / ramp.length;
    keep(
      await step(ref, cohorts, () =>
        evaluate.executeWithOptions(summary(`watch live ${percent} % for ${hours} h`), [
          { ...ref, cohorts, percent, holdHours: hours, speed },
        ]),
      ),
    );
  }
  await closeWave.executeWithOptions(summary(`${cohorts.length} live, ${left.length} left the wave`), [
    { ...ref, cohorts, left },
  ]);
  await report(input, cohorts, left);
}

/** A step refused as a whole (no authority, fenced) leaves nobody in the wave; the activity has recorded why. */
async function step(ref: WaveRef, cohorts: string[], run: () => Promise<WaveStepResult>): Promise<WaveStepResult> {
  try {
    return await run();
  } catch (error) {
    const code = failureCode(error);
    if (code === undefined) throw error;
    log.warn('the wave could not go on', { wave: ref.wave, code });
    return { in: [], left: cohorts.map((cohort) => ({ cohort, code })) };
  }
}

async function report(input: WaveInput, live: string[], left: string[]): Promise<void> {
  try {
    await getExternalWorkflowHandle(deploymentWorkflowId(input.name)).signal(reportSignal, {
      from: 'wave',
      wave: input.wave,
      live,
      left,
    });
  } catch (error) {
    log.warn('the deployment could not be told', { wave: input.wave, error: String(error) });
  }
}
