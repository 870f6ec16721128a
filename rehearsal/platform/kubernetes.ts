import type { Platform } from './platform.ts';
import type { CustomerWorld } from './state/world.ts';

/** The two reads that the prerequisites P1 and P2 make in the customer's cluster, answered as Kubernetes would. */
const PATH =
  /^\/k8s\/([^/]+)\/(?:api\/v1\/namespaces\/([^/]+)\/pods|apis\/networking\.k8s\.io\/v1\/namespaces\/([^/]+)\/networkpolicies\/([^/]+))$/;

export interface KubernetesReply {
  status: number;
  body: unknown;
}

const failure = (code: number, reason: string, message: string): KubernetesReply => ({
  status: code,
  body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code },
});

export function answerKubernetes(platform: Platform, method: string, path: string, token: string | null): KubernetesReply {
  const match = PATH.exec(path);
  const customer = platform.customers.get(match?.[1] ?? '');
  if (!match || !customer) return failure(404, 'NotFound', 'the server could not find the requested resource');
  if (token !== customer.config.cluster.token) return failure(401, 'Unauthorized', 'Unauthorized');
  if (method !== 'GET')
    return failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
  const [, , podNamespace, policyNamespace, policyName] = match;
  if (podNamespace !== undefined) return { status: 200, body: podList(customer.world, podNamespace) };
  const policy = customer.world.networkPolicy;
  const found = policy.metadata.name === policyName && namespaceOf(customer.world) === policyNamespace;
  if (found) return { status: 200, body: policy };
  return failure(404, 'NotFound', `networkpolicies.networking.k8s.io "${policyName ?? ''}" not found`);
}

const namespaceOf = (world: CustomerWorld): string => world.networkPolicy.metadata.namespace ?? 'default';

function podList(world: CustomerWorld, namespace: string): unknown {
  const here = world.pods.filter((pod) => (pod.namespace ?? namespaceOf(world)) === namespace);
  const items = here.map((pod) => ({ metadata: { name: pod.name, namespace }, status: { phase: pod.phase } }));
  return { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items };
}
