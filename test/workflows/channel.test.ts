import { WorkflowNotFoundError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refused } from '../../activities/boundary.ts';
import { channelWorkflowId, QUEUES } from '../../domain/ids.ts';
import { until } from '../support/stack/until.ts';
import { startDeployment, type Run } from './cast/deployment.ts';
import { startWorkers, type OwnNamespace } from './cast/server.ts';

/** What people are told runs beside the deployment, and nothing that happens to it is felt there. */
describe('the channel', () => {
  let server: OwnNamespace;
  const handleOf = ({ cast }: Run) => server.client.workflow.getHandle(channelWorkflowId(cast.name));
  beforeAll(async () => {
    server = await startWorkers();
  });
  afterAll(() => server.close());

  it('is started once, when the deployment is open, and outlives every run of it', async () => {
    let allTold = (): void => undefined;
    const told = new Promise<void>((resolve) => (allTold = resolve));
    const run = await startDeployment(server, { plays: { keepChannel: () => told } });
    await run.allOrders();
    await run.handle.result();
    expect((await handleOf(run).describe()).status.name).toBe('RUNNING');
    expect(run.cast.callsOf('keepChannel')).toEqual([{ name: run.cast.name }]);
    expect(run.cast.callsOf('watchPeople')).toEqual([{ name: run.cast.name }]);
    allTold();
    await handleOf(run).result();
  });

  it('that always fails holds nothing up', async () => {
    const never = () => Promise.reject(refused('notify_refused', 'as the test wants it'));
    const run = await startDeployment(server, { plays: { keepChannel: never, watchPeople: never } });
    await run.allOrders();
    await run.handle.result();
    expect((await run.state()).stage).toBe('closed');
    await handleOf(run).terminate();
  });

  it('that already runs is adopted, and one that ended is not missed', async () => {
    const run = await startDeployment(server, {
      plays: { openDeployment: () => Promise.reject(refused('set_not_verified', '')) },
    });
    await expect(handleOf(run).describe()).rejects.toThrow(WorkflowNotFoundError);
    const { name } = run.cast;
    await server.client.workflow.start('channel', {
      workflowId: channelWorkflowId(name),
      taskQueue: QUEUES.control,
      args: [{ name }],
    });
    await handleOf(run).result();
    run.cast.plays = {};
    await run.order({ kind: 'retry' });
    await run.allOrders();
    await run.handle.result();
    expect(run.cast.callsOf('keepChannel')).toHaveLength(1);
    await until('nothing else was started', async () => (await handleOf(run).describe()).status.name === 'COMPLETED');
  });
});
