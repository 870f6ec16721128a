import { upsertSearchAttributes } from '@temporalio/workflow';
import { defineSearchAttributeKey } from '@temporalio/common';
import { atStep, noted, openCohort, report, told, type CohortRun } from './cohort-run.ts';
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
  await noted(run, 'handed-over');
  await report(run, { kind: 'done' });
}

const chunks = (run: CohortRun): ('sample' | number)[] => ['sample', ...rest(run)];
const rest = (run: CohortRun): number[] => Array.from({ length: run.input.chunks }, (_, i) => i);

async function provision(run: CohortRun): Promise<boolean> {
  const { snapshotId } = run.input;
  upsertSearchAttributes([{ key: MODE, value: 'shadow' }]);
  return (
    (await atStep(run, 'creating', () =>
      chunks(run).map((chunk) => createChunk.executeWithOptions(summary(`create chunk ${chunk}`), [{ ...run.ref, chunk }])),
    )) &&
    (await atStep(run, 'binding', () => [
      bindCohort.executeWithOptions(summary('bind every agent to its manager'), [{ ...run.ref, snapshotId }]),
    ]))
  );
}

/** One percent, at least one agent, is credentialled and tried first: a cohort that cannot work is found before the rest is minted. */
async function sample(run: CohortRun): Promise<boolean> {
  const chunk = 'sample';
  return (
    (await atStep(run, 'sampling', () => [
      mintChunk.executeWithOptions(summary('mint the smoke sample'), [{ ...run.ref, chunk }]),
    ])) &&
    (await atStep(run, 'sampling', () => [
      smokeChunk.executeWithOptions(summary('no-op of the smoke sample'), [{ ...run.ref, chunk, attempt: run.attempt }]),
    ]))
  );
}

async function credentials(run: CohortRun): Promise<boolean> {
  const passed =
    (await atStep(run, 'minting', () =>
      rest(run).map((chunk) => mintChunk.executeWithOptions(summary(`mint chunk ${chunk}`), [{ ...run.ref, chunk }])),
    )) &&
    (await atStep(run, 'minting', () =>
      rest(run).map((chunk) =>
        smokeChunk.executeWithOptions(summary(`no-op of chunk ${chunk}`), [{ ...run.ref, chunk, attempt: run.attempt }]),
      ),
    )) &&
    (await atStep(run, 'ready', () => [confirmReady.executeWithOptions(summary('count what the platform has'), [run.ref])]));
  if (passed) await report(run, { kind: 'ready' });
  return passed;
}

async function shadow(run: CohortRun): Promise<boolean> {
  const word = await told(run, 'shadow');
  if (word === undefined) return false;
  run.ref = { ...run.ref, authority: word.authority };
  const passed =
    (await atStep(run, 'shadow', () => [runShadow.executeWithOptions(summary('running in shadow'), [run.ref])])) &&
    (await atStep(run, 'shadow', () => [
      runExample.executeWithOptions(summary('the example request against its schema'), [{ ...run.ref, attempt: run.attempt }]),
    ]));
  if (passed) await report(run, { kind: 'shadow' });
  return passed;
}

/** Raising is the wave's; the cohort hears of it. */
async function live(run: CohortRun): Promise<boolean> {
  if ((await told(run, 'signed-off')) === undefined) return false;
  await noted(run, 'signed-off');
  if ((await told(run, 'live')) === undefined) return false;
  run.phase = 'live';
  upsertSearchAttributes([{ key: MODE, value: 'live' }]);
  return (await told(run, 'handover')) !== undefined;
}
