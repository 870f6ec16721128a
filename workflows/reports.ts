import { advance, inBatches } from './children.ts';
import type { DeploymentRun } from './deployment-run.ts';
import type { CohortStanding } from './deployment-state.ts';
import { lateEvidence } from './late-evidence.ts';
import type { CohortReport } from './messages/deployment.ts';

/** What a cohort or wave told first. A report moves the conversation on; that a row is met is read from the facts. */
export async function actOnNextReport(run: DeploymentRun): Promise<void> {
  const report = run.reports.shift();
  if (report?.from === 'wave') await waveClosed(run, report);
  else if (report) await cohortMoved(run, report);
}

/** The furthest counts: what is told late by a worker that was away, or again by a cohort that was reset, takes nobody out of his wave. */
const WAY: readonly CohortStanding[] = ['new', 'provisioning', 'ready', 'shadow', 'signed-off', 'live', 'done'];

async function cohortMoved(run: DeploymentRun, report: Extract<CohortReport, { from: 'cohort' }>): Promise<void> {
  const { state } = run;
  const standing = state.standing[report.cohort] ?? 'new';
  if (WAY.includes(report.kind) && WAY.indexOf(report.kind) < WAY.indexOf(standing)) return;
  state.standing[report.cohort] = report.kind;
  // A cohort that comes late, after a retry, is sent after the others.
  const gate1 = state.gates['gate-1'];
  if (report.kind === 'ready' && gate1 !== undefined && state.stage !== 'provision') {
    await advance(run, report.cohort, { to: 'shadow', authority: { grant: gate1 } });
  }
  if (report.kind === 'shadow') await lateEvidence(run, `${report.cohort} came late`);
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
