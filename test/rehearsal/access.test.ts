import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../../clients/platform/endpoints.ts';
import { problem } from '../../clients/platform/wire.schema.ts';
import { RunningPlatform } from './running-platform.ts';
import { COHORT, helpers, Steps } from './steps.ts';

const RANK = { read: 0, lower: 1, forward: 2 };
const KEYS = ['read', 'lower', 'forward'] as const;

describe('who may do what at the platform', () => {
  let platform: RunningPlatform;
  let steps: Steps;
  beforeAll(async () => {
    platform = await RunningPlatform.start();
    steps = new Steps(platform);
    await steps.provision(helpers());
  });
  afterAll(() => platform.stop());

  const secured = ENDPOINTS.filter(({ power }) => power !== null);
  const pathOf = (path: string): string =>
    path.replace('{deployment}', 'q4').replace('{cohort}', COHORT).replace('{agent}', `${COHORT}-1`).replace('{id}', 'x');

  it.each(secured)('$name is refused without a key and with an unknown one', async ({ method, path }) => {
    for (const key of ['', 'guessed']) {
      const { status, body } = await platform.call(method, pathOf(path), { key });
      expect(status).toBe(401);
      expect(problem.parse(body).code).toBe('unauthenticated');
    }
  });

  it.each(secured)('$name needs the power $power', async ({ method, path, power }) => {
    for (const key of KEYS) {
      const { status } = await platform.call(method, pathOf(path), {
        key,
        ...(method === 'GET' ? {} : { body: {} }),
      });
      if (RANK[key] < RANK[power ?? 'read']) expect(status).toBe(403);
      else expect(status).not.toBe(403);
    }
  });

  it('health needs no key', async () => {
    expect((await platform.get('/v1/health', { key: '' })).body).toEqual({ ok: true });
  });

  it("another customer's deployment is forbidden by its path and by a body that names it", async () => {
    const key = 'other-forward';
    const items = [{ key: 'k', agent: 'spy', managerEmail: 'm1@acme.test' }];
    const asked = [
      await platform.get('/v1/deployments/q4/cohorts', { key }),
      await platform.post('/v1/agents', { deployment: 'q4', cohort: COHORT, generation: 0, items }, { key }),
    ];
    expect(asked.map(({ status }) => status)).toEqual([403, 403]);
    expect((await platform.get('/v1/deployments/nowhere/cohorts', { key })).status).toBe(404);
  });

  it("a customer's queues are its own, also where another customer has a deployment of that name", async () => {
    const { status, body } = await platform.get('/v1/deployments/q4/queues', { key: 'other-forward' });
    expect(status).toBe(200);
    expect((body as { queues: { agents: number }[] }).queues.filter(({ agents }) => agents > 0)).toEqual([]);
  });

  it('the key that may lower takes a cohort down and cannot bring it up again', async () => {
    await steps.flip(COHORT, 'shadow', { run: true });
    const { etag } = await steps.state();
    const down = { key: 'down', mode: 'paused', livePercent: 0, generation: 0 };
    expect((await steps.putMode(COHORT, etag, down, 'lower')).status).toBe(200);
    const paused = await steps.state();
    const up = { key: 'up', mode: 'shadow', livePercent: 0, generation: 0 };
    expect((await steps.putMode(COHORT, paused.etag, up, 'lower')).status).toBe(403);
    expect((await steps.state()).mode).toBe('paused');
  });

  it('a body that does not keep to the schema is refused with the path of its field', async () => {
    const items = [{ key: 'k', agent: 'Not A Name', managerEmail: 'm1@acme.test' }];
    const { status, body } = await platform.post('/v1/agents', { deployment: 'q4', cohort: COHORT, generation: 0, items });
    expect(status).toBe(422);
    expect(problem.parse(body)).toMatchObject({ code: 'invalid', message: expect.stringContaining('items.0.agent') as string });
  });

  it('a body of more than 8 MiB is refused', async () => {
    const { status } = await platform.post('/v1/operations/lookup', { keys: ['x'.repeat(9 * 1024 * 1024)] });
    expect(status).toBe(422);
  });

  it('control answers its own key only', async () => {
    const action = { action: 'connector-down', customer: 'acme', connector: 'jira' };
    expect((await platform.post('/control', action)).status).toBe(401);
    expect((await platform.control(action)).status).toBe(200);
    expect((await platform.control({ ...action, connector: 'nothing' })).status).toBe(404);
  });
});
