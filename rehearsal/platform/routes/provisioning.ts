import { createHash, randomBytes } from 'node:crypto';
import type { z } from 'zod';
import * as wire from '../../../clients/platform/wire.schema.ts';
import { Problem } from '../problem.ts';
import { cohortOf, demandOpen, withBody } from '../route.ts';
import type { Call, Reply, Route } from '../route.ts';
import type { Cohort } from '../state/cohort.ts';
import type { CustomerWorld } from '../state/world.ts';
import { rank } from '../types.ts';
import type { Verdict } from '../types.ts';
import { agentIn, decide, demandAuthorised, isRefusal, no, refused, replyTo } from './items.ts';
import type { Decided } from './items.ts';

function create(call: Call<z.infer<typeof wire.createRequest>>): Reply {
  const { platform, customer, body } = call;
  const { deployment, generation, items } = body;
  const cohort = cohortOf(call, deployment, body.cohort);
  demandAuthorised(call, cohort);
  demandOpen(customer.fences.over(deployment, cohort.spec).ceiling, `cohort ${cohort.name}`);
  demandNoOtherDeployment(call, items, cohort);
  let free = cohort.spec.agents - cohort.agents.size;
  const decided = decide(call, 'create', ({ agent, managerEmail }) => {
    const existing = customer.agents.get(agent);
    if (existing?.lifecycle === 'terminated') return no('refused', 'the agent was terminated, and its name is not used again');
    if (existing) return no('conflict', `the agent exists already, in cohort ${existing.home.cohort}`);
    if (rank(customer.fences.overAgent(deployment, agent).ceiling) < rank('shadow')) return no('fenced', 'the agent was stopped');
    if (free-- <= 0) return no('refused', `the cohort was registered with ${cohort.spec.agents} agents`);
    return { managerEmail };
  });
  if (decided.effects.length > 0) {
    platform.commit({
      op: 'create',
      customer: customer.name,
      deployment,
      cohort: cohort.name,
      generation,
      items: decided.effects,
    });
  }
  return replyTo(call, decided);
}

/** One name is one agent. The whole request is refused, so that a chunk is never half in one deployment. */
function demandNoOtherDeployment({ customer }: Call, items: { agent: string }[], cohort: Cohort): void {
  const elsewhere = items
    .flatMap(({ agent }) => customer.agents.get(agent) ?? [])
    .filter((agent) => {
      return agent.lifecycle !== 'terminated' && agent.home.deployment !== cohort.deployment;
    });
  const [first] = elsewhere;
  if (!first) return;
  const example = `${first.name} is in deployment ${first.home.deployment}`;
  throw new Problem('agent_in_other_deployment', `${elsewhere.length} of these agents belong elsewhere: ${example}`);
}

function bind(call: Call<z.infer<typeof wire.bindRequest>>): Reply {
  const { platform, customer, body } = call;
  const { deployment, generation, snapshotId } = body;
  const cohort = cohortOf(call, deployment, body.cohort);
  demandAuthorised(call, cohort);
  const snapshot = customer.snapshots.get(snapshotId);
  if (!snapshot) throw new Problem('not_found', `there is no HRIS snapshot ${snapshotId}`);
  const decided = decide(call, 'bind', (item) => {
    const agent = agentIn(cohort, item.agent);
    if (isRefusal(agent)) return agent;
    if (!snapshot.people.has(item.managerEmail)) return no('refused', 'the manager is not in the HRIS snapshot');
    return { managerEmail: item.managerEmail };
  });
  if (decided.effects.length > 0) {
    const at = { customer: customer.name, deployment, cohort: cohort.name, generation };
    platform.commit({ op: 'bind', ...at, snapshotId, items: decided.effects });
  }
  return replyTo(call, decided);
}

