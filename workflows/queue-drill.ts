import { log, sleep } from '@temporalio/workflow';
import type { DrillRef } from '../activities/contract.ts';
import { failureCode } from './failures.ts';
import { runDrill, watchQueues } from './proxies.ts';
import { summary } from './summary.ts';

const AGAIN_AFTER = '1 minute';

/**
 * The managers' queues: every one is tried before anything is live, and what lies too long is passed on, in the drill and
 * later in earnest. No timer and no activity per manager: whoever watches knows when the next question is due.
 */
export async function queueDrill(input: DrillRef): Promise<void> {
  await again('the drill', () =>
    runDrill.executeWithOptions(summary('every manager is asked, until each queue has a decision'), [input]),
  );
  await again('the queues', () =>
    watchQueues.executeWithOptions(summary('live queues: what lies too long goes one level up'), [input]),
  );
}

/** A refusal is mended outside (a fence that is lifted, a platform that answers): the work knows by itself how far it is. */
async function again(what: string, work: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      const code = failureCode(error);
      if (code === undefined) throw error;
      log.warn(`${what} could not go on`, { code });
      await sleep(AGAIN_AFTER, summary(`${what} again (${code})`));
    }
  }
}
