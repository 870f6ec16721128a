import type { DeploymentRun } from './deployment-run.ts';
import { insist } from './insist.ts';
import { compileEvidence } from './proxies.ts';
import { summary } from './summary.ts';

/** Evidence for who was not there, or was held, when it was put together after the review; before that there is nothing to add. */
export async function lateEvidence(run: DeploymentRun, why: string): Promise<void> {
  const { state, input } = run;
  if (state.stage !== 'golive' && !state.confirmed.includes('W2.08')) return;
  const compile = () => compileEvidence.executeWithOptions(summary(`${why}: evidence for the sign-off`), [{ name: input.name }]);
  await insist(run, 'evidence for the sign-offs', compile);
}
