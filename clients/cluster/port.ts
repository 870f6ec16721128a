/** What golive asks of the customer's Kubernetes cluster; it changes nothing there. */
export interface Cluster {
  pods(namespace: string, signal?: AbortSignal): Promise<{ name: string; phase: string }[]>;
  /** The policy's `spec`, or undefined when there is no such policy. */
  networkPolicy(namespace: string, name: string, signal?: AbortSignal): Promise<unknown>;
}
