import { kept } from './kept.ts';
import type { ChannelInput } from './messages/channel.ts';
import { keepChannel, watchPeople } from './proxies.ts';
import { summary } from './summary.ts';

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
