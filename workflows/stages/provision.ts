import { condition } from '@temporalio/workflow';
import type { Authority } from '../../activities/contract.ts';
import { startCohorts } from '../children.ts';
import { tag, untilPlan, type DeploymentRun } from '../deployment-run.ts';
import { gate } from '../gate.ts';
import { insist } from '../insist.ts';
import { preflight, registerCohorts, takeSnapshot, verifySet } from '../proxies.ts';
import { settleRows } from '../settle.ts';
import { summary } from '../summary.ts';

/** T+0 to T+24: every agent exists in shadow, is bound to its manager, holds a credential and got ALLOW. */
export async function provision(run: DeploymentRun): Promise<void> {
  const { name } = run.input;
  const { state } = run;
  const settled = settleRows(run, 'provision');

  await condition(() => state.goAhead !== null);
  const authority: Authority = { grant: state.goAhead ?? -1 };
  if (!state.verified) await verified(run);
  const register = () =>
    registerCohorts.executeWithOptions(summary(`${state.cohorts.length} cohorts registered`), [{ name, authority }]);
  state.cohortSetId ??= (await insist(run, 'register the cohorts', register)).cohortSetId;

  state.failedPreflight ??= await passPreflight(run, authority, state.cohortSetId);
  const snapshot = () =>
    takeSnapshot.executeWithOptions(summary('HRIS: one snapshot, every manager resolves'), [{ name, authority }]);
  state.snapshotId ??= (await insist(run, 'the HRIS snapshot', snapshot)).snapshotId;
  const failed = new Set(state.failedPreflight);
  await startCohorts(
    run,
    state.cohorts.filter((c) => !failed.has(c.id) && state.standing[c.id] === 'new'),
    authority,
  );

  await settled;
  await gate(run, 'gate-1');
  await untilPlan(run, 24, 'window 2 opens at T+24:00');
  state.stage = 'validate';
}

/** The set against its signature and approvals. One failure stops the clock, until the Atlas Operator has mended it and the lead retries. */
async function verified(run: DeploymentRun): Promise<void> {
  const verify = () =>
    verifySet.executeWithOptions(summary('the set against its signature and approvals'), [{ name: run.input.name }]);
  for (;;) {
    const seen = run.clockChanges;
    const { retries } = run.state;
    const { ok, clock } = await insist(run, 'verify the set', verify);
    // An order about the clock that came meanwhile is the later word.
    if (run.clockChanges === seen) {
      run.state.clock = clock;
      run.clockChanges++;
    }
    run.state.verified = ok;
    if (ok) return;
    await blocked(run, retries);
  }
}

/** Above the limit nothing has been created and nothing will be, until the causes are mended and the lead orders a retry. */
async function passPreflight(run: DeploymentRun, authority: Authority, cohortSetId: string): Promise<string[]> {
  const { name } = run.input;
  for (let attempt = 1; ; attempt++) {
    const { retries } = run.state;
    const check = () =>
      preflight.executeWithOptions(summary('preflight of every manifest, nothing created yet'), [
        { name, authority, cohortSetId, attempt },
      ]);
    const { halted, isolated } = await insist(run, 'preflight', check);
    if (!halted) return isolated.map((i) => i.cohort);
    await blocked(run, retries);
  }
}

/** `seen`: retries before the work began. Whoever reads in the log that it failed may order one before we hear of it. */
async function blocked(run: DeploymentRun, seen: number): Promise<void> {
  tag(run, 'blocked');
  await condition(() => run.state.retries > seen);
  tag(run, 'on-track');
}
