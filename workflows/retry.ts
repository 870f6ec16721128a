import { advance, startCohorts } from './children.ts';
import type { Applied, DeploymentRun } from './deployment-run.ts';
import { insist } from './insist.ts';
import { preflight } from './proxies.ts';
import { summary } from './summary.ts';

/** `golive retry --cohort`: a cohort without a workflow of its own failed its preflight; any other is told to try again. */
export async function retryCohorts(run: DeploymentRun, order: Applied): Promise<void> {
  const { state } = run;
  const asked = state.cohorts.filter((c) => order.scope.names.includes(c.id));
  const unborn = asked.filter((c) => state.standing[c.id] === 'new' || state.standing[c.id] === undefined);
  for (const c of asked.filter((c) => !unborn.includes(c))) await advance(run, c.id, { to: 'retry', index: order.index });

  if (unborn.length === 0 || state.cohortSetId === null || state.snapshotId === null || state.goAhead === null) return;
  const authority = { grant: state.goAhead, renewed: order.index };
  const { cohortSetId } = state;
  const check = () =>
    preflight.executeWithOptions(summary(`preflight again: ${unborn.map((c) => c.id).join(', ')}`), [
      { name: run.input.name, authority, cohortSetId, only: unborn.map((c) => c.id), attempt: order.index },
    ]);
  const { isolated } = await insist(run, 'preflight', check);
  const failed = new Set(isolated.map((i) => i.cohort));
  await startCohorts(
    run,
    unborn.filter((c) => !failed.has(c.id)),
    authority,
  );
}
