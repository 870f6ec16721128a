import type { z } from 'zod';
import type * as wire from '../../../clients/platform/wire.schema.ts';
import { Problem } from '../problem.ts';
import { cohortOf, deploymentOf, numberIn, param, windowIn, withoutBody } from '../route.ts';
import type { Call, Reply, Route } from '../route.ts';
import type { Agent } from '../state/agent.ts';
import type { Cohort } from '../state/cohort.ts';
import type { Deployment } from '../state/deployment.ts';
import { commitsOf } from '../work/commits.ts';
import { at, CALLS } from '../work/counts.ts';

interface Subject {
  deployment: Deployment;
  /** Null: every cohort. */
  cohort: Cohort | null;
  agent: Agent | null;
}

function subjectOf(call: Call): Subject {
  const deployment = deploymentOf(call, param(call, 'deployment'));
  const [cohort, agent] = [call.query.get('cohort'), call.query.get('agent')];
  if (agent === null)
    return { deployment, cohort: cohort === null ? null : cohortOf(call, deployment.name, cohort), agent: null };
  const found = call.customer.agents.get(agent);
  if (found?.home.deployment !== deployment.name || (cohort !== null && found.home.cohort !== cohort)) {
    throw new Problem('not_found', `there is no agent ${agent} here`);
  }
  return { deployment, cohort: cohortOf(call, deployment.name, found.home.cohort), agent: found };
}

function commits(call: Call): Reply {
  const { deployment, cohort, agent } = subjectOf(call);
  const { from, to } = windowIn(call);
  const after = numberIn(call, 'after', 0, Number.MAX_SAFE_INTEGER);
  const limit = numberIn(call, 'limit', 100, 1000);
  deployment.work.carryOn(call.now);
  const body: z.infer<typeof wire.commitsReply> = { total: 0, commits: [] };
  for (const each of cohort ? [cohort] : deployment.cohorts.values()) {
    for (const commit of commitsOf(deployment.work, deployment.workOf(each), { from, to })) {
      if (agent && commit.agent !== agent) continue;
      const number = body.total++;
      if (number < after || body.commits.length >= limit) continue;
      const { id, connector, approvedBy } = commit;
      const who = { cohort: each.name, agent: commit.agent.name };
      body.commits.push({ id, ...who, connector, at: new Date(commit.at).toISOString(), approvedBy });
    }
  }
  return { body };
}

function exits(call: Call): Reply {
  const { deployment, cohort, agent } = subjectOf(call);
  if (!cohort) throw new Problem('invalid', 'cohort: or agent, one of them is needed');
  deployment.work.carryOn(call.now);
  const work = deployment.workOf(cohort);
  const agents = agent ? [agent] : [...cohort.agents.values()];
  const own = new Set(agents);
  const made = [...commitsOf(deployment.work, work, { from: 0, to: call.now })].filter((commit) => own.has(commit.agent));
  const asked = deployment.work.escalations.all.filter((each) => !each.synthetic && own.has(each.agent));
  const orchestrations = deployment.work.orchestrations.filter((each) => own.has(each.agent)).length;
  const times = agents.flatMap(({ live }) => live);
  const liveNow = agents.some(({ isLive }) => isLive);
  const revoked = agents.flatMap(({ revokedAt }) => revokedAt ?? []);
  const calls = at(work.live.upTo(call.now).counts, CALLS) + at(work.shadow.upTo(call.now).counts, CALLS);
  const body: z.infer<typeof wire.exitsReply> = {
    at: new Date(call.now).toISOString(),
    cohort: cohort.name,
    agent: agent?.name ?? null,
    agents: agents.length,
    did: {
      calls: agent ? null : calls,
      writesCommitted: made.length,
      writesApproved: made.filter(({ approvedBy }) => approvedBy !== null).length,
      escalations: asked.length,
      orchestrations,
      connectors: cohort.spec.connectors,
      firstLiveAt: edge(times, Math.min),
      lastLiveAt: edge(liveNow ? [...times, call.now] : times, Math.max),
    },
    revoked: { credentials: revoked.length, lastAt: edge(revoked, Math.max) },
    remains: {
      notTerminated: agents.filter(({ lifecycle }) => lifecycle !== 'terminated').length,
      validCredentials: agents.filter(({ hasCredential }) => hasCredential).length,
      openEscalations: asked.filter(({ decidedAt }) => decidedAt === null || decidedAt > call.now).length,
    },
  };
  return { body };
}

const edge = (times: number[], of: (a: number, b: number) => number): string | null =>
  times.length === 0 ? null : new Date(times.reduce((a, b) => of(a, b))).toISOString();

const base = '/v1/deployments/{deployment}';
export const committed: Route[] = [
  withoutBody({ name: 'commits', method: 'GET', path: `${base}/commits`, power: 'read', handle: commits }),
  withoutBody({ name: 'exits', method: 'GET', path: `${base}/exits`, power: 'read', handle: exits }),
];
