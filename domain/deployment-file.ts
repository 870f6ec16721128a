import type { AttestableKind } from './command.ts';
import type { Role } from './roles.ts';
import { METRIC_LEVELS } from './runbook/metric-levels.ts';

/** When a person can be reached, by the clock of where they are: `{ zone: 'Europe/Berlin', from: '08:00', to: '20:00' }`. */
export interface ContactHours {
  /** IANA name. */
  zone: string;
  /** `HH:MM`; `to` before `from` goes over midnight. */
  from: string;
  to: string;
}

/** @example contactWords({ zone: 'Europe/Berlin', from: '08:00', to: '20:00' }) // '08:00 to 20:00, Europe/Berlin' */
export const contactWords = (hours: ContactHours | undefined): string =>
  hours === undefined ? 'around the clock' : `${hours.from} to ${hours.to}, ${hours.zone}`;

/** The customer's Slack, as far as an order that comes from there is believed. */
export interface SlackSection {
  /** Ids of workspace and channel. */
  team: string;
  channel: string;
  /** Public keys of the gateways whose word counts, `ed25519:<base64>`. */
  attestedBy: string[];
  /** What may be ordered there. */
  allows: AttestableKind[];
}

/** One human being of a deployment. A person may hold several roles and still counts once in a quorum. */
export interface Person {
  id: string;
  name: string;
  email: string;
  /** Roles held, first-hand. */
  roles: Role[];
  /** Roles taken over when their holder is away. */
  deputyOf: Role[];
  /** Slack's user id. */
  slack?: string;
  /** Missing: around the clock. Outside of them deputies are asked first. */
  contactHours?: ContactHours;
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
  /** Plan hours for which a card in Slack can be signed; then a new one takes its place. */
  signOffValidHours: number;
  /** The approval path. Over one of these is a watch item: plan hours from asked to answered, open asks, plan hours of the oldest. */
  approvalLatencyHours: number;
  approvalBacklog: number;
  approvalOldestHours: number;
  /** Committed writes, as a multiple of what the manifest plans for the live agents, above which a cohort goes back. Runbook: 2, may only be lower. */
  writeRateTimes: number;
  /** Levels of the stopping table. Shares of the calls, and milliseconds at which the platform counts: may only be lower. */
  criticalErrorRate: number;
  criticalP95Ms: number;
  criticalP99Ms: number;
  warningErrorRate: number;
  warningP95Ms: number;
  warningP99Ms: number;
  /** Health checks in a row that may fail, with the last of them a cohort goes back. Runbook: 5, may only be fewer. */
  failedChecks: number;
  /** Plan minutes for which a live cohort may say nothing before a person is told. Runbook: 60, may only be fewer. */
  noDataMinutes: number;
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
  /** Missing: nothing is posted to Slack, and nothing is taken from there. */
  slack?: SlackSection;
  /** Public keys of the engine itself, with which it signs what it does as role `machine`; missing: it orders nothing by itself. */
  machine?: string[];
  /** Where else what is posted goes, one way. */
  alsoTo?: 'teams'[];
  /** Person who is told after the Deployment Lead when nobody acts; missing: the ARX Standby. */
  platformLead?: string;
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
  signOffValidHours: 24,
  approvalLatencyHours: 4,
  approvalBacklog: 250,
  approvalOldestHours: 8,
  writeRateTimes: 2,
  criticalErrorRate: METRIC_LEVELS.errorRate.critical,
  criticalP95Ms: METRIC_LEVELS.p95Ms.critical,
  criticalP99Ms: METRIC_LEVELS.p99Ms.critical,
  warningErrorRate: METRIC_LEVELS.errorRate.warning,
  warningP95Ms: METRIC_LEVELS.p95Ms.warning,
  warningP99Ms: METRIC_LEVELS.p99Ms.warning,
  failedChecks: 5,
  noDataMinutes: 60,
};
