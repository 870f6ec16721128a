import type { DrillRef } from '../activities/contract.ts';
import { kept } from './kept.ts';
import { runDrill, watchQueues } from './proxies.ts';
import { summary } from './summary.ts';

/**
 * The managers' queues: every one is tried before anything is live, and what lies too long is passed on, in the drill and
 * later in earnest. No timer and no activity per manager: whoever watches knows when the next question is due.
 */
export async function queueDrill(input: DrillRef): Promise<void> {
  await kept('the drill', () =>
    runDrill.executeWithOptions(summary('every manager is asked, until each queue has a decision'), [input]),
  );
  await kept('the queues', () =>
    watchQueues.executeWithOptions(summary('live queues: what lies too long goes one level up'), [input]),
  );
}
