import { Agent, request } from 'undici';
import type { z } from 'zod';
import { ClientError } from '../error.ts';
import type { FailureCode } from '../../domain/failure.ts';
import type { Platform } from './port.ts';
import * as wire from './wire.schema.ts';

export interface PlatformOptions {
  endpoint: string;
  /** Bearer key; what it may do is decided by the platform. */
  key: string;
  /** Longest wait for one answer, wall milliseconds. */
  timeoutMs?: number;
}

interface Call<T extends z.ZodType> {
  method: 'GET' | 'POST' | 'PUT';
  path: string;
  reply: T;
  body?: unknown;
  headers?: Record<string, string>;
  signal: AbortSignal | undefined;
}

/**
 * The platform over HTTP. Retries nothing: Temporal does, with the same keys. Its prose stops here: an error text may quote
 * a header or a credential, and what we pass on ends in histories and in the log. Codes and names go on.
 */
export function httpPlatform(options: PlatformOptions): Platform {
  const dispatcher = new Agent({ connections: 64, keepAliveTimeout: 30_000 });
  const timeoutMs = options.timeoutMs ?? 20_000;

  async function call<T extends z.ZodType>(c: Call<T>): Promise<z.output<T>> {
    const timeout = AbortSignal.timeout(timeoutMs);
    let status: number;
    let text: string;
    try {
      const response = await request(new URL(c.path, options.endpoint), {
        method: c.method,
        dispatcher,
        signal: c.signal ? AbortSignal.any([c.signal, timeout]) : timeout,
        headers: {
          authorization: `Bearer ${options.key}`,
          ...(c.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...c.headers,
        },
        ...(c.body === undefined ? {} : { body: JSON.stringify(c.body) }),
      });
      status = response.statusCode;
      text = await response.body.text();
    } catch (cause) {
      if (c.signal?.aborted) throw c.signal.reason;
      throw new ClientError('platform_unreachable', `${c.method} ${c.path}: no answer`, { cause });
    }
    const json = parseJson(text);
    if (status >= 400) throw refusal(c, status, json);
    const parsed = c.reply.safeParse(json);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      throw new ClientError(
        'platform_reply_invalid',
        `${c.method} ${c.path}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'not JSON'}`,
      );
    }
    return parsed.data;
  }

  const get = <T extends z.ZodType>(path: string, reply: T, signal?: AbortSignal) => call({ method: 'GET', path, reply, signal });
  const post = <T extends z.ZodType>(path: string, body: unknown, reply: T, signal?: AbortSignal) =>
    call({ method: 'POST', path, body, reply, signal });
  const items = async (path: string, body: unknown, signal?: AbortSignal) => {
    const reply = await post(path, body, wire.itemsReply, signal);
    return { ...reply, items: reply.items.map(plain) };
  };
  const of = (deployment: string) => `/v1/deployments/${encodeURIComponent(deployment)}`;

  return {
    register: (body, signal) => post('/v1/agents/cohorts/from-manifests', body, wire.registerReply, signal),
    preflight: async (id, signal) => {
      const { results } = await post(`/v1/cohort-sets/${encodeURIComponent(id)}/preflight`, {}, wire.preflightReply, signal);
      return { results: results.map((r) => ({ ...r, failures: r.failures.map(named) })) };
    },
    connectors: (signal) => get('/v1/connectors', wire.connectorsReply, signal),
    hris: (signal) => get('/v1/hris', wire.hrisReply, signal),
    snapshot: (body, signal) => post('/v1/hris/snapshots', body, wire.snapshotReply, signal),
    resolve: (id, emails, signal) =>
      post(`/v1/hris/snapshots/${encodeURIComponent(id)}/resolve`, { emails }, wire.resolveReply, signal),
    limits: (signal) => get('/v1/limits', wire.limitsReply, signal),

    create: (body, signal) => items('/v1/agents', body, signal),
    bind: (body, signal) => items('/v1/bindings', body, signal),
    mint: (body, signal) => items('/v1/credentials', body, signal),
    smoke: (body, signal) => items('/v1/intercept/no-op', body, signal),
    lookup: async (keys, signal) => (await post('/v1/operations/lookup', { keys }, wire.lookupReply, signal)).items.map(plain),

    deployments: async (signal) => (await get('/v1/deployments', wire.deploymentsReply, signal)).deployments,
    cohorts: async (deployment, signal, cohort) =>
      (await get(`${of(deployment)}/cohorts${queryOf({ cohort })}`, wire.cohortsReply, signal)).cohorts,
    setMode: (at, body, signal) =>
      call({
        method: 'PUT',
        path: `${of(at.deployment)}/cohorts/${encodeURIComponent(at.cohort)}/mode`,
        body,
        headers: { 'if-match': at.ifMatch },
        reply: wire.cohortState,
        signal,
      }),
    agents: (deployment, query, signal) => get(`${of(deployment)}/agents${queryOf({ ...query })}`, wire.agentsReply, signal),
    setAgentMode: (at, body, signal) =>
      call({
        method: 'PUT',
        path: `${of(at.deployment)}/agents/${encodeURIComponent(at.agent)}/mode`,
        body,
        reply: wire.agentState,
        signal,
      }),
    example: (at, body, signal) =>
      post(`${of(at.deployment)}/cohorts/${encodeURIComponent(at.cohort)}/example`, body, wire.exampleReply, signal),

    fence: async (body, signal) => (await post('/v1/fences', body, wire.fenceReply, signal)).generation,
    liftFence: async (body, signal) => (await post('/v1/fences/lift', body, wire.fenceReply, signal)).generation,
    fences: (deployment, signal) => get(`/v1/fences?deployment=${encodeURIComponent(deployment)}`, wire.fencesReply, signal),

    revoke: (body, signal) => items('/v1/credentials/revoke', body, signal),

    checks: (deployment, from, to, signal) => get(`${of(deployment)}/checks${queryOf({ from, to })}`, wire.checksReply, signal),
    identities: (deployment, signal) => get(`${of(deployment)}/identities`, wire.identitiesReply, signal),
    atlasAudit: (deployment, signal) => get(`${of(deployment)}/atlas/audit`, wire.atlasAuditReply, signal),
    regenerate: (deployment, body, signal) => post(`${of(deployment)}/atlas/regenerations`, body, wire.regenerateReply, signal),
    commits: (deployment, query, signal) => get(`${of(deployment)}/commits${queryOf({ ...query })}`, wire.commitsReply, signal),
    exits: (deployment, subject, signal) => get(`${of(deployment)}/exits${queryOf({ ...subject })}`, wire.exitsReply, signal),

    telemetry: (deployment, from, to, signal) =>
      get(`${of(deployment)}/telemetry${queryOf({ from, to })}`, wire.telemetryReply, signal),
    queues: (deployment, signal) => get(`${of(deployment)}/queues`, wire.queuesReply, signal),
    escalations: (deployment, { limit, after = 0, synthetic, open }, signal) => {
      const filters = `${synthetic === undefined ? '' : `&synthetic=${synthetic}`}${open ? '&open=true' : ''}`;
      return get(`${of(deployment)}/escalations?after=${after}&limit=${limit}${filters}`, wire.escalationsReply, signal);
    },
    drill: (deployment, body, signal) => items(`${of(deployment)}/escalations`, body, signal),
    reassign: (deployment, body, signal) => items(`${of(deployment)}/escalations/reassign`, body, signal),
    writes: (deployment, limit, signal, after = 0) =>
      get(`${of(deployment)}/writes?after=${after}&limit=${limit}`, wire.writesReply, signal),
    orchestrations: (deployment, limit, signal) =>
      get(`${of(deployment)}/orchestrations?limit=${limit}`, wire.orchestrationsReply, signal),
  };
}

