import type { z } from 'zod';
import type * as wire from './wire.schema.ts';

/** Upper bounds of the telemetry's latency buckets, milliseconds; the last bucket is open. */
export { LATENCY_BUCKETS_MS } from './wire.schema.ts';

type In<T extends z.ZodType> = z.input<T>;
type Out<T extends z.ZodType> = z.output<T>;

export type AgentState = Out<typeof wire.agentState>;
export type Fence = Out<typeof wire.fencesReply>['fences'][number];
export type Commit = Out<typeof wire.commitsReply>['commits'][number];
export type CohortState = Out<typeof wire.cohortState>;
export type ItemResult = Out<typeof wire.itemResult>;
export type ItemsReply = Out<typeof wire.itemsReply>;
export type Telemetry = Out<typeof wire.telemetryReply>;
export type EscalationsPage = Out<typeof wire.escalationsReply>;
export type Escalation = EscalationsPage['escalations'][number];

/** A cohort, an agent, or (with neither) a whole deployment. */
export interface Subject {
  cohort?: string;
  agent?: string;
}
interface CommitQuery extends Subject {
  from: string;
  to: string;
  /** At most 1000. */
  limit: number;
  /** How many of the first are left out. */
  after?: number;
}

export interface EscalationQuery {
  /** At most 1000. */
  limit: number;
  /** How many of those that fit are left out at the beginning. */
  after?: number;
  synthetic?: boolean;
  /** Only those that wait, the longest with its holder first. */
  open?: true;
}

/**
 * The platform as the engine needs it: one method per endpoint, no retries (those belong to Temporal), every reply checked
 * against the wire schema. Each method throws a `ClientError` whose code is a `FailureCode`:
 * `platform_unreachable` and `platform_limited` may be repeated with the same key, everything else is final.
 */
export interface Platform {
  register(request: In<typeof wire.registerRequest>, signal?: AbortSignal): Promise<Out<typeof wire.registerReply>>;
  preflight(cohortSetId: string, signal?: AbortSignal): Promise<Out<typeof wire.preflightReply>>;
  connectors(signal?: AbortSignal): Promise<Out<typeof wire.connectorsReply>>;
  hris(signal?: AbortSignal): Promise<Out<typeof wire.hrisReply>>;
  snapshot(request: In<typeof wire.snapshotRequest>, signal?: AbortSignal): Promise<Out<typeof wire.snapshotReply>>;
  resolve(snapshotId: string, emails: string[], signal?: AbortSignal): Promise<Out<typeof wire.resolveReply>>;
  limits(signal?: AbortSignal): Promise<Out<typeof wire.limitsReply>>;

  create(request: In<typeof wire.createRequest>, signal?: AbortSignal): Promise<ItemsReply>;
  bind(request: In<typeof wire.bindRequest>, signal?: AbortSignal): Promise<ItemsReply>;
  mint(request: In<typeof wire.mintRequest>, signal?: AbortSignal): Promise<ItemsReply>;
  smoke(request: In<typeof wire.smokeRequest>, signal?: AbortSignal): Promise<ItemsReply>;
  lookup(keys: string[], signal?: AbortSignal): Promise<ItemResult[]>;

  /** Names of the customer's deployments that the platform knows. */
  deployments(signal?: AbortSignal): Promise<string[]>;
  /** All cohorts, or one. */
  cohorts(deployment: string, signal?: AbortSignal, cohort?: string): Promise<CohortState[]>;
  setMode(
    at: { deployment: string; cohort: string; ifMatch: string },
    request: In<typeof wire.modeRequest>,
    signal?: AbortSignal,
  ): Promise<CohortState>;
  /** A page of at most 1000 by name; `after` is the last name of the page before. */
  agents(
    deployment: string,
    query: Subject & { after?: string; limit?: number },
    signal?: AbortSignal,
  ): Promise<Out<typeof wire.agentsReply>>;
  setAgentMode(
    at: { deployment: string; agent: string },
    request: In<typeof wire.agentModeRequest>,
    signal?: AbortSignal,
  ): Promise<AgentState>;
  example(
    at: { deployment: string; cohort: string },
    request: In<typeof wire.exampleRequest>,
    signal?: AbortSignal,
  ): Promise<Out<typeof wire.exampleReply>>;

  fence(request: In<typeof wire.fenceRequest>, signal?: AbortSignal): Promise<number>;
  liftFence(request: In<typeof wire.fenceLiftRequest>, signal?: AbortSignal): Promise<number>;
  fences(deployment: string, signal?: AbortSignal): Promise<Out<typeof wire.fencesReply>>;

  revoke(request: In<typeof wire.revokeRequest>, signal?: AbortSignal): Promise<ItemsReply>;

  checks(deployment: string, from: string, to: string, signal?: AbortSignal): Promise<Out<typeof wire.checksReply>>;
  identities(deployment: string, signal?: AbortSignal): Promise<Out<typeof wire.identitiesReply>>;
  atlasAudit(deployment: string, signal?: AbortSignal): Promise<Out<typeof wire.atlasAuditReply>>;
  regenerate(
    deployment: string,
    request: In<typeof wire.regenerateRequest>,
    signal?: AbortSignal,
  ): Promise<Out<typeof wire.regenerateReply>>;
  commits(deployment: string, query: CommitQuery, signal?: AbortSignal): Promise<Out<typeof wire.commitsReply>>;
  /** Of one cohort or one agent. */
  exits(deployment: string, of: Subject, signal?: AbortSignal): Promise<Out<typeof wire.exitsReply>>;

  telemetry(deployment: string, from: string, to: string, signal?: AbortSignal): Promise<Telemetry>;
  queues(deployment: string, signal?: AbortSignal): Promise<Out<typeof wire.queuesReply>>;
  escalations(deployment: string, query: EscalationQuery, signal?: AbortSignal): Promise<EscalationsPage>;
  drill(deployment: string, request: In<typeof wire.drillRequest>, signal?: AbortSignal): Promise<ItemsReply>;
  reassign(deployment: string, request: In<typeof wire.reassignRequest>, signal?: AbortSignal): Promise<ItemsReply>;
  /** `after`: how many of the oldest are left out. */
  writes(deployment: string, limit: number, signal?: AbortSignal, after?: number): Promise<Out<typeof wire.writesReply>>;
  orchestrations(deployment: string, limit: number, signal?: AbortSignal): Promise<Out<typeof wire.orchestrationsReply>>;
}
