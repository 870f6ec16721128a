import type { z } from 'zod';
import * as wire from '../../../clients/platform/wire.schema.ts';
import { cohortOf, deploymentOf, param, withBody, withoutBody } from '../route.ts';
import type { Call, Reply, Route } from '../route.ts';
import { decideFreely, no, replyTo } from './items.ts';

type Identity = z.infer<typeof wire.identitiesReply>['identities'][number];

function revoke(call: Call<z.infer<typeof wire.revokeRequest>>): Reply {
  const { platform, customer, body } = call;
  const cohort = cohortOf(call, body.deployment, body.cohort);
  const decided = decideFreely(call, 'revoke', ({ agent: name, credentialGeneration }) => {
    const agent = cohort.agents.get(name);
    if (!agent) return no('refused', 'the cohort has no such agent');
    // Asked to take away an older one than the agent has: that one was revoked when this one was minted.
    const isOlder = agent.version !== null && credentialGeneration !== undefined && credentialGeneration < agent.version;
    return { version: agent.hasCredential && !isOlder ? agent.version : null };
  });
  if (decided.effects.length > 0) {
    const at = { customer: customer.name, deployment: body.deployment, cohort: cohort.name };
    platform.commit({ op: 'revoke', ...at, items: decided.effects });
  }
  return replyTo(call, decided);
}

function identities(call: Call): Reply {
  const { cohorts } = deploymentOf(call, param(call, 'deployment'));
  const { world } = call.customer;
  const rows: Identity[] = [];
  for (const { name: cohort, spec, credentialled, wrongIdentity } of cohorts.values()) {
    for (const connector of spec.connectors) {
      const actual = world.connectors.get(connector)?.identity ?? '';
      const expected = world.identities.get(connector) ?? actual;
      const wrong = wrongIdentity.get(connector);
      const others = credentialled - (wrong?.agents.size ?? 0);
      if (wrong) rows.push({ cohort, connector, expected, actual: wrong.identity, agents: wrong.agents.size });
      if (others > 0) rows.push({ cohort, connector, expected, actual, agents: others });
    }
  }
  const body: z.infer<typeof wire.identitiesReply> = { at: new Date(call.now).toISOString(), identities: rows };
  return { body };
}

export const credentials: Route[] = [
  withBody({
    name: 'revoke',
    method: 'POST',
    path: '/v1/credentials/revoke',
    power: 'lower',
    body: wire.revokeRequest,
    handle: revoke,
  }),
  withoutBody({
    name: 'identities',
    method: 'GET',
    path: '/v1/deployments/{deployment}/identities',
    power: 'read',
    handle: identities,
  }),
];