function queryOf(given: Record<string, string | number | undefined>): string {
  const parts = Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : `${name}=${encodeURIComponent(value)}`,
  );
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

type Item = z.output<typeof wire.itemResult>;
type PreflightFailure = z.output<typeof wire.preflightReply>['results'][number]['failures'][number];

const plain = ({ detail: _prose, ...item }: Item): Item => item;

const NAME = /^[a-z0-9][a-z0-9.@_-]{0,62}$/i;
const named = ({ code, detail }: PreflightFailure): PreflightFailure => ({ code, detail: NAME.test(detail) ? detail : '' });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const CODES: Partial<Record<z.output<typeof wire.problem>['code'], FailureCode>> = {
  agent_in_other_deployment: 'agent_in_other_deployment',
  fenced: 'fenced',
  above_ceiling: 'fenced',
  precondition_failed: 'precondition_failed',
  rate_limited: 'platform_limited',
  unavailable: 'platform_unreachable',
  internal: 'platform_unreachable',
};

function refusal(c: { method: string; path: string }, status: number, json: unknown): ClientError {
  const parsed = wire.problem.safeParse(json);
  // A proxy's HTML page is no answer of the platform's, whatever its status.
  if (!parsed.success)
    return new ClientError(
      status >= 500 || status === 429 ? 'platform_unreachable' : 'platform_reply_invalid',
      `${c.method} ${c.path}: status ${status}`,
    );
  const { code, retryAfterMs } = parsed.data;
  return new ClientError(
    CODES[code] ?? 'platform_refused',
    `${c.method} ${c.path}: ${code}`,
    retryAfterMs === undefined ? {} : { retryAfterMs },
  );
}
