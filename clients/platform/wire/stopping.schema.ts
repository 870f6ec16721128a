import { z } from 'zod';
import { bulk, count, digest, iso, key, mode, name } from './common.schema.ts';

/** What stops agents, and what tells whether they should be stopped: fences, revocation, checks, identities, Atlas, commits, exits. */

// ── fences ─────────────────────────────────────────────────────────────────────────────────────────────────────
/** Wider scopes hold narrower ones; each covers also what does not exist yet. */
export const fenceScope = z.strictObject({
  level: z.enum(['customer', 'deployment', 'wave', 'group', 'cohort', 'agent']),
  deployment: name.optional(),
  /** Wave (by its shape), group, cohort or agent; missing for the wider levels. */
  name: name.optional(),
});
/**
 * POST /v1/fences — lowers the ceiling of each scope and raises its generation; idempotent by commandId.
 * Under a ceiling below shadow nothing is registered or created either, whatever its generation.
 */
export const fenceRequest = z.strictObject({ scopes: z.array(fenceScope).min(1).max(1000), ceiling: mode, commandId: key });
/**
 * POST /v1/fences/lift — takes away what `commandId` fenced; a new generation as well. With `cohorts` (or, for a fence of agents,
 * `agents`) for these only: from then on that fence does not count for them, and stands for all others. A fence of the customer is
 * lifted whole or not at all.
 */
export const fenceLiftRequest = z.strictObject({
  commandId: key,
  liftedBy: key,
  cohorts: z.array(name).min(1).max(1000).optional(),
  agents: z.array(name).min(1).max(1000).optional(),
});
export const fenceReply = z.strictObject({ generation: count });
/** GET /v1/fences?deployment=… */
export const fencesReply = z.strictObject({
  /** The highest generation in force anywhere for this customer. */
  generation: count,
  fences: z.array(
    z.strictObject({
      scope: fenceScope,
      ceiling: mode,
      generation: count,
      commandId: z.string(),
      /** Cohorts (agents) in its scope for which it was lifted already. */
      exempt: z.array(name),
    }),
  ),
});

// ── credentials ────────────────────────────────────────────────────────────────────────────────────────────────
/**
 * POST /v1/credentials/revoke — answers items. Revokes the agent's credential up to `credentialGeneration` (missing: whichever it
 * has), so that a late repetition never takes a newer one. An agent without one is done as well: nothing of it is valid. It carries
 * no generation: it only takes away. From then on the agent makes no call until it has a new credential.
 */
export const revokeRequest = z.strictObject({
  deployment: name,
  cohort: name,
  items: bulk(z.strictObject({ key, agent: name, credentialGeneration: count.optional() })),
});

// ── what watches ───────────────────────────────────────────────────────────────────────────────────────────────
/** GET /v1/deployments/{deployment}/checks?from=iso&to=iso — health checks, once a plan minute while agents of the cohort run. */
export const checksReply = z.strictObject({
  from: iso,
  to: iso,
  cohorts: z.array(
    z.strictObject({
      cohort: name,
      checks: count,
      failed: count,
      /** How many of the last ones by `to` failed in a row, also those before `from`. */
      failedInARow: count,
      lastAt: iso.nullable(),
    }),
  ),
});
/**
 * GET /v1/deployments/{deployment}/identities — whom the connectors see. One row per cohort, connector and identity that agents of
 * the cohort log in with; as it should be, each has one row, in which both are equal. An agent with no valid credential logs in nowhere.
 */
export const identitiesReply = z.strictObject({
  at: iso,
  identities: z.array(z.strictObject({ cohort: name, connector: name, expected: z.string(), actual: z.string(), agents: count })),
});

// ── Atlas ──────────────────────────────────────────────────────────────────────────────────────────────────────
/** GET /v1/deployments/{deployment}/atlas/audit — the manifest that each cohort was registered with, and the one that runs. */
export const atlasAuditReply = z.strictObject({
  at: iso,
  cohorts: z.array(z.strictObject({ cohort: name, registered: digest, running: digest, since: iso })),
});
/**
 * POST /v1/deployments/{deployment}/atlas/regenerations — Atlas builds the cohort's agents again from the manifest that it was
 * registered with. 409 `conflict` for another manifest, and while one of them is in shadow or live: they are halted first.
 */
export const regenerateRequest = z.strictObject({ key, cohort: name, manifestDigest: digest });
export const regenerateReply = z.strictObject({ regeneration: z.string(), cohort: name, running: digest, at: iso });

// ── what was done ──────────────────────────────────────────────────────────────────────────────────────────────
/**
 * GET /v1/deployments/{deployment}/commits?from=iso&to=iso[&cohort=…][&agent=…]&after=…&limit=… — every write that committed,
 * approved by a manager or not, without the first `after`; cohort by cohort, each oldest first.
 */
export const commitsReply = z.strictObject({
  total: count,
  commits: z.array(
    z.strictObject({
      id: z.string(),
      cohort: name,
      agent: name,
      connector: name,
      at: iso,
      /** The manager who approved it; null: nobody was asked. */
      approvedBy: z.string().nullable(),
    }),
  ),
});
/** GET /v1/deployments/{deployment}/exits?cohort=… or ?agent=… — for an attestation: what it did, what was revoked, what remains. */
export const exitsReply = z.strictObject({
  at: iso,
  cohort: name,
  /** Null: the whole cohort. */
  agent: name.nullable(),
  agents: count,
  did: z.strictObject({
    /** Null for one agent: calls are counted per cohort. */
    calls: count.nullable(),
    writesCommitted: count,
    writesApproved: count,
    escalations: count,
    orchestrations: count,
    connectors: z.array(name),
    firstLiveAt: iso.nullable(),
    lastLiveAt: iso.nullable(),
  }),
  revoked: z.strictObject({ credentials: count, lastAt: iso.nullable() }),
  remains: z.strictObject({
    notTerminated: count,
    validCredentials: count,
    /** Questions of theirs that still lie in somebody's queue; what is approved now is not executed. */
    openEscalations: count,
  }),
});
