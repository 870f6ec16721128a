import { sleep, upsertSearchAttributes } from '@temporalio/workflow';

export async function sleeper(): Promise<string> {
  upsertSearchAttributes({ GoliveMode: ['shadow'], GoliveHold: ['one', 'two'] });
  await sleep('72 hours');
  return 'awake';
}
