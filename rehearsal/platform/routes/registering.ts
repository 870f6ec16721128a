import type { z } from 'zod';
import * as wire from '../../../clients/platform/wire.schema.ts';
import { Problem } from '../problem.ts';
import { demandGeneration, demandOpen, deploymentOf, param, withBody, withoutBody } from '../route.ts';
import type { Call, Reply, Route } from '../route.ts';
import type { Customer } from '../state/customer.ts';
import type { CohortSpec } from '../types.ts';

type Failure = z.infer<typeof wire.preflightReply>['results'][number]['failures'][number];

/** Dollars that an expected call costs at the least: a budget below one hour's calls at this price is a slip of the pen. */
const LEAST_DOLLARS_PER_CALL = 0.01;

function register(call: Call<z.infer<typeof wire.registerRequest>>): Reply {
  const { customer, body } = call;
  const before = customer.operations.get(body.key);
  if (before) {
    if (before.request !== body.manifestSetDigest) throw new Problem('conflict', 'the key was used for another manifest set');
    return { body: customer.replyTo(body.key) };
  }
  const names = new Set(body.cohorts.map(({ cohort }) => cohort));
  if (names.size < body.cohorts.length) throw new Problem('invalid', 'cohorts: a cohort stands there twice');
  demandGeneration(call, body.generation, customer.fences.over(body.deployment).generation, body.deployment);
  for (const spec of body.cohorts) {
    const around = customer.fences.over(body.deployment, spec);
    demandGeneration(call, body.generation, around.generation, spec.cohort);
    demandOpen(around.ceiling, `cohort ${spec.cohort}`);
    const existing = customer.cohort(body.deployment, spec.cohort);
    if (existing && existing.agents.size > 0 && existing.spec.manifestDigest !== spec.manifestDigest) {
      throw new Problem('conflict', `cohort ${spec.cohort} already has agents from another manifest`);
    }
  }
  call.platform.commit({ op: 'register', customer: customer.name, ...body });
  return { body: customer.replyTo(body.key) };
}

function preflight(call: Call): Reply {
  const set = call.customer.sets.get(param(call, 'id'));
  if (!set) {
    const others = [...call.platform.customers.values()].some((customer) => customer.sets.has(param(call, 'id')));
    if (others) throw new Problem('forbidden', 'the cohort set belongs to another customer');
    throw new Problem('not_found', 'there is no such cohort set');
  }
  const deployment = deploymentOf(call, set.deployment);
  const results = set.cohorts.flatMap((name) => {
    const cohort = deployment.cohorts.get(name);
    if (!cohort) return [];
    const failures = failuresOf(call.customer, cohort.spec);
    return [{ cohort: name, ok: failures.length === 0, failures }];
  });
  return { body: { results } satisfies z.infer<typeof wire.preflightReply> };
}

function failuresOf({ world }: Customer, spec: CohortSpec): Failure[] {
  const failures: Failure[] = [];
  for (const id of spec.connectors) {
    if (!world.connectors.get(id)?.deployed) failures.push({ code: 'connector_not_deployed', detail: id });
  }
  const unknown = spec.managers.filter((email) => !world.hris.people.has(email));
  if (unknown.length > 0) failures.push({ code: 'hris_stale', detail: `${unknown.length} managers are not in HRIS` });
  const least = spec.expectedCallsPerHour * spec.agents * LEAST_DOLLARS_PER_CALL;
  if (spec.budgetDollars < least) {
    failures.push({ code: 'budget_implausible', detail: `${spec.budgetDollars} dollars do not pay for one hour of calls` });
  }
  const scripted = world.preflight.get(spec.cohort);
  if (scripted)
    failures.push({ code: scripted, detail: scripted.startsWith('connector') ? (spec.connectors[0] ?? '') : spec.cohort });
  return failures;
}

function lookup({ customer, body }: Call<z.infer<typeof wire.lookupRequest>>): Reply {
  const items = body.keys.flatMap((key) => customer.operations.get(key)?.result ?? []);
  return { body: { items } satisfies z.infer<typeof wire.lookupReply> };
}

export const registering: Route[] = [
  withBody({
    name: 'register',
    method: 'POST',
    path: '/v1/agents/cohorts/from-manifests',
    power: 'forward',
    body: wire.registerRequest,
    handle: register,
  }),
  withoutBody({ name: 'preflight', method: 'POST', path: '/v1/cohort-sets/{id}/preflight', power: 'read', handle: preflight }),
  withBody({
    name: 'lookup',
    method: 'POST',
    path: '/v1/operations/lookup',
    power: 'read',
    body: wire.lookupRequest,
    handle: lookup,
  }),
];
