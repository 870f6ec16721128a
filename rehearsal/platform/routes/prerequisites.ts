import type { z } from 'zod';
import * as wire from '../../../clients/platform/wire.schema.ts';
import { Problem } from '../problem.ts';
import { param, withBody, withoutBody } from '../route.ts';
import type { Call, Reply, Route } from '../route.ts';
import { managerId } from '../state/hris.ts';

function connectors({ customer }: Call): Reply {
  const body: z.infer<typeof wire.connectorsReply> = { connectors: [...customer.world.connectors.values()] };
  return { body };
}

function hris({ customer }: Call): Reply {
  const { authenticated, people } = customer.world.hris;
  const body: z.infer<typeof wire.hrisReply> = { authenticated, employees: authenticated ? people.size : 0 };
  return { body };
}

function snapshot({ platform, customer, body }: Call<z.infer<typeof wire.snapshotRequest>>): Reply {
  const before = customer.operations.get(body.key);
  if (before && before.request !== body.deployment) throw new Problem('conflict', 'the key was used for something else');
  if (!before) {
    if (!customer.world.hris.authenticated) throw new Problem('unavailable', 'HRIS does not let the platform in', 60_000);
    platform.commit({ op: 'snapshot', customer: customer.name, ...body });
  }
  return { body: customer.replyTo(body.key) };
}

function resolve(call: Call<z.infer<typeof wire.resolveRequest>>): Reply {
  const found = call.customer.snapshots.get(param(call, 'id'));
  if (!found) throw new Problem('not_found', 'there is no such snapshot');
  const body: z.infer<typeof wire.resolveReply> = { resolved: [], unresolved: [] };
  for (const email of call.body.emails) {
    const person = found.people.get(email);
    if (!person) body.unresolved.push(email);
    else body.resolved.push({ email, managerId: managerId(email), skipLevelEmail: person.managerEmail });
  }
  return { body };
}

function limits({ customer }: Call): Reply {
  const body: z.infer<typeof wire.limitsReply> = { mintPerHour: customer.world.mintPerHour };
  return { body };
}

export const prerequisites: Route[] = [
  withoutBody({ name: 'connectors', method: 'GET', path: '/v1/connectors', power: 'read', handle: connectors }),
  withoutBody({ name: 'hris', method: 'GET', path: '/v1/hris', power: 'read', handle: hris }),
  withoutBody({ name: 'limits', method: 'GET', path: '/v1/limits', power: 'read', handle: limits }),
  withBody({
    name: 'snapshot',
    method: 'POST',
    path: '/v1/hris/snapshots',
    power: 'forward',
    body: wire.snapshotRequest,
    handle: snapshot,
  }),
  withBody({
    name: 'resolve',
    method: 'POST',
    path: '/v1/hris/snapshots/{id}/resolve',
    power: 'read',
    body: wire.resolveRequest,
    handle: resolve,
  }),
];
