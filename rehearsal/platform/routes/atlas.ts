import type { z } from 'zod';
import * as wire from '../../../clients/platform/wire.schema.ts';
import { Problem } from '../problem.ts';
import { cohortOf, deploymentOf, param, withBody, withoutBody } from '../route.ts';
import type { Call, Reply, Route } from '../route.ts';
import { rank } from '../types.ts';

function audit(call: Call): Reply {
  const deployment = deploymentOf(call, param(call, 'deployment'));
  const body: z.infer<typeof wire.atlasAuditReply> = {
    at: iso(call.now),
    cohorts: [...deployment.cohorts.values()].map(({ name, spec, drift, builtAt }) => ({
      cohort: name,
      registered: spec.manifestDigest,
      running: drift?.digest ?? spec.manifestDigest,
      since: iso(drift?.at ?? builtAt ?? deployment.registeredAt),
    })),
  };
  return { body };
}

function regenerate(call: Call<z.infer<typeof wire.regenerateRequest>>): Reply {
  const { platform, customer, body } = call;
  const cohort = cohortOf(call, param(call, 'deployment'), body.cohort);
  const before = customer.operations.get(body.key);
  if (before) {
    if (before.request === `${body.cohort} ${body.manifestDigest}`) return { body: customer.replyTo(body.key) };
    throw new Problem('conflict', 'the key was used for something else');
  }
  if (body.manifestDigest !== cohort.spec.manifestDigest) {
    throw new Problem('conflict', `cohort ${cohort.name} was registered with another manifest`);
  }
  const working = [...cohort.agents.values()].filter((agent) => agent.works && rank(agent.mode) >= rank('shadow'));
  if (working.length > 0) throw new Problem('conflict', `${working.length} agents of cohort ${cohort.name} are at work`);
  platform.commit({ op: 'regenerate', customer: customer.name, deployment: cohort.deployment, ...body });
  return { body: customer.replyTo(body.key) };
}

const iso = (at: number): string => new Date(at).toISOString();

const base = '/v1/deployments/{deployment}/atlas';
export const atlas: Route[] = [
  withoutBody({ name: 'atlas-audit', method: 'GET', path: `${base}/audit`, power: 'read', handle: audit }),
  withBody({
    name: 'regenerate',
    method: 'POST',
    path: `${base}/regenerations`,
    power: 'lower',
    body: wire.regenerateRequest,
    handle: regenerate,
  }),
];
