import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningPlatform } from './running-platform.ts';
import { COHORT, helpers, namesOf, Steps } from './steps.ts';
import { specOf } from './world.ts';

describe('the world around the platform', () => {
  let platform: RunningPlatform;
  let steps: Steps;
  beforeAll(async () => {
    platform = await RunningPlatform.start();
    steps = new Steps(platform);
  });
  afterAll(() => platform.stop());

  const preflight = async (id: string) => {
    const { body } = await platform.post(`/v1/cohort-sets/${id}/preflight`, {}, { key: 'read' });
    return (body as { results: { cohort: string; ok: boolean; failures: { code: string }[] }[] }).results;
  };

  it('preflight finds what is wrong with a manifest, and no longer when it has been put right', async () => {
    await platform.control({ action: 'preflight-fail', customer: 'acme', cohort: 'scripted', code: 'audit_bucket_unreachable' });
    const { body } = await steps.register([
      helpers(),
      specOf('undeployed', { connectors: ['jira', 'ledger'] }),
      specOf('stale', { managers: ['gone@acme.test'] }),
      specOf('poor', { budgetDollars: 0.5 }),
      specOf('scripted'),
    ]);
    const { cohortSetId } = body as { cohortSetId: string };
    const codes = (await preflight(cohortSetId)).map(({ cohort, failures }) => [cohort, ...failures.map(({ code }) => code)]);
    expect(codes).toEqual([
      [COHORT],
      ['undeployed', 'connector_not_deployed'],
      ['stale', 'hris_stale'],
      ['poor', 'budget_implausible'],
      ['scripted', 'audit_bucket_unreachable'],
    ]);
    await platform.control({ action: 'connector-deploy', customer: 'acme', connector: 'ledger', deployed: true });
    await platform.control({
      action: 'employee-add',
      customer: 'acme',
      email: 'gone@acme.test',
      name: 'Back',
      managerEmail: null,
    });
    await platform.control({ action: 'preflight-fix', customer: 'acme', cohort: 'scripted' });
    expect((await preflight(cohortSetId)).filter(({ ok }) => !ok).map(({ cohort }) => cohort)).toEqual(['poor']);
  });

  it('every manager has a queue, before any deployment has been registered', async () => {
    const managers = async () => {
      const { body } = await platform.get('/v1/deployments/not-yet/queues');
      return (body as { queues: { manager: string }[] }).queues.map(({ manager }) => manager);
    };
    expect(await managers()).toContain('m1@acme.test');
    await platform.control({ action: 'queue-remove', customer: 'acme', manager: 'm1@acme.test' });
    expect(await managers()).not.toContain('m1@acme.test');
    await platform.control({ action: 'queue-add', customer: 'acme', manager: 'm1@acme.test' });
  });

  it('the cluster shows its pods and its egress policy to its own token only', async () => {
    const pods = '/k8s/acme/api/v1/namespaces/atlas/pods';
    const policy = '/k8s/acme/apis/networking.k8s.io/v1/namespaces/atlas/networkpolicies/atlas-egress';
    const key = 'acme-cluster';
    expect((await platform.get(pods, { key: 'forward' })).status).toBe(401);
    expect((await platform.get(pods, { key: 'other-cluster' })).status).toBe(401);
    expect((await platform.get(pods, { key })).body).toMatchObject({
      kind: 'PodList',
      items: [{ status: { phase: 'Running' } }],
    });
    await platform.control({ action: 'pod-phase', customer: 'acme', pod: 'atlas-0', phase: 'Pending' });
    expect((await platform.get(pods, { key })).body).toMatchObject({ items: [{ status: { phase: 'Pending' } }] });
    expect((await platform.get(policy, { key })).body).toMatchObject({
      kind: 'NetworkPolicy',
      spec: { policyTypes: ['Egress'] },
    });
    await platform.control({ action: 'network-policy', customer: 'acme', spec: { policyTypes: [] } });
    expect((await platform.get(policy, { key })).body).toMatchObject({ spec: { policyTypes: [] } });
    const missing = await platform.get(`${policy}-2`, { key });
    expect([missing.status, (missing.body as { kind: string }).kind]).toEqual([404, 'Status']);
  });

  it('HRIS that does not let the platform in lists nobody and gives no snapshot', async () => {
    await platform.control({ action: 'hris-auth', customer: 'acme', authenticated: false });
    expect((await platform.get('/v1/hris')).body).toEqual({ authenticated: false, employees: 0 });
    expect((await platform.post('/v1/hris/snapshots', { key: 'snap', deployment: 'q4' })).status).toBe(503);
    await platform.control({ action: 'hris-auth', customer: 'acme', authenticated: true });
    expect((await platform.post('/v1/hris/snapshots', { key: 'snap', deployment: 'q4' })).status).toBe(200);
  });

  it('an operation that takes effect and is never answered can be looked up', async () => {
    await steps.register([helpers()], 'register/again');
    await platform.control({ action: 'execute-then-timeout', operation: 'create' });
    const items = namesOf(COHORT, 3).map((agent) => ({ key: `create ${agent}`, agent, managerEmail: 'm1@acme.test' }));
    const body = { deployment: 'q4', cohort: COHORT, generation: 0, items };
    await expect(platform.post('/v1/agents', body, { signal: AbortSignal.timeout(300) })).rejects.toThrow();
    const { body: found } = await platform.post('/v1/operations/lookup', { keys: items.map(({ key }) => key) });
    expect((found as { items: object[] }).items).toHaveLength(3);
    expect((await platform.post('/v1/agents', body)).body).toMatchObject({ items: [{ status: 'done', replayed: true }, {}, {}] });
  });

  it('an unavailable platform says for how long, and lets the fault script in', async () => {
    await platform.control({ action: 'unavailable-for', ms: 60_000 });
    const { status, headers } = await platform.get('/v1/limits');
    expect([status, Number(headers.get('retry-after')) > 50]).toEqual([503, true]);
    expect((await platform.control({ action: 'unavailable-for', ms: 0 })).status).toBe(200);
    expect((await platform.get('/v1/limits')).status).toBe(200);
  });

  it('fences have a rate of their own', async () => {
    const fence = (n: number) => ({ scopes: [{ level: 'customer' }], ceiling: 'live', commandId: `drill ${n}` });
    const answers = await Promise.all(
      Array.from({ length: 2000 }, (_, n) => platform.post('/v1/fences', fence(n), { key: 'other-lower' })),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.every(({ headers }) => Number(headers.get('retry-after')) >= 1)).toBe(true);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(500);
    expect((await platform.get('/v1/limits', { key: 'other-read' })).status).toBe(200);
  });
});
