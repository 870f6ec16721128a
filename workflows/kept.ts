import { log, sleep } from '@temporalio/workflow';
import { failureCode } from './failures.ts';
import { summary } from './summary.ts';

const AGAIN_AFTER = '1 minute';

/**
 * Work that goes on by itself beside the deployment and knows from the log how far it is. A refusal is mended outside (a
 * token, a fence that is lifted); until then it is tried again, and nothing waits for it.
 */
export async function kept(what: string, work: () => Promise<unknown>): Promise<void> {
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
