import { continueAsNew, log, proxyActivities, startChild, workflowInfo } from '@temporalio/workflow';

const { echo } = proxyActivities<{ echo(text: string): Promise<string> }>({ startToCloseTimeout: '10 s' });

/** Runs three times, each time with five activities at once, and leaves a child behind at the first. */
export async function chain(round: number): Promise<string> {
  await Promise.all(Array.from({ length: 5 }, () => echo('x'.repeat(round * 100))));
  if (round === 1) {
    const { workflowId } = workflowInfo();
    await startChild(link, { workflowId: `${workflowId}/link`, parentClosePolicy: 'ABANDON' });
  }
  log.debug('round', { round });
  if (round < 3) await continueAsNew<typeof chain>(round + 1);
  return 'done';
}

export async function link(): Promise<string> {
  return echo('child');
}
