import { condition, log } from '@temporalio/workflow';
import type { Down } from '../activities/contract/stop.ts';
import type { StopInput } from './messages/stop.ts';
import { attestExit, bringDown, bringDownRest, landStop, noteOverdue, recordFlips, recordStop } from './stop-proxies.ts';
import { summary } from './summary.ts';

/** How long until a person has to see to it: the stopping table's limit from the order to the last flip. */
const LIMIT = '60 s';

/** What is not down yet, for whoever is told of it. */
interface Progress {
  left: string[];
  over: boolean;
}

/**
 * One stopping order, from its signature to the last flip; the only workflow that lowers. It needs no deployment, no other
 * worker, no S3 and no log. What is written of it, and what comes after it, goes on beside it and holds nothing up.
 */
export async function stop(input: StopInput): Promise<{ outcome: string }> {
  const progress: Progress = { left: ['everything that it names'], over: false };
  const [outcome] = await Promise.all([carryOut(input, progress), overdue(input, progress)]);
  return { outcome };
}

async function carryOut(input: StopInput, progress: Progress): Promise<string> {
  const verdict = await bringDown.executeWithOptions(summary('verify, raise the fence, flip'), [input]);
  if (verdict.outcome === 'refused') {
    progress.over = true;
    await recordStop.executeWithOptions(summary(`refused: ${verdict.code}`), [{ ...input, verdict }]);
    return `refused: ${verdict.code}`;
  }
  progress.left = verdict.left.map(({ subject }) => subject);
  progress.over = progress.left.length === 0;
  const recorded = recordStop.executeWithOptions(summary('order, ceiling and flips to the log'), [{ ...input, verdict }]);
  await Promise.all([recorded, stragglers(input, verdict, progress, recorded)]);
  await afterwards(input, verdict);
  return 'down';
}

async function stragglers(input: StopInput, down: Down, progress: Progress, recorded: Promise<void>): Promise<void> {
  if (down.left.length === 0) return;
  const rest = await bringDownRest.executeWithOptions(summary(`${down.left.length} that did not answer, again`), [
    { ...input, down },
  ]);
  progress.over = true;
  // The log has them in the order in which they came.
  await recorded;
  await recordFlips.executeWithOptions(summary('the last flips to the log'), [{ ...input, down, rest }]);
}

/** What is not down within the limit is a task with a name, until it is down. */
async function overdue(input: StopInput, progress: Progress): Promise<void> {
  const over = () => progress.over;
  if (await condition(over, LIMIT, summary('the limit for the last flip'))) return;
  await noteOverdue.executeWithOptions(summary('a person must see to the rest'), [
    { ...input, left: progress.left, over: false },
  ]);
  await condition(over);
  await noteOverdue.executeWithOptions(summary('all is down: nobody needs to'), [{ ...input, left: [], over: true }]);
}

/** Has it landed, what cannot be vouched for, what is left of who was ended. Nothing of it makes the stop less of a stop. */
async function afterwards({ name }: StopInput, { id: order, kind }: Down): Promise<void> {
  const about = { name, stop: order };
  const attested = kind === 'terminate' ? [attestExit.executeWithOptions(summary('exit attestations'), [about])] : [];
  for (const done of await Promise.allSettled([landStop.executeWithOptions(summary('has it landed?'), [about]), ...attested]))
    if (done.status === 'rejected') log.warn('not done after the stop', { error: String(done.reason) });
}
