import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { peopleActivities } from '../../activities/watch-people/watch-people.ts';
import type { Ports, Tenant } from '../../activities/ports.ts';
import { createHttpLogReader } from '../../clients/recorder/http-reader.ts';
import { createHttpRecorder } from '../../clients/recorder/http.ts';
import { parseDeploymentFile } from '../../clients/manifests/parse.ts';
import type { DeploymentView } from '../../domain/view.ts';
import { World } from '../scripts/cli/world.ts';
import { until } from '../support/stack/until.ts';
import { ADD_TOKEN, openedLog, READ_TOKEN, type OpenedLog } from '../workers/log/opened.ts';

const NAME = { customer: 'northwind', deployment: 'q1' };

/** The watcher as a worker runs it, on a log process with its real interface; the time is the test's. */
let log: OpenedLog;
let world: World;
let ports: Ports;
let view: () => Promise<DeploymentView>;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  log = await openedLog();
  world = new World();
  await world.upload();
  const recorder = createHttpRecorder({ url: log.url, token: ADD_TOKEN });
  const reader = createHttpLogReader({ url: log.url, token: READ_TOKEN });
  closers.push(
    () => recorder.close(),
    () => reader.close(),
    () => log.close(1_000),
  );
  const tenant = {
    ...{ customer: NAME.customer, rootKeys: [world.root.publicKey], manifests: world.store, auditPrefix: '' },
    set: () => ({ list: async () => [], get: async () => undefined, parse: () => ({ problems: [] }) }),
    readDeploymentFile: (bytes: Uint8Array) => parseDeploymentFile(bytes),
    ...{ recorder, log: reader },
  } as unknown as Tenant;
  ports = { tenant: () => tenant, children: { dead: async () => [] }, now: () => world.nowMs };
  view = async () => (await reader.state(NAME)) as DeploymentView;
  Object.assign(world.log, {
    add: (entries: Parameters<typeof recorder.add>[0]) => recorder.add(entries),
    state: (...asked: Parameters<typeof reader.state>) => reader.state(...asked),
  });
});
afterAll(async () => {
  for (const close of closers) await close();
});

describe('the watcher over people', () => {
  it('tells each level once, though two of it run and one is killed, closes what was done, and ends with the deployment', async () => {
    await world.open();
    await world.start();
    const watch = () => {
      const env = new MockActivityEnvironment();
      return { env, done: env.run(() => peopleActivities(ports).watchPeople({ name: NAME })) };
    };
    const [one, two] = [watch(), watch()];
    const raised = async () => Object.values((await view()).escalations).flatMap((e) => e.raised.map((r) => r.level));
    const customerLead = world.holder('customer-lead');

    world.nowMs = World.at(0.6);
    await until('on-call is told', async () => (await raised()).length === 1);
    const first = (await view()).escalations['go-ahead/1'];
    expect(first).toMatchObject({ about: 'go-ahead', owner: 'customer-lead', closed: null });
    expect(first?.raised[0]?.told).toEqual([customerLead, world.holder('arx-standby')]);

    one.env.cancel();
    await expect(one.done).rejects.toThrow();
    world.nowMs = World.at(1.1);
    await until('the Deployment Lead is told', async () => (await raised()).length === 2);

    await world.order('arx-standby', {
      kind: 'ack',
      scope: { level: 'deployment', names: [] },
      args: { escalation: 'go-ahead/1' },
    });
    world.nowMs = World.at(2.6);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await raised()).toEqual(['on-call', 'deployment-lead']);
    world.nowMs = World.at(3.2);
    await until('it climbs on', async () => (await raised()).length === 3);

    const index = await world.order('customer-lead', {
      kind: 'approve',
      scope: { level: 'deployment', names: [] },
      args: { decision: 'approve' },
    });
    await until('it is closed', async () => (await view()).escalations['go-ahead/1']?.closed != null);
    expect((await view()).escalations['go-ahead/1']?.closed?.how).toBe(`${customerLead} did it, entry #${index}`);

    await world.add('deployment.closed', { result: 'failed' });
    await two.done;
    expect((await view()).figures.byKind['escalation.raised']).toBe(3);
  });
});
