import { getExternalWorkflowHandle, log, sleep } from '@temporalio/workflow';
import type { WaveRef, WaveStepResult } from '../activities/contract.ts';
import { deploymentWorkflowId } from '../domain/ids.ts';
import { failureCode } from './failures.ts';
import { reportSignal } from './messages/deployment.ts';
import type { WaveInput } from './messages/wave.ts';
import { closeWave, evaluate, openWave, raise } from './proxies.ts';
import { summary } from './summary.ts';

const AGAIN_AFTER = '1 minute';

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
    if (cohorts.length === 0) break;
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
  await closed({ ...ref, cohorts, left });
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

/** The deployment waits for this wave to be closed, so a refusal is not its end: causes outside mend, and it is tried again. */
async function closed(ref: WaveRef & { left: string[] }): Promise<void> {
  for (;;) {
    try {
      return await closeWave.executeWithOptions(summary(`${ref.cohorts.length} live, ${ref.left.length} left the wave`), [ref]);
    } catch (error) {
      const code = failureCode(error);
      if (code === undefined) throw error;
      log.warn('the wave could not be closed', { wave: ref.wave, code });
      await sleep(AGAIN_AFTER, summary(`closing the wave again (${code})`));
    }
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
