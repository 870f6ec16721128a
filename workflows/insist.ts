import { condition, log } from '@temporalio/workflow';
import { tag, type DeploymentRun } from './deployment-run.ts';
import { failureCode } from './failures.ts';
import { noteBlocked } from './proxies.ts';
import { summary } from './summary.ts';

/** Tried again by itself after this long: causes outside (S3, the platform) mend without anybody telling us. */
const AGAIN_AFTER = '1 minute';

/**
 * Work without which the deployment cannot go on. A refusal never fails the deployment: it is written down as a task with
 * a name, and tried again on `golive retry`, or after a while.
 */
export async function insist<T>(run: DeploymentRun, what: string, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    // Before the work: whoever reads in the log that it failed may order a retry before we hear of it.
    const seen = run.state.retries;
    try {
      const result = await work();
      if (attempt > 1) await note(run, what, null);
      return result;
    } catch (error) {
      const code = failureCode(error);
      if (code === undefined) throw error;
      if (attempt === 1) await note(run, what, code);
      await condition(() => run.state.retries > seen, AGAIN_AFTER, summary(`${what}: waits for a retry (${code})`));
    }
  }
}

async function note(run: DeploymentRun, what: string, code: ReturnType<typeof failureCode> | null): Promise<void> {
  tag(run, code === null ? 'on-track' : 'blocked');
  try {
    await noteBlocked.executeWithOptions(summary(code === null ? `${what} goes on` : `${what}: blocked, ${code ?? ''}`), [
      { name: run.input.name, what, code: code ?? null },
    ]);
  } catch (error) {
    if (failureCode(error) === undefined) throw error;
    log.warn('the block could not be written down', { what, error: String(error) });
  }
}
