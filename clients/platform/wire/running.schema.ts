import { z } from 'zod';
import { bulk, count, iso, key, name } from './common.schema.ts';

/** What running agents do: example, telemetry, queues, escalations, writes, orchestrations, executions. */

/** POST /v1/deployments/{deployment}/cohorts/{cohort}/example — runs the manifest's example request in shadow. */
export const exampleRequest = z.strictObject({ key, generation: count });
export const exampleReply = z.strictObject({
  output: z.record(z.string(), z.unknown()),
  verdict: z.enum(['ALLOW', 'DENY', 'WARN']),
  dryRun: z.boolean(),
});

/** Upper bounds in ms; the last bucket is open. */
export const LATENCY_BUCKETS_MS = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000] as const;
const window = {
  calls: count,
  writesCommitted: count,
  writesDryRun: count,
  errors: count,
  /** One count per bucket of LATENCY_BUCKETS_MS plus one for the rest. */
  latency: z.array(count).length(LATENCY_BUCKETS_MS.length + 1),
  verdicts: z.strictObject({ allow: count, warn: count, deny: count, failed: count }),
  costDollars: z.number().min(0),
};
/** GET /v1/deployments/{deployment}/telemetry?from=iso&to=iso — per cohort, live and shadow agents apart. */
export const telemetryReply = z.strictObject({
  from: iso,
  to: iso,
  cohorts: z.array(
    z.strictObject({
      cohort: name,
      live: z.strictObject(window),
      shadow: z.strictObject(window),
      liveAgentHours: z.number(),
      shadowAgentHours: z.number(),
    }),
  ),
  connectors: z.array(z.strictObject({ connector: name, calls: count, errors: count })),
});
/** GET /v1/deployments/{deployment}/queues */
export const queuesReply = z.strictObject({
  queues: z.array(
    z.strictObject({
      manager: z.string(),
      agents: count,
      open: count,
      decided: count,
      oldestOpenAt: iso.nullable(),
      firstDecisionAt: iso.nullable(),
    }),
  ),
});
/**
 * GET /v1/deployments/{deployment}/escalations?after=…&limit=…[&synthetic=true|false][&open=true] — oldest first, without the
 * first `after`; with `open=true` those that nobody has decided yet, the one that lies with its holder for longest first.
 * `manager` is whose queue it came to first, `level` how often it was passed on since. `total` counts what the filters let through.
 */
export const escalationsReply = z.strictObject({
  /** The platform's own time of the answer: dues are reckoned by it. */
  at: iso,
  total: count,
  escalations: z.array(
    z.strictObject({
      id: z.string(),
      agent: name,
      manager: z.string(),
      at: iso,
      /** Asked to try the queue: whatever is decided, nothing is executed. */
      synthetic: z.boolean(),
      level: count,
      assignedTo: z.string(),
      assignedAt: iso,
      decision: z.enum(['approved', 'rejected']).nullable(),
      decidedAt: iso.nullable(),
      decidedBy: z.string().nullable(),
    }),
  ),
});
/**
 * POST /v1/deployments/{deployment}/escalations — one synthetic escalation per item, in the name of an agent that is bound to
 * the manager. Such an escalation never executes anything. `leaveUnanswered`: the manager lets it lie, so that it has to be passed on.
 */
export const drillRequest = z.strictObject({
  generation: count,
  items: bulk(z.strictObject({ key, manager: z.string(), leaveUnanswered: z.boolean().default(false) })),
});
/**
 * POST /v1/deployments/{deployment}/escalations/reassign — passes open escalations on to somebody else's queue. It carries no
 * generation: nobody may do more after it than before, and questions are passed on also while agents are stopped.
 */
export const reassignRequest = z.strictObject({
  items: bulk(z.strictObject({ key, escalation: z.string(), to: z.string() })),
});

/** GET /v1/deployments/{deployment}/writes?after=…&limit=…  manager-approved writes that committed, oldest first, without the first `after` */
export const writesReply = z.strictObject({
  total: count,
  writes: z.array(
    z.strictObject({ id: z.string(), escalation: z.string(), agent: name, manager: z.string(), connector: name, at: iso }),
  ),
});
/** GET /v1/deployments/{deployment}/orchestrations?limit=… */
export const orchestrationsReply = z.strictObject({
  total: count,
  orchestrations: z.array(z.strictObject({ id: z.string(), agent: name, connectors: z.array(name), completedAt: iso })),
});
/**
 * GET /v1/deployments/{deployment}/executions?from=iso&to=iso&after=…&limit=…[&stateChange=true] — to sample from.
 * Numbered from 0 through the window (through its state changes with `stateChange=true`), so that any number that was drawn can be
 * read by `after=number-1&limit=1`. `next` is the last number of the page. `stateChange`: a multi-system write.
 */
export const executionsReply = z.strictObject({
  total: count,
  executions: z.array(
    z.strictObject({
      id: z.string(),
      number: count,
      agent: name,
      cohort: name,
      at: iso,
      live: z.boolean(),
      stateChange: z.boolean(),
      verdict: z.enum(['ALLOW', 'WARN', 'DENY', 'FAILED']),
    }),
  ),
  next: z.string().nullable(),
});
