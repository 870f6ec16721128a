import { NativeConnection, Worker } from '@temporalio/worker';
import { httpPlatform } from '../../../clients/platform/http.ts';
import type { FlipActivity } from './signalled.workflow.ts';

/** A worker as ordinary cohorts have one: cached workflows, a process of its own. `address endpoint key` */
const [address = '', endpoint = '', key = ''] = process.argv.slice(2);
const platform = httpPlatform({ endpoint, key });
const connection = await NativeConnection.connect({ address });
const activities: FlipActivity = {
  async flip({ deployment, cohort, round }) {
    const flip = { key: `${round}/${cohort}`, mode: 'shadow' as const, livePercent: 0, generation: 0 };
    await platform.setMode({ deployment, cohort, ifMatch: '*' }, flip);
  },
};
const worker = await Worker.create({
  connection,
  taskQueue: 'bench-signalled',
  workflowsPath: new URL('./signalled.workflow.ts', import.meta.url).pathname,
  activities,
  maxCachedWorkflows: 400,
});
await worker.run();
await connection.close();
