import type { z } from 'zod';
import type * as wire from '../../../clients/platform/wire.schema.ts';
import { deploymentOf, param, windowIn, withoutBody } from '../route.ts';
import type { Call, Reply, Route } from '../route.ts';
import type { CohortWork } from '../work/cohort-work.ts';
import { at, CALLS, connectorCalls, connectorErrors, DENY, ERRORS, latencies, WARN, WRITES } from '../work/counts.ts';
import type { Counts } from '../work/counts.ts';

type Telemetry = z.infer<typeof wire.telemetryReply>;
type Side = Telemetry['cohorts'][number]['live'];

/** One reply for all cohorts. `to` in the reply is where the counts end: now, when the request asked for more. */
function telemetry(call: Call): Reply {
  const deployment = deploymentOf(call, param(call, 'deployment'));
  const { from, to } = windowIn(call);
  deployment.work.carryOn(call.now);
  const connectors = new Map<string, { calls: number; errors: number }>();
  const cohorts = [...deployment.cohorts.values()].map((cohort) => {
    const work = deployment.workOf(cohort);
    const live = work.live.between(from, to);
    const shadow = work.shadow.between(from, to);
    for (const { counts } of [live, shadow]) addConnectors(connectors, cohort.spec.connectors, counts);
    return {
      cohort: cohort.name,
      live: side(live.counts, work, { writesCommitted: work.writesCommitted(from, to), writesDryRun: 0 }),
      shadow: side(shadow.counts, work, { writesCommitted: 0, writesDryRun: at(shadow.counts, WRITES) }),
      liveAgentHours: live.agentHours,
      shadowAgentHours: shadow.agentHours,
    };
  });
  const body: Telemetry = {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    cohorts,
    connectors: [...connectors].map(([connector, counts]) => ({ connector, ...counts })),
  };
  return { body };
}

function side(counts: Counts, work: CohortWork, writes: Pick<Side, 'writesCommitted' | 'writesDryRun'>): Side {
  const [calls, errors, warn, deny] = [at(counts, CALLS), at(counts, ERRORS), at(counts, WARN), at(counts, DENY)];
  return {
    calls,
    ...writes,
    errors,
    latency: latencies(counts),
    verdicts: { allow: calls - errors - warn - deny, warn, deny, failed: errors },
    costDollars: Math.round(calls * work.dollarsPerCall * 1e6) / 1e6,
  };
}

function addConnectors(sums: Map<string, { calls: number; errors: number }>, ids: readonly string[], counts: Counts): void {
  for (const [index, id] of ids.entries()) {
    const sum = sums.get(id) ?? { calls: 0, errors: 0 };
    sum.calls += connectorCalls(counts, index);
    sum.errors += connectorErrors(counts, index, ids.length);
    sums.set(id, sum);
  }
}

export const telemetries: Route[] = [
  withoutBody({
    name: 'telemetry',
    method: 'GET',
    path: '/v1/deployments/{deployment}/telemetry',
    power: 'read',
    handle: telemetry,
  }),
];
