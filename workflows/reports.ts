import { condition } from '@temporalio/workflow';
import { insist } from './insist.ts';
import { compileEvidence } from './proxies.ts';
import { advance, inBatches } from './children.ts';
import type { DeploymentRun } from './deployment-run.ts';
import type { CohortReport } from './messages/deployment.ts';
import { summary } from './summary.ts';

/** What cohorts and waves tell, applied in order. A report moves the conversation on; that a row is met is read from the facts. */
export async function actOnReports(run: DeploymentRun): Promise<void> {
  for (;;) {
    await condition(() => run.reports.length > 0 || run.closing);
    const report = run.reports.shift();
    if (report === undefined) return;
    if (report.from === 'wave') await waveClosed(run, report);
    else await cohortMoved(run, report);
  }
}

async function cohortMoved(run: DeploymentRun, report: Extract<CohortReport, { from: 'cohort' }>): Promise<void> {
  const { state } = run;
  state.standing[report.cohort] = report.kind;
  // A cohort that comes late, after a retry, is sent after the others.
  const gate1 = state.gates['gate-1'];
  if (report.kind === 'ready' && gate1 !== undefined && state.stage !== 'provision') {
    await advance(run, report.cohort, { to: 'shadow', authority: { grant: gate1 } });
  }
  if (report.kind === 'shadow' && state.stage === 'golive') {
    const compile = () =>
      compileEvidence.executeWithOptions(summary(`${report.cohort} came late: evidence for its sign-off`), [
        { name: run.input.name },
      ]);
    await insist(run, 'evidence for the sign-offs', compile);
  }
}

async function waveClosed(run: DeploymentRun, report: Extract<CohortReport, { from: 'wave' }>): Promise<void> {
  const { state } = run;
  await inBatches(report.live, async (cohort) => {
    state.standing[cohort] = 'live';
    await advance(run, cohort, { to: 'live' });
    if (state.confirmed.includes('W3.13')) await advance(run, cohort, { to: 'handover' });
  });
  state.waves[report.wave] = 'closed';
}
