import { upsertSearchAttributes } from '@temporalio/workflow';
import { defineSearchAttributeKey } from '@temporalio/common';
import { atStep, happened, noted, openCohort, report, told, type CohortRun } from './cohort-run.ts';
import { bindCohort, confirmReady, createChunk, mintChunk, runExample, runShadow, smokeChunk } from './proxies.ts';
import type { CohortInput } from './messages/cohort.ts';
import { summary } from './summary.ts';

const MODE = defineSearchAttributeKey('GoliveMode', 'KEYWORD');

/**
 * One cohort's way from the manifest to live: created, bound, credentialled, smoke ALLOW, shadow, signed off, live, handed over.
 * It waits to be told and never polls. A step that cannot be done isolates this cohort alone, until a person orders a retry.
 */
export async function cohort(input: CohortInput): Promise<void> {
  const run = openCohort(input);
  const way = [provision, sample, credentials, shadow, live];
  for (const stretch of way) {
    if (!(await stretch(run))) return report(run, { kind: 'done' });
  }
  happened(run, { type: 'handed-over' });
  await noted(run, 'handed-over');
  await report(run, { kind: 'done' });
}

const chunks = (run: CohortRun): ('sample' | number)[] => ['sample', ...rest(run)];
const rest = (run: CohortRun): number[] => Array.from({ length: run.input.chunks }, (_, i) => i);

async function provision(run: CohortRun): Promise<boolean> {
  const { snapshotId } = run.input;
  upsertSearchAttributes([{ key: MODE, value: 'shadow' }]);
  happened(run, { type: 'preflight-passed' });
  const create = () =>
    chunks(run).map((chunk) => createChunk.executeWithOptions(summary(`create chunk ${chunk}`), [{ ...run.ref, chunk }]));
  const bind = () => [bindCohort.executeWithOptions(summary('bind every agent to its manager'), [{ ...run.ref, snapshotId }])];
  return (await atStep(run, create, { type: 'created' })) && (await atStep(run, bind, { type: 'bound' }));
}

/** One percent, at least one agent, is credentialled and tried first: a cohort that cannot work is found before the rest is minted. */
async function sample(run: CohortRun): Promise<boolean> {
  const part = { chunk: 'sample' } as const;
  const mint = () => [mintChunk.executeWithOptions(summary('mint the smoke sample'), [{ ...run.ref, ...part }])];
  const smoke = () => [
    smokeChunk.executeWithOptions(summary('no-op of the smoke sample'), [{ ...run.ref, ...part, attempt: run.attempt }]),
  ];
  return (await atStep(run, mint)) && (await atStep(run, smoke, { type: 'sample-passed' }));
}

async function credentials(run: CohortRun): Promise<boolean> {
  const mint = () =>
    rest(run).map((chunk) => mintChunk.executeWithOptions(summary(`mint chunk ${chunk}`), [{ ...run.ref, chunk }]));
  const smoke = () =>
    rest(run).map((chunk) =>
      smokeChunk.executeWithOptions(summary(`no-op of chunk ${chunk}`), [{ ...run.ref, chunk, attempt: run.attempt }]),
    );
  const confirm = () => [confirmReady.executeWithOptions(summary('count what the platform has'), [run.ref])];
  if (!((await atStep(run, mint)) && (await atStep(run, smoke)) && (await atStep(run, confirm, { type: 'credentialled' }))))
    return false;
  await report(run, { kind: 'ready' });
  return true;
}

async function shadow(run: CohortRun): Promise<boolean> {
  const word = await told(run, 'shadow');
  if (word === undefined) return false;
  run.ref = { ...run.ref, authority: word.authority };
  const start = () => [runShadow.executeWithOptions(summary('running in shadow'), [run.ref])];
  const example = () => [
    runExample.executeWithOptions(summary('the example request against its schema'), [{ ...run.ref, attempt: run.attempt }]),
  ];
  if (!((await atStep(run, start)) && (await atStep(run, example, { type: 'shadow-started' })))) return false;
  await report(run, { kind: 'shadow' });
  return true;
}

/** Raising is the wave's; the cohort hears of it. */
async function live(run: CohortRun): Promise<boolean> {
  if ((await told(run, 'signed-off')) === undefined) return false;
  happened(run, { type: 'signed' });
  if ((await told(run, 'live')) === undefined) return false;
  for (const event of [{ type: 'promoted' }, { type: 'exposed', livePercent: 100 }, { type: 'stable' }] as const)
    happened(run, event);
  upsertSearchAttributes([{ key: MODE, value: 'live' }]);
  return (await told(run, 'handover')) !== undefined;
}
