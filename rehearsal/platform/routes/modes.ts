import type { z } from 'zod';
import * as wire from '../../../clients/platform/wire.schema.ts';
import { Problem } from '../problem.ts';
import { cohortOf, demand, demandGeneration, deploymentOf, numberIn, param, withBody, withoutBody } from '../route.ts';
import type { Call, Reply, Route } from '../route.ts';
import type { Agent } from '../state/agent.ts';
import type { Cohort } from '../state/cohort.ts';
import { planAgent, planFlip, sameFlip } from '../state/modes.ts';
import { rank, type CohortState } from '../types.ts';

type Flip = z.infer<typeof wire.modeRequest>;

function putMode(call: Call<Flip>): Reply {
  const { platform, customer } = call;
  const cohort = cohortOf(call, param(call, 'deployment'), param(call, 'cohort'));
  const flip = { ...call.body, livePercent: call.body.mode === 'live' ? call.body.livePercent : 0 };
  const before = customer.operations.get(flip.key);
  if (before) {
    if (before.request !== sameFlip(flip)) throw new Problem('conflict', 'the key was used for another flip');
    const reply = customer.replyTo(flip.key) as CohortState;
    return { body: reply, headers: { etag: reply.etag } };
  }
  const op = cohort.isRaise(flip.mode, flip.livePercent, flip.run) ? 'raise' : 'lower';
  demandMatch(call, cohort, op);
  if (op === 'raise') demandRise(call, cohort, flip);
  const changed = planFlip(customer, cohort, { op, ...flip }).length;
  const from = { mode: cohort.mode, livePercent: cohort.livePercent };
  const at = { customer: customer.name, deployment: cohort.deployment, cohort: cohort.name };
  platform.commit({ op, ...at, ...flip, from, changed });
  return { body: customer.replyTo(flip.key), headers: { etag: cohort.etag } };
}

/** The ETag is the one that the authorisation saw. Only a flip downwards may say `*`. */
function demandMatch(call: Call, cohort: Cohort, op: 'raise' | 'lower'): void {
  if (call.ifMatch === null) throw new Problem('precondition_required', 'If-Match is missing');
  if (call.ifMatch === cohort.etag || (call.ifMatch === '*' && op === 'lower')) return;
  throw new Problem('precondition_failed', `cohort ${cohort.name} has been flipped since`);
}

function demandRise(call: Call, cohort: Cohort, flip: Flip): void {
  demand(call, 'forward');
  const { generation, ceiling } = call.customer.fences.over(cohort.deployment, cohort.spec);
  demandGeneration(call, flip.generation, generation, `cohort ${cohort.name}`);
  if (rank(flip.mode) > rank(ceiling)) throw new Problem('above_ceiling', `cohort ${cohort.name} may rise to ${ceiling} at most`);
  if (cohort.mode === 'terminated') throw new Problem('conflict', `cohort ${cohort.name} was terminated`);
}

function putAgentMode(call: Call<z.infer<typeof wire.agentModeRequest>>): Reply {
  const { platform, customer, body } = call;
  const deployment = deploymentOf(call, param(call, 'deployment'));
  const agent = customer.agents.get(param(call, 'agent'));
  const cohort = deployment.cohorts.get(agent?.home.cohort ?? '');
  if (!agent || !cohort || agent.home.deployment !== deployment.name) {
    throw new Problem('not_found', `deployment ${deployment.name} has no agent ${param(call, 'agent')}`);
  }
  const before = customer.operations.get(body.key);
  if (before) {
    if (before.request !== body.mode) throw new Problem('conflict', 'the key was used for another flip');
    return { body: stateOf(agent) };
  }
  if (rank(body.mode) > rank(agent.own)) demandAgentRise(call, cohort, agent);
  const at = { customer: customer.name, deployment: deployment.name, cohort: cohort.name };
  const { key, mode, generation = null } = body;
  platform.commit({ op: 'agent-mode', ...at, key, agent: agent.name, mode, generation });
  return { body: stateOf(agent) };
}

