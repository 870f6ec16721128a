import { z } from 'zod';
import { bulk, count, digest, iso, key, lifecycle, mode, name, shape } from './wire/common.schema.ts';

/**
 * The platform's JSON: all that product and reference platform share, one name per schema.
 * Times are ISO 8601 in UTC. Rates are per plan hour, durations in plan hours, latencies in milliseconds.
 */
export { lifecycle, mode, problem, PROBLEM_STATUS, shape } from './wire/common.schema.ts';
export * from './wire/running.schema.ts';
export * from './wire/stopping.schema.ts';

// ── cohort sets ────────────────────────────────────────────────────────────────────────────────────────────────
export const cohortSpec = z.strictObject({
  cohort: name,
  manifestDigest: digest,
  group: name,
  shape,
  function: z.string(),
  level: z.string(),
  template: z.string(),
  agents: count,
  connectors: z.array(name),
  managers: z.array(z.string()),
  /** Plan figures for one agent. */
  expectedCallsPerHour: z.number().min(0),
  expectedWritesPerHour: z.number().min(0),
  /** For the whole cohort and 720 plan hours. */
  budgetDollars: z.number().min(0),
  exampleRequest: z.record(z.string(), z.unknown()),
  outputSchema: z.record(z.string(), z.unknown()),
});
/** POST /v1/agents/cohorts/from-manifests — idempotent by `key`. */
export const registerRequest = z.strictObject({
  key,
  deployment: name,
  manifestSetDigest: digest,
  generation: count,
  cohorts: z.array(cohortSpec).min(1).max(1000),
});
export const registerReply = z.strictObject({
  cohortSetId: z.string(),
  jobs: z.array(z.strictObject({ cohort: name, jobId: z.string() })),
});
/** POST /v1/cohort-sets/{id}/preflight — read-only, all manifests. */
export const preflightFailureCode = z.enum([
  'connector_credential_expired',
  'hris_stale',
  'connector_not_deployed',
  'audit_bucket_unreachable',
  'budget_implausible',
]);
export const preflightReply = z.strictObject({
  results: z.array(
    z.strictObject({
      cohort: name,
      ok: z.boolean(),
      failures: z.array(z.strictObject({ code: preflightFailureCode, detail: z.string() })),
    }),
  ),
});

// ── prerequisites ──────────────────────────────────────────────────────────────────────────────────────────────
/** GET /v1/connectors */
export const connectorsReply = z.strictObject({
  connectors: z.array(z.strictObject({ id: name, deployed: z.boolean(), up: z.boolean(), identity: z.string() })),
});
/** GET /v1/hris */
export const hrisReply = z.strictObject({ authenticated: z.boolean(), employees: count });
/** POST /v1/hris/snapshots — idempotent by `key`; one consistent picture of who reports to whom. */
export const snapshotRequest = z.strictObject({ key, deployment: name });
export const snapshotReply = z.strictObject({ snapshotId: z.string(), employees: count, takenAt: iso });
/** POST /v1/hris/snapshots/{id}/resolve */
export const resolveRequest = z.strictObject({ emails: z.array(z.string()).min(1).max(5000) });
export const resolveReply = z.strictObject({
  resolved: z.array(z.strictObject({ email: z.string(), managerId: z.string(), skipLevelEmail: z.string().nullable() })),
  unresolved: z.array(z.string()),
});
/** GET /v1/limits — the platform's own limits. `null`: no limit. */
export const limitsReply = z.strictObject({ mintPerHour: z.number().positive().nullable() });

// ── forward writes, in bulk, each item with its key and its own result ─────────────────────────────────────────
const forward = { deployment: name, cohort: name, generation: count };
/** What a key stands for, in a lookup. */
const operation = z.enum([
  'register',
  'snapshot',
  'create',
  'bind',
  'mint',
  'smoke',
  'revoke',
  'regenerate',
  'raise',
  'lower',
  'agent-mode',
  'example',
  'drill',
  'reassign',
]);
const itemStatus = z.enum(['done', 'refused', 'rate_limited', 'fenced', 'conflict']);

/** POST /v1/agents */
export const createRequest = z.strictObject({
  ...forward,
  items: bulk(z.strictObject({ key, agent: name, managerEmail: z.string() })),
});
/** POST /v1/bindings */
export const bindRequest = z.strictObject({
  ...forward,
  snapshotId: z.string(),
  items: bulk(z.strictObject({ key, agent: name, managerEmail: z.string() })),
});
/**
 * POST /v1/credentials. The secret goes into the vault; what comes back can be shown to anyone. A higher `credentialGeneration`
 * than the agent has revokes the one before it: an agent never has two that are valid.
 */
