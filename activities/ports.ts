import type { Policy } from '../audit/tlog/policy.ts';
import type { Cluster } from '../clients/cluster/port.ts';
import type { Signer } from '../clients/keys/port.ts';
import type { Platform } from '../clients/platform/port.ts';
import type { Notify } from '../clients/notify/port.ts';
import type { LogReader } from '../clients/recorder/reader.ts';
import type { Recorder } from '../clients/recorder/port.ts';
import type { Store } from '../clients/store/port.ts';
import type { DeploymentFile } from '../domain/deployment-file.ts';
import type { Problem } from '../domain/set/problem.ts';
import type { SetSource } from '../domain/set/source.ts';

/** One customer's systems, and the root under which its deployment files are signed. All of it from the worker's own configuration. */
export interface Tenant {
  customer: string;
  /** `ed25519:<base64>`; pinned, never read from a bucket, a signal or a workflow. */
  rootKeys: string[];
  /** The keys of this customer's log and witness; pinned likewise. */
  policy: Policy;
  /** Bucket in which `<deployment>/deployment.yaml` and the manifest sets lie. */
  manifests: Store;
  /** The set under a prefix of that bucket. */
  set(prefix: string): SetSource;
  readDeploymentFile(
    bytes: Uint8Array,
  ): { file: DeploymentFile; problems?: undefined } | { file?: undefined; problems: Problem[] };
  audit: Store;
  auditPrefix: string;
  platform: Platform;
  cluster: Cluster;
  recorder: Recorder;
  log: LogReader;
  notify: Notify;
  /** The engine's own key; missing: it orders nothing by itself. */
  machine?: () => Promise<Signer>;
}

/** Workflows that ended without having been meant to, by workflow id. */
export interface Children {
  dead(deployment: string): Promise<string[]>;
}

export interface Ports {
  tenant(customer: string): Tenant;
  children: Children;
  now(): number;
}
