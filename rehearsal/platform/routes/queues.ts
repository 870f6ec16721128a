import type { z } from 'zod';
import type * as wire from '../../../clients/platform/wire.schema.ts';
import { numberIn, param, withoutBody } from '../route.ts';
import type { Call, Reply, Route } from '../route.ts';
import type { Deployment } from '../state/deployment.ts';
import { worked } from './escalations.ts';

type Queue = z.infer<typeof wire.queuesReply>['queues'][number];

/** Queues belong to managers, so they are there before the deployment is, whatever other customers call theirs. */
function queues(call: Call): Reply {
  const { world, deployments } = call.customer;
  const name = param(call, 'deployment');
  const deployment = deployments.get(name);
  const byManager = new Map<string, Queue>();
  const queueOf = (manager: string): Queue => {
    const queue = byManager.get(manager) ?? {
      manager,
      agents: 0,
      open: 0,
      decided: 0,
      oldestOpenAt: null,
      firstDecisionAt: null,
    };
    byManager.set(manager, queue);
    return queue;
  };
  for (const manager of world.hris.managers()) queueOf(manager);
  for (const manager of Object.keys(world.answering)) if (world.hris.people.has(manager)) queueOf(manager);
  if (deployment) fill(deployment, call.now, queueOf);
  for (const manager of world.queuesMissing) byManager.delete(manager);
  return { body: { queues: [...byManager.values()] } satisfies z.infer<typeof wire.queuesReply> };
}

function fill({ cohorts, work }: Deployment, now: number, queueOf: (manager: string) => Queue): void {
  work.carryOn(now);
  for (const cohort of cohorts.values()) {
    for (const agent of cohort.agents.values()) if (agent.snapshot !== null) queueOf(agent.managerEmail).agents++;
  }
  for (const { assignedTo, decidedAt } of work.escalations.decided) {
    const queue = queueOf(assignedTo);
    queue.decided++;
    // In the order of the decisions, so the first one that is met is the first.
    queue.firstDecisionAt ??= iso(decidedAt);
  }
  const oldest = new Map<string, number>();
  for (const { assignedTo, at } of work.escalations.open) {
    queueOf(assignedTo).open++;
    oldest.set(assignedTo, Math.min(at, oldest.get(assignedTo) ?? at));
  }
  for (const [manager, at] of oldest) queueOf(manager).oldestOpenAt = iso(at);
}

function writes(call: Call): Reply {
  const { work } = worked(call);
  const after = numberIn(call, 'after', 0, Number.MAX_SAFE_INTEGER);
  const body: z.infer<typeof wire.writesReply> = {
    total: work.writes.length,
    writes: work.writes.slice(after, after + limitOf(call)).map(({ id, escalation, connector }) => ({
      id,
      escalation: escalation.id,
      agent: escalation.agent.name,
      manager: escalation.assignedTo,
      connector,
      at: new Date(escalation.decidedAt ?? escalation.at).toISOString(),
    })),
  };
  return { body };
}

function orchestrations(call: Call): Reply {
  const { work } = worked(call);
  const body: z.infer<typeof wire.orchestrationsReply> = {
    total: work.orchestrations.length,
    orchestrations: work.orchestrations
      .slice(0, limitOf(call))
      .map(({ id, agent, connectors, at }) => ({ id, agent: agent.name, connectors, completedAt: new Date(at).toISOString() })),
  };
  return { body };
}

const limitOf = (call: Call): number => numberIn(call, 'limit', 100, 1000);
const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

const get = { method: 'GET', power: 'read' } as const;
const base = '/v1/deployments/{deployment}';
export const queueRoutes: Route[] = [
  withoutBody({ ...get, name: 'queues', path: `${base}/queues`, handle: queues }),
  withoutBody({ ...get, name: 'writes', path: `${base}/writes`, handle: writes }),
  withoutBody({ ...get, name: 'orchestrations', path: `${base}/orchestrations`, handle: orchestrations }),
];