function mint(call: Call<z.infer<typeof wire.mintRequest>>): Reply {
  const { platform, customer, body } = call;
  const { deployment, generation } = body;
  const cohort = cohortOf(call, deployment, body.cohort);
  demandAuthorised(call, cohort);
  const decided = decide(call, 'mint', (item) => {
    const agent = agentIn(cohort, item.agent);
    if (isRefusal(agent)) return agent;
    if (agent.snapshot === null) return no('refused', 'the agent is not bound to its manager');
    if (agent.version !== null && item.credentialGeneration <= agent.version) {
      return no('conflict', `credential generation ${agent.version} exists already`);
    }
    return { version: item.credentialGeneration, vaultRef: agent.vaultRef, replaces: agent.hasCredential ? agent.version : null };
  });
  const retryAfterMs = pace(decided, customer.world, call.now);
  if (decided.effects.length > 0) {
    const secrets = decided.effects.map((effect) => ({
      ...effect,
      secret: `${platform.leaked ?? ''}${randomBytes(32).toString('base64url')}`,
    }));
    platform.intoVault(secrets.map(({ vaultRef, version, secret }) => ({ vaultRef, version, secret })));
    const items = secrets.map(({ secret, vaultRef: _, ...item }) => ({ ...item, fingerprint: fingerprintOf(secret) }));
    platform.commit({ op: 'mint', customer: customer.name, deployment, cohort: cohort.name, generation, items });
  }
  return replyTo(call, decided, retryAfterMs);
}

const fingerprintOf = (secret: string): string => `sha256:${createHash('sha256').update(secret).digest('hex').slice(0, 32)}`;

/** Leaves as many effects as the limit allows now; the rest are put off. Answers how long until they fit. */
function pace<Effect>(decided: Decided<Effect>, { minting }: CustomerWorld, now: number): number | undefined {
  const allowed = minting?.available(now) ?? Infinity;
  const late = decided.effects.splice(allowed);
  if (!minting || late.length === 0) return undefined;
  const retryAfterMs = minting.waitMs(decided.effects.length + late.length, now);
  if (decided.effects.length === 0 && decided.settled.every(({ result }) => result === null)) {
    throw new Problem('rate_limited', 'credentials are minted at a limited rate', retryAfterMs);
  }
  const keys = new Set(late.map(({ key }) => key));
  decided.settled = decided.settled.map((entry) => {
    if (!keys.has(entry.key)) return entry;
    const item = late.find(({ key }) => key === entry.key);
    return item ? { key: entry.key, result: refused(item, no('rate_limited', 'later')) } : entry;
  });
  return retryAfterMs;
}

function smoke(call: Call<z.infer<typeof wire.smokeRequest>>): Reply {
  const { platform, customer, body } = call;
  const { deployment, generation } = body;
  const cohort = cohortOf(call, deployment, body.cohort);
  demandAuthorised(call, cohort);
  const connector = customer.world.connectors.get(cohort.spec.connectors[0] ?? '');
  const verdict: Verdict = customer.world.smokeDeny.has(cohort.name) ? 'DENY' : 'ALLOW';
  const decided = decide(call, 'smoke', (item) => {
    const agent = agentIn(cohort, item.agent);
    if (isRefusal(agent)) return agent;
    if (!agent.hasCredential) return no('refused', 'the agent has no valid credential');
    if (connector?.up === false) return no('refused', `connector ${connector.id} does not answer`);
    return { verdict };
  });
  if (decided.effects.length > 0) {
    platform.commit({
      op: 'smoke',
      customer: customer.name,
      deployment,
      cohort: cohort.name,
      generation,
      items: decided.effects,
    });
  }
  return replyTo(call, decided);
}

const post = { method: 'POST', power: 'forward' } as const;
export const provisioning: Route[] = [
  withBody({ ...post, name: 'create', path: '/v1/agents', body: wire.createRequest, handle: create }),
  withBody({ ...post, name: 'bind', path: '/v1/bindings', body: wire.bindRequest, handle: bind }),
  withBody({ ...post, name: 'mint', path: '/v1/credentials', body: wire.mintRequest, handle: mint }),
  withBody({ ...post, name: 'smoke', path: '/v1/intercept/no-op', body: wire.smokeRequest, handle: smoke }),
];
