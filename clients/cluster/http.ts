import { request } from 'undici';
import { z } from 'zod';
import { ClientError } from '../error.ts';
import type { Cluster } from './port.ts';

const podList = z.object({
  items: z.array(z.object({ metadata: z.object({ name: z.string() }), status: z.object({ phase: z.string() }) })),
});
const policy = z.object({ spec: z.unknown() });

/** Kubernetes' own API over HTTP, with a token that may read pods and network policies of one namespace. */
export function httpCluster(options: { endpoint: string; token: string; timeoutMs?: number }): Cluster {
  const base = options.endpoint.replace(/\/$/, '');

  async function get(path: string, signal?: AbortSignal): Promise<unknown> {
    const timeout = AbortSignal.timeout(options.timeoutMs ?? 10_000);
    try {
      const response = await request(`${base}${path}`, {
        headers: { authorization: `Bearer ${options.token}` },
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      const text = await response.body.text();
      if (response.statusCode === 404) return undefined;
      const { statusCode } = response;
      if (statusCode >= 400) {
        const busy = statusCode >= 500 || statusCode === 429;
        throw new ClientError(busy ? 'platform_unreachable' : 'platform_refused', `cluster GET ${path}: status ${statusCode}`);
      }
      return JSON.parse(text);
    } catch (cause) {
      if (cause instanceof ClientError || signal?.aborted) throw cause;
      throw new ClientError('platform_unreachable', `cluster GET ${path}: no answer`, { cause });
    }
  }

  return {
    async pods(namespace, signal) {
      const list = podList.safeParse(await get(`/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`, signal));
      return list.success ? list.data.items.map((pod) => ({ name: pod.metadata.name, phase: pod.status.phase })) : [];
    },
    async networkPolicy(namespace, name, signal) {
      const path = `/apis/networking.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/networkpolicies/${encodeURIComponent(name)}`;
      const found = policy.safeParse(await get(path, signal));
      return found.success ? found.data.spec : undefined;
    },
  };
}
