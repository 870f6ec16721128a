import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refused } from '../../activities/boundary.ts';
import { watchWorkflowId } from '../../domain/ids.ts';
import { startDeployment, type Run } from './cast/deployment.ts';
import { startWorkers, type OwnNamespace } from './cast/server.ts';

describe('the watch over the stopping table', () => {
  let server: OwnNamespace;
  const handleOf = ({ cast }: Run) => server.client.workflow.getHandle(watchWorkflowId(cast.name));
  beforeAll(async () => {
    server = await startWorkers();
  });
  afterAll(() => server.close());

  it('begins with window 2, once, and goes on when the deployment has ended', async () => {
    let over = (): void => undefined;
    const watched = new Promise<void>((resolve) => (over = resolve));
    const run = await startDeployment(server, { plays: { watchDeployment: () => watched } });
    await run.allOrders();
    await run.handle.result();
    expect((await handleOf(run).describe()).status.name).toBe('RUNNING');
    expect(run.cast.callsOf('watchDeployment')).toEqual([{ name: run.cast.name }]);
    over();
    await handleOf(run).result();
  });

  it('that always fails holds nothing up', async () => {
    const never = () => Promise.reject(refused('platform_refused', 'as the test wants it'));
    const run = await startDeployment(server, { plays: { watchDeployment: never } });
    await run.allOrders();
    await run.handle.result();
    expect((await run.state()).stage).toBe('closed');
    await handleOf(run).terminate();
  });
});
