import { kept } from './kept.ts';
import type { WatchInput } from './messages/watch.ts';
import { watchDeployment } from './proxies.ts';
import { summary } from './summary.ts';

/**
 * The stopping table, from T+24 to T+96: one watcher that reads platform and log and nothing of this workflow, so it begins
 * anew wherever it was. It goes on while people are waited for, after the deployment has ended, and after T+96 for as long as
 * what it stopped needs it to go on.
 */
export async function watch({ name }: WatchInput): Promise<void> {
  await kept('the watch over the stopping table', () =>
    watchDeployment.executeWithOptions(summary('the stopping table, row by row, until T+96'), [{ name }]),
  );
}
