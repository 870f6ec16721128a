import { log, sleep } from '@temporalio/workflow';
import { failureCode } from './failures.ts';
import type { ChannelInput } from './messages/channel.ts';
import { keepChannel, watchPeople } from './proxies.ts';
import { summary } from './summary.ts';

const AGAIN_AFTER = '1 minute';

/**
 * What people are told, and what happens when nobody answers: two watchers beside the deployment, from its opening until all
 * is told after its end. They read the log and nothing of this workflow, so both begin anew wherever they were.
 */
export async function channel({ name }: ChannelInput): Promise<void> {
  await Promise.all([
    kept('the channel', () => keepChannel.executeWithOptions(summary('what people are told: made, sent, edited'), [{ name }])),
    kept('the watch', () => watchPeople.executeWithOptions(summary('who is waited for, and for how long'), [{ name }])),
  ]);
}

/** A refusal is mended outside (a token, a file); nothing waits for it here. */
async function kept(what: string, work: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const code = failureCode(error);
      if (code === undefined) throw error;
      log.warn(`${what} could not go on`, { code });
      await sleep(AGAIN_AFTER, summary(`${what} again (${code})`));
    }
  }
}
