import type { Role } from './roles.ts';

/** One human being of a deployment. A person may hold several roles and still counts once in a quorum. */
export interface Person {
  id: string;
  name: string;
  email: string;
  /** Roles held, first-hand. */
  roles: Role[];
  /** Roles taken over when their holder is away. */
  deputyOf: Role[];
  slack?: string;
  contactHours?: string;
  /** Public keys, `ed25519:<base64 of 32 bytes>`. */
  keys: string[];
}

/** Numbers that the deployment file may set. Those that protect may only be tighter than the runbook's. */
export interface DeploymentLimits {
  /** Preflight: share of manifests that may fail and be isolated; more halts. Runbook: 0.02, may only be lower. */
  preflightFailureShare: number;
  /** Minting target per hour; below it W1.10 is missed. Runbook: 1500. */
  mintTargetPerHour: number;
  /** Variance of call volume that pauses a ramp. Runbook: 0.25, may only be lower. */
  volumeVariance: number;
  /** Days that an approval of the set is valid. Runbook: 14, may only be lower. */
  approvalValidDays: number;
  /** Smallest number of calls on which a verdict may rest. */
  minimumSamples: number;
  /** Exposure steps of a wave in percent; the last is 100. */
  ramp: number[];
}

/** How long nobody may delete what was published of the log: `governance` can be lifted with a right of its own, `compliance` by nobody. */
export type AuditRetention = { mode: 'none' } | { mode: 'governance' | 'compliance'; days: number };

/** What a customer's deployment is, signed under the root that workers and auditors pin. */
export interface DeploymentFile {
  apiVersion: 'golive/v1';
  kind: 'Deployment';
  customer: string;
  deployment: string;
  /** Raised by one with each change; stands in every sign-off as `policyVersion`. */
  version: number;
  environment: 'rehearsal' | 'staging' | 'production';
  logOrigin: string;
  manifestSet: { bucket: string; prefix: string };
  audit: { bucket: string; prefix: string; retention?: AuditRetention };
  platform: { endpoint: string };
  cluster: {
    endpoint: string;
    namespace: string;
    networkPolicy: string;
    /** `sha256:<hex>` of the reviewed egress policy's canonical spec. */
    networkPolicyDigest: string;
  };
  /** Who may start; neither approves nor signs off. */
  startedBy: string;
  people: Person[];
  /** Group-level sign-offs that need one personal (CLI) signature, by shape. */
  personalFor: ('research' | 'production' | 'coordination')[];
  limits: DeploymentLimits;
  /** Plan durations are divided by it; 1 in production. */
  speed: number;
}

export const RUNBOOK_LIMITS: DeploymentLimits = {
  preflightFailureShare: 0.02,
  mintTargetPerHour: 1500,
  volumeVariance: 0.25,
  approvalValidDays: 14,
  minimumSamples: 30,
  ramp: [100],
};
