import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpCluster } from '../../../clients/cluster/http.ts';
import type { Cluster } from '../../../clients/cluster/port.ts';
import { json, listening, type Listening } from '../../support/http/listening.ts';

let server: Listening;
let cluster: Cluster;
beforeAll(async () => {
  server = await listening();
  cluster = httpCluster({ endpoint: `${server.endpoint}/k8s/acme/`, token: 'token-4f9c21', timeoutMs: 500 });
});
afterAll(() => server.close());

describe('the customer’s cluster', () => {
  it('lists the pods of one namespace, asked with the token', async () => {
    server.answer = json(200, {
      kind: 'PodList',
      items: [{ metadata: { name: 'atlas-api-0', uid: '1' }, spec: {}, status: { phase: 'Running', podIP: '10.0.0.1' } }],
    });
    expect(await cluster.pods('arx-atlas')).toEqual([{ name: 'atlas-api-0', phase: 'Running' }]);
    expect(server.asked.at(-1)).toMatchObject({
      path: '/k8s/acme/api/v1/namespaces/arx-atlas/pods',
      headers: { authorization: 'Bearer token-4f9c21' },
    });
  });

  it('gives the policy as it stands there, and nothing where there is none', async () => {
    server.answer = json(200, { kind: 'NetworkPolicy', spec: { policyTypes: ['Egress'], egress: [] } });
    expect(await cluster.networkPolicy('arx', 'egress/../x')).toEqual({ policyTypes: ['Egress'], egress: [] });
    expect(server.asked.at(-1)?.path).toContain('/networkpolicies/egress%2F..%2Fx');
    server.answer = json(404, { kind: 'Status', code: 404 });
    expect(await cluster.networkPolicy('arx', 'egress')).toBeUndefined();
    expect(await cluster.pods('arx')).toEqual([]);
  });

  it.each<[string, string, Listening['answer']]>([
    ['refuses us', 'platform_refused', json(403, { kind: 'Status' })],
    ['is overloaded', 'platform_unreachable', json(503, { kind: 'Status' })],
    ['asks us to slow down', 'platform_unreachable', json(429, { kind: 'Status' })],
    ['is a proxy', 'platform_unreachable', (r) => void r.writeHead(200).end('<html>')],
    ['breaks off', 'platform_unreachable', (r) => void r.destroy()],
    ['does not answer in time', 'platform_unreachable', () => undefined],
  ])('that %s is %s', async (_what, code, answer) => {
    server.answer = answer;
    await expect(cluster.pods('arx')).rejects.toMatchObject({
      code,
      message: expect.not.stringContaining('token-4f9c21') as string,
    });
  });

  it('answers with what is no list of pods: then there are none, and P1 says so', async () => {
    server.answer = json(200, { items: [{ name: 'x' }] });
    expect(await cluster.pods('arx')).toEqual([]);
  });

  it('is let go at once by the abort signal', async () => {
    server.answer = () => undefined;
    const stop = new AbortController();
    const asking = cluster.pods('arx', stop.signal);
    const reason = new Error('cancelled');
    stop.abort(reason);
    await expect(asking).rejects.toBe(reason);
  });
});