function demandAgentRise(call: Call<z.infer<typeof wire.agentModeRequest>>, cohort: Cohort, agent: Agent): void {
  demand(call, 'forward');
  if (agent.lifecycle === 'terminated') throw new Problem('conflict', `agent ${agent.name} was terminated`);
  const { generation, ceiling } = call.customer.fences.over(cohort.deployment, cohort.spec, agent.name);
  demandGeneration(call, call.body.generation ?? 0, generation, `agent ${agent.name}`);
  const { mode } = planAgent(call.customer, cohort, agent, call.body.mode);
  if (rank(mode) > rank(ceiling)) throw new Problem('above_ceiling', `agent ${agent.name} may rise to ${ceiling} at most`);
}

function cohorts(call: Call): Reply {
  const deployment = deploymentOf(call, param(call, 'deployment'));
  const only = call.query.get('cohort');
  const chosen = only === null ? [...deployment.cohorts.values()] : [cohortOf(call, deployment.name, only)];
  const body: z.infer<typeof wire.cohortsReply> = {
    deployment: deployment.name,
    at: new Date(call.now).toISOString(),
    cohorts: chosen.map((cohort) => call.customer.cohortState(cohort)),
  };
  return { body };
}

function deployments({ customer, now }: Call): Reply {
  const body: z.infer<typeof wire.deploymentsReply> = {
    at: new Date(now).toISOString(),
    deployments: [...customer.deployments.keys()],
  };
  return { body };
}

function agents(call: Call): Reply {
  const deployment = deploymentOf(call, param(call, 'deployment'));
  const only = call.query.get('cohort');
  const chosen = only === null ? [...deployment.cohorts.values()] : [cohortOf(call, deployment.name, only)];
  const after = call.query.get('after') ?? '';
  const limit = Math.max(1, numberIn(call, 'limit', 100, 1000));
  const agent = call.query.get('agent');
  const fits = (name: string): boolean => name > after && (agent === null || name === agent);
  const names = chosen.flatMap((cohort) => [...cohort.agents.keys()].filter(fits)).sort();
  const page = names.slice(0, limit).flatMap((name) => call.customer.agents.get(name) ?? []);
  const next = names.length > limit ? (names[limit - 1] ?? null) : null;
  return { body: { agents: page.map(stateOf), next } satisfies z.infer<typeof wire.agentsReply> };
}

function stateOf(agent: Agent): z.infer<typeof wire.agentState> {
  const { version, fingerprint, vaultRef, revokedAt } = agent;
  return {
    agent: agent.name,
    cohort: agent.home.cohort,
    agentId: agent.agentId,
    lifecycle: agent.lifecycle,
    mode: agent.mode,
    own: agent.own,
    managerEmail: agent.managerEmail,
    bound: agent.snapshot !== null,
    credential: version === null ? null : { vaultRef, version, fingerprint, revoked: revokedAt !== null },
    smoke: agent.smoke,
  };
}

const base = '/v1/deployments/{deployment}';
export const modes: Route[] = [
  withoutBody({ name: 'deployments', method: 'GET', path: '/v1/deployments', power: 'read', handle: deployments }),
  withoutBody({ name: 'cohorts', method: 'GET', path: `${base}/cohorts`, power: 'read', handle: cohorts }),
  withoutBody({ name: 'agents', method: 'GET', path: `${base}/agents`, power: 'read', handle: agents }),
  withBody({
    name: 'mode',
    method: 'PUT',
    path: `${base}/cohorts/{cohort}/mode`,
    power: 'lower',
    body: wire.modeRequest,
    handle: putMode,
  }),
  withBody({
    name: 'agent-mode',
    method: 'PUT',
    path: `${base}/agents/{agent}/mode`,
    power: 'lower',
    body: wire.agentModeRequest,
    handle: putAgentMode,
  }),
];
