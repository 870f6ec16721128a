import type { z } from 'zod';
import * as wire from '../../../clients/platform/wire.schema.ts';
import { shortHash } from '../hash.ts';
import { Problem } from '../problem.ts';
import { demandGeneration, deploymentOf, numberIn, param, withBody, withoutBody } from '../route.ts';
import type { Call, Reply, Route } from '../route.ts';
import type { Deployment } from '../state/deployment.ts';
import type { ItemResult } from '../types.ts';
import type { Escalation } from '../work/escalations.ts';
import { replyTo } from './items.ts';
import type { Decided } from './items.ts';

type Code = NonNullable<ItemResult['code']>;
type Body = z.infer<typeof wire.escalationsReply>;

/** A deployment whose queues are as they are now. */
export function worked(call: Call): Deployment {
  const deployment = deploymentOf(call, param(call, 'deployment'));
  deployment.work.carryOn(call.now);
  return deployment;
}

function escalations(call: Call): Reply {
  const { all, open } = worked(call).work.escalations;
  const kind = call.query.get('synthetic');
  const waiting = call.query.get('open') === 'true';
  const fits = (waiting ? open : all).filter(({ synthetic }) => kind === null || synthetic === (kind === 'true'));
  if (waiting) fits.sort((a, b) => a.assignedAt - b.assignedAt || (a.id < b.id ? -1 : 1));
  const after = numberIn(call, 'after', 0, Number.MAX_SAFE_INTEGER);
  const page = fits.slice(after, after + numberIn(call, 'limit', 100, 1000));
  const body: Body = { at: iso(call.now), total: fits.length, escalations: page.map((each) => shown(each, call.now)) };
  return { body };
}

function shown(escalation: Escalation, now: number): Body['escalations'][number] {
  const { id, agent, manager, at, synthetic, level, assignedTo, assignedAt, decision, decidedAt } = escalation;
  const said = { id, agent: agent.name, manager, at: iso(at), synthetic, level, assignedTo, assignedAt: iso(assignedAt) };
  if (decidedAt === null || decidedAt > now) return { ...said, decision: null, decidedAt: null, decidedBy: null };
  return { ...said, decision, decidedAt: iso(decidedAt), decidedBy: assignedTo };
}

function drill(call: Call<z.output<typeof wire.drillRequest>>): Reply {
  const { platform, customer, body } = call;
  const deployment = worked(call);
  demandGeneration(call, body.generation, customer.fences.over(deployment.name).generation, `deployment ${deployment.name}`);
  const speaker = speakers(deployment);
  const decided = decide(call, 'drill', body.items, {
    request: ({ manager }) => manager,
    effect: ({ key, manager, leaveUnanswered }) => {
      const agent = speaker.get(manager);
      if (customer.world.queuesMissing.has(manager)) return 'no_queue';
      if (agent === undefined) return 'no_bound_agent';
      const escalation = `try_${shortHash(`${customer.name}/${deployment.name}/${key}`)}`;
      return { agent, escalation, manager, leaveUnanswered };
    },
  });
  const { effects: items } = decided;
  const { generation } = body;
  if (items.length > 0) platform.commit({ op: 'drill', customer: customer.name, deployment: deployment.name, generation, items });
  return replyTo(call, decided);
}

/** Per manager the agent in whose name they are asked: the first one that is bound to them. */
function speakers({ cohorts }: Deployment): Map<string, string> {
  const found = new Map<string, string>();
  for (const cohort of cohorts.values()) {
    for (const { name, managerEmail, snapshot, lifecycle } of cohort.agents.values()) {
      if (snapshot !== null && lifecycle !== 'terminated' && !found.has(managerEmail)) found.set(managerEmail, name);
    }
  }
  return found;
}

function reassign(call: Call<z.output<typeof wire.reassignRequest>>): Reply {
  const { platform, customer, body } = call;
  const deployment = worked(call);
  const named = new Set<string>();
  const decided = decide(call, 'reassign', body.items, {
    request: ({ escalation, to }) => `${escalation} ${to}`,
    effect: ({ escalation: id, to }) => {
      const escalation = deployment.work.escalations.of(id);
      if (!escalation) return 'unknown_escalation';
      if (escalation.decidedAt !== null && escalation.decidedAt <= call.now) return 'already_decided';
      if (escalation.assignedTo === to || named.has(id)) return 'already_there';
      if (!customer.world.hris.people.has(to)) return 'unknown_person';
      named.add(id);
      return { agent: escalation.agent.name, escalation: id, to };
    },
  });
  const { effects: items } = decided;
  if (items.length > 0)
    platform.commit({ op: 'reassign', customer: customer.name, deployment: deployment.name, items }, call.now);
  return replyTo(call, decided);
}

interface About<I, Effect> {
  /** Tells a repetition from another request that took the same key. */
  request: (item: I) => string;
  effect: (item: I) => (Effect & { agent: string; escalation: string }) | Code;
}

function decide<I extends { key: string }, Effect extends object>(
  { customer }: Call,
  operation: 'drill' | 'reassign',
  items: readonly I[],
  { request, effect }: About<I, Effect>,
): Decided<Effect & { escalation: string }> {
  if (new Set(items.map(({ key }) => key)).size < items.length) throw new Problem('invalid', 'items: a key stands there twice');
  const decided: Decided<Effect & { escalation: string }> = { effects: [], settled: [] };
  for (const item of items) {
    const { key } = item;
    const before = customer.operations.get(key);
    if (before) {
      const same = before.result.operation === operation && before.request === request(item);
      const other: ItemResult = { key, agent: '*', status: 'conflict', detail: 'the key was used for something else' };
      decided.settled.push({ key, result: same ? { ...before.result, replayed: true } : other });
      continue;
    }
    const made = effect(item);
    if (typeof made === 'string') decided.settled.push({ key, result: { key, agent: '*', status: 'refused', code: made } });
    else {
      decided.effects.push({ key, ...made });
      decided.settled.push({ key, result: null });
    }
  }
  return decided;
}

const iso = (at: number): string => new Date(at).toISOString();

const path = '/v1/deployments/{deployment}/escalations';
const post = { method: 'POST', power: 'forward' } as const;
export const escalationRoutes: Route[] = [
  withoutBody({ name: 'escalations', method: 'GET', power: 'read', path, handle: escalations }),
  withBody({ ...post, name: 'drill', path, body: wire.drillRequest, handle: drill }),
  withBody({ ...post, name: 'reassign', path: `${path}/reassign`, body: wire.reassignRequest, handle: reassign }),
];
