import type { z } from 'zod';
import * as wire from '../../../clients/platform/wire.schema.ts';
import { Problem } from '../problem.ts';
import { withBody, withoutBody } from '../route.ts';
import type { Call, Reply, Route } from '../route.ts';
import type { Placed } from '../state/fences.ts';

type Lift = Call<z.infer<typeof wire.fenceLiftRequest>>;
/** Levels that need no name. */
const WHOLE: readonly string[] = ['customer', 'deployment'];

function place(call: Call<z.infer<typeof wire.fenceRequest>>): Reply {
  const { platform, customer, body } = call;
  const before = customer.fences.placed(body.commandId);
  if (!before) {
    pace(call);
    for (const [index, scope] of body.scopes.entries()) {
      const at = `scopes.${index}`;
      if (scope.level !== 'customer' && !scope.deployment) throw new Problem('invalid', `${at}.deployment: is missing`);
      if (!WHOLE.includes(scope.level) && !scope.name) throw new Problem('invalid', `${at}.name: is missing`);
    }
    platform.commit({ op: 'fence', customer: customer.name, ...body });
  } else if (before.ceiling !== body.ceiling || JSON.stringify(before.scopes) !== JSON.stringify(body.scopes)) {
    throw new Problem('conflict', 'the command placed another fence');
  }
  return generation(before?.generation ?? customer.fences.generation);
}

function lift(call: Lift): Reply {
  const { platform, customer, body } = call;
  const placed = customer.fences.placed(body.commandId);
  if (!placed) throw new Problem('not_found', 'that command placed no fence');
  const some = body.cohorts ?? body.agents;
  if (placed.lifted === null && some) return liftFor(call, placed, some);
  if (placed.lifted === null) {
    pace(call);
    platform.commit({ op: 'lift', customer: customer.name, ...body });
  }
  return generation(placed.lifted ?? customer.fences.generation);
}

/** Only for these. A repetition gives the generation that they got then: something else may have stopped them since. */
function liftFor(call: Lift, { scopes, exempt }: Placed, names: string[]): Reply {
  const { platform, customer, body } = call;
  const { commandId, liftedBy } = body;
  if (scopes.some(({ level }) => level === 'customer')) throw new Problem('conflict', 'a fence of the customer is lifted whole');
  const ofAgents = scopes.every(({ level }) => level === 'agent');
  if (ofAgents !== (body.agents !== undefined))
    throw new Problem('conflict', 'a fence of agents is lifted for agents, any other for cohorts');
  const left = names.filter((name) => !exempt.has(name));
  if (left.length > 0) {
    pace(call);
    const some = ofAgents ? { agents: left } : { cohorts: left };
    platform.commit({ op: 'lift', customer: customer.name, commandId, liftedBy, ...some });
  }
  return generation(Math.max(...names.map((name) => exempt.get(name) ?? 0)));
}

function list({ customer, query }: Call): Reply {
  const fences = [...customer.fences.standing(query.get('deployment'))];
  const body: z.infer<typeof wire.fencesReply> = { generation: customer.fences.generation, fences };
  return { body };
}

const generation = (generation: number): Reply => ({ body: { generation } satisfies z.infer<typeof wire.fenceReply> });

function pace({ platform, customer, now }: Call): void {
  const bucket = platform.fenceCalls.get(customer.name);
  if (!bucket) return;
  if (bucket.available(now) < 1) throw new Problem('rate_limited', 'too many fences at once', bucket.waitMs(1, now));
  bucket.take(1, now);
}

export const fences: Route[] = [
  withoutBody({ name: 'fences', method: 'GET', path: '/v1/fences', power: 'read', handle: list }),
  withBody({ name: 'fence', method: 'POST', path: '/v1/fences', power: 'lower', body: wire.fenceRequest, handle: place }),
  withBody({
    name: 'lift',
    method: 'POST',
    path: '/v1/fences/lift',
    power: 'forward',
    body: wire.fenceLiftRequest,
    handle: lift,
  }),
];
