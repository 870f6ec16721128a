import { condition, continueAsNew, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';

/** What a stop is compared with: every cohort has a workflow, which is told by signal, and flips. */
export interface FlipActivity {
  flip(input: { deployment: string; cohort: string; round: string }): Promise<void>;
}
const { flip } = proxyActivities<FlipActivity>({ startToCloseTimeout: '1 minute' });

/** A cohort's own history does not grow for ever either. */
const ROUNDS = 100;

export async function signalledCohort(input: { deployment: string; cohort: string }): Promise<void> {
  const rounds: string[] = [];
  setHandler(defineSignal<[string]>('stop'), (round) => void rounds.push(round));
  for (let i = 0; i < ROUNDS; i++) {
    await condition(() => rounds.length > 0);
    await flip({ ...input, round: rounds.shift() ?? '' });
  }
  await continueAsNew<typeof signalledCohort>(input);
}