export const mintRequest = z.strictObject({
  ...forward,
  items: bulk(z.strictObject({ key, agent: name, credentialGeneration: count })),
});
/** POST /v1/intercept/no-op — one call per agent through the intercept API against its first connector. */
export const smokeRequest = z.strictObject({ ...forward, items: bulk(z.strictObject({ key, agent: name })) });

/**
 * Reply of each of the four, and of what is written to queues. A repeated key gives the first result again with `replayed: true`.
 * Only what was done is remembered under its key; anything else may be sent again with the same one.
 */
export const itemResult = z.strictObject({
  key,
  /** `*` for an operation on a whole cohort or deployment (lookup only), and where there is no such agent. */
  agent: z.union([name, z.literal('*')]),
  status: itemStatus,
  operation: operation.optional(),
  replayed: z.boolean().optional(),
  detail: z.string().optional(),
  agentId: z.string().optional(),
  managerId: z.string().optional(),
  vaultRef: z.string().optional(),
  version: count.optional(),
  fingerprint: z.string().optional(),
  verdict: z.enum(['ALLOW', 'DENY', 'WARN']).optional(),
  /** drill, reassign: the escalation that it is about. */
  escalation: z.string().optional(),
  /** drill, reassign: why it was refused, for programs. */
  code: z
    .enum(['no_queue', 'no_bound_agent', 'unknown_escalation', 'already_decided', 'already_there', 'unknown_person'])
    .optional(),
});
export const itemsReply = z.strictObject({
  items: z.array(itemResult),
  /** Set when some items are `rate_limited`: wall milliseconds until the next one fits. */
  retryAfterMs: z.number().min(0).optional(),
});
/** POST /v1/operations/lookup — what became of these keys? Unknown keys are left out. Read-only. */
export const lookupRequest = z.strictObject({ keys: z.array(key).min(1).max(1000) });
export const lookupReply = z.strictObject({ items: z.array(itemResult) });

// ── modes ──────────────────────────────────────────────────────────────────────────────────────────────────────
/**
 * PUT /v1/deployments/{deployment}/cohorts/{cohort}/mode, header If-Match: <etag> (428 without it, 412 when it moved).
 * `run` moves provisioned agents to running. Raising is a forward write; lowering needs no generation that is current.
 */
export const modeRequest = z.strictObject({
  key,
  mode,
  livePercent: z.number().min(0).max(100),
  run: z.boolean().default(false),
  generation: count,
});
export const cohortState = z.strictObject({
  cohort: name,
  group: name,
  shape,
  etag: z.string(),
  mode,
  livePercent: z.number(),
  /** Highest mode that fences allow now, over customer, deployment, wave, group and cohort. */
  ceiling: mode,
  /** Generation that a forward write for this cohort must carry. */
  generation: count,
  /** Registered number, and the number that exists. */
  agents: count,
  created: count,
  bound: count,
  /** Agents with a credential that is valid, and agents whose last one was revoked. */
  credentialled: count,
  revoked: count,
  smoked: count,
  byLifecycle: z.record(lifecycle, count),
  byMode: z.record(mode, count),
});
/** GET /v1/deployments — the customer's, in the order in which they were registered. */
export const deploymentsReply = z.strictObject({ at: iso, deployments: z.array(name) });
/** GET /v1/deployments/{deployment}/cohorts[?cohort=name] — in bulk. */
export const cohortsReply = z.strictObject({ deployment: name, at: iso, cohorts: z.array(cohortState) });
/**
 * PUT /v1/deployments/{deployment}/agents/{agent}/mode — lowers one agent; a cohort's flip never brings it back.
 * Giving it back (a higher mode than was ordered for it) is a forward write and carries a generation. Answers its agentState.
 */
export const agentModeRequest = z.strictObject({ key, mode, generation: count.optional() });
/** GET /v1/deployments/{deployment}/agents[?cohort=…][&agent=…]&after=…&limit=… */
export const agentState = z.strictObject({
  agent: name,
  cohort: name,
  agentId: z.string(),
  lifecycle,
  mode,
  /** The highest that was ordered for it alone; `live` where nothing was. */
  own: mode,
  managerEmail: z.string(),
  bound: z.boolean(),
  credential: z.strictObject({ vaultRef: z.string(), version: count, fingerprint: z.string(), revoked: z.boolean() }).nullable(),
  smoke: z.enum(['ALLOW', 'DENY', 'WARN']).nullable(),
});
export const agentsReply = z.strictObject({ agents: z.array(agentState), next: z.string().nullable() });

/** GET /v1/health — without a key. */
export const healthReply = z.strictObject({ ok: z.boolean() });
