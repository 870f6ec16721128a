import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { QUEUES } from '../../../domain/ids.ts';
import { quietTemporal } from '../servers/quiet.ts';
import { until } from './until.ts';

/** In the place of the control worker, with code that throws: the workflow hangs on its next task. Stop it to let go. */
export async function hangOnError(address: string, client: Client, workflowId: string): Promise<{ stop(): Promise<void> }> {
  quietTemporal();
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    taskQueue: QUEUES.control,
    workflowsPath: fileURLToPath(new URL('./stuck.workflow.ts', import.meta.url)),
  });
  const run = worker.run();
  await until(`${workflowId} hangs`, async () => {
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
    return events?.some((e) => e.workflowTaskFailedEventAttributes?.failure?.message === 'a bug');
  });
  return {
    async stop() {
      worker.shutdown();
      await run;
      await connection.close();
    },
  };
}
