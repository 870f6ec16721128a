import { condition } from '@temporalio/workflow';
import { advance, inBatches, startQueueDrill, startWatch } from '../children.ts';
import { untilPlan, type DeploymentRun } from '../deployment-run.ts';
import { gate } from '../gate.ts';
import { insist } from '../insist.ts';
import { compileEvidence, startShadow } from '../proxies.ts';
import { settleRows } from '../settle.ts';
import { summary } from '../summary.ts';

/** Plan hour at which the managers' queues are tried: the SLA, a skip-level and the next level fit before T+42. */
const DRILL_AT = 30;
/** Plan hour at which the evidence for the executives is put together: before the review that is due at T+42. */
const EVIDENCE_AT = 38;

/** T+24 to T+48: every cohort runs in shadow, its baseline is pinned, and the executives sign group by group. */
export async function validate(run: DeploymentRun): Promise<void> {
  const { name } = run.input;
  const { state } = run;
  const gate1 = state.gates['gate-1'] ?? -1;
  const settled = settleRows(run, 'validate');

  const authority = { grant: gate1 };
  // Beside all else: the queues are there, however far the cohorts are.
  const drilling = untilPlan(run, DRILL_AT, "the managers' queues are tried").then(() => startQueueDrill(run, authority));

  // From here on somebody could do harm: whatever people do, the stopping table is watched.
  await startWatch(run);

  const ready = state.cohorts.filter((c) => state.standing[c.id] === 'ready');
  const all = ready.map((c) => c.id);
  const start = () =>
    startShadow.executeWithOptions(summary(`${all.length} cohorts to shadow`), [{ name, authority, cohorts: all }]);
  await insist(run, 'start shadow', start);
  await inBatches(ready, (c) => advance(run, c.id, { to: 'shadow', authority }));

  await untilPlan(run, EVIDENCE_AT, 'evidence for the sign-offs');
  // After a night of repairs shadow may begin later than this hour: evidence over nobody would be asked of nobody.
  await condition(() => ready.length === 0 || Object.values(state.standing).includes('shadow'));
  const compile = () => compileEvidence.executeWithOptions(summary('evidence per cohort group'), [{ name }]);
  await insist(run, 'evidence for the sign-offs', compile);
  // The review may refuse cohorts; what is signed must not contain them.
  await condition(() => state.confirmed.includes('W2.08'));
  await insist(run, 'evidence for the sign-offs', compile);

  await settled;
  const signed = await gate(run, 'gate-2');
  const untold = signed.filter((cohort) => state.standing[cohort] !== 'signed-off');
  await inBatches(untold, async (cohort) => {
    state.standing[cohort] = 'signed-off';
    await advance(run, cohort, { to: 'signed-off' });
  });
  await drilling;
  await untilPlan(run, 48, 'window 3 opens at T+48:00');
  state.stage = 'golive';
}
