import { condition } from '@temporalio/workflow';
import { startChannel } from '../children.ts';
import { failureCode } from '../failures.ts';
import { tag, type DeploymentRun } from '../deployment-run.ts';
import { openDeployment } from '../proxies.ts';
import { settleRows } from '../settle.ts';
import { summary } from '../summary.ts';

const AGAIN_AFTER = '1 minute';

/** Until T-0: the set is read and verified; approvals, availability and `clock start` come as orders. */
export async function countdown(run: DeploymentRun): Promise<void> {
  const { name, speed, startedBy } = run.input;
  const { cohorts, ramp } = await opened(run, { name, speed, startedBy });
  run.state.cohorts = cohorts;
  run.state.ramp = ramp;
  for (const c of cohorts) run.state.standing[c.id] = 'new';
  await startChannel(run);

  const settled = settleRows(run, 'countdown');
  // The order `clock start` is refused while a row is missing, so a started clock means a finished countdown.
  await condition(() => run.state.clock.startedAtMs !== null);
  await settled;
  run.state.stage = 'provision';
}

/** A set that is not what was signed stops here, for a person; `golive retry` looks again. */
async function opened(run: DeploymentRun, input: { name: DeploymentRun['input']['name']; speed: number; startedBy: string }) {
  for (;;) {
    const seen = run.state.retries;
    try {
      return await openDeployment.executeWithOptions(summary('the manifest set: pull, verify, plan'), [input]);
    } catch (error) {
      const code = failureCode(error);
      if (code === undefined) throw error;
      tag(run, 'blocked');
      const ordered = () => run.state.retries > seen;
      // Under a shutdown nothing is written, so nobody can order a retry either: it is looked at again.
      if (code === 'stopped') await condition(ordered, AGAIN_AFTER, summary('the customer is shut down: looked at again'));
      else await condition(ordered);
      tag(run, 'on-track');
    }
  }
}
