import type { z } from 'zod';
import * as wire from '../../../clients/platform/wire.schema.ts';
import { Problem } from '../problem.ts';
import { cohortOf, demandGeneration, deploymentOf, numberIn, param, windowIn, withBody, withoutBody } from '../route.ts';
import type { Call, Reply, Route } from '../route.ts';
import { rank } from '../types.ts';
import type { CohortWork } from '../work/cohort-work.ts';
import { at, CALLS, DENY, ERRORS, WARN, WRITES } from '../work/counts.ts';
import type { Execution, Meter } from '../work/meter.ts';

type Body = z.infer<typeof wire.executionsReply>;
/** A run of numbered calls of one cohort's side; what is asked for is numbered through over all runs. */
interface Run {
  work: CohortWork;
  meter: Meter;
  first: number;
  count: number;
}

/**
 * The executions of a window by number: cohort by cohort, live before shadow, in order of time. `after` is a number, so who
 * draws a sample reads the total once and then asks for the ones that he drew, wherever they are.
 */
function executions(call: Call): Reply {
  const deployment = deploymentOf(call, param(call, 'deployment'));
  const { from, to } = windowIn(call);
  const onlyChanges = call.query.get('stateChange') === 'true';
  const limit = Math.max(1, numberIn(call, 'limit', 100, 1000));
  const first = call.query.has('after') ? numberIn(call, 'after', 0, Number.MAX_SAFE_INTEGER) + 1 : 0;
  const runs: Run[] = [];
  for (const cohort of deployment.cohorts.values()) {
    const work = deployment.workOf(cohort);
    const meters = onlyChanges ? changing(work) : [work.live, work.shadow];
    for (const meter of meters) runs.push(runOf(work, meter, { from, to, counting: onlyChanges ? WRITES : CALLS }));
  }
  const total = runs.reduce((sum, { count }) => sum + count, 0);
  const last = Math.min(total, first + limit);
  const page: Body['executions'] = [];
  let start = 0;
  for (const run of runs) {
    for (let nth = Math.max(first, start); nth < Math.min(last, start + run.count); nth++) {
      const number = run.first + nth - start;
      const found = onlyChanges ? run.meter.writing(number, to) : run.meter.execution(number, to);
      if (found) page.push(describe(run, found, nth));
    }
    start += run.count;
  }
  return { body: { total, executions: page, next: last < total ? String(last - 1) : null } satisfies Body };
}

/** Only live agents of coordination cohorts change the state of several systems at once. */
const changing = (work: CohortWork): Meter[] => (work.cohort.spec.shape === 'coordination' ? [work.live] : []);

function runOf(work: CohortWork, meter: Meter, { from, to, counting }: { from: number; to: number; counting: number }): Run {
  const first = at(meter.upTo(from).counts, counting);
  return { work, meter, first, count: at(meter.upTo(to).counts, counting) - first };
}

function describe(
  { work, meter }: Run,
  { number, agent, at: time, counted }: Execution,
  nth: number,
): Body['executions'][number] {
  const live = meter === work.live;
  const verdict = at(counted, ERRORS) > 0 ? 'FAILED' : at(counted, DENY) > 0 ? 'DENY' : at(counted, WARN) > 0 ? 'WARN' : 'ALLOW';
  const stateChange = changing(work).includes(meter) && at(counted, WRITES) > 0;
  const id = `exe-${work.cohort.name}-${live ? 'live' : 'shadow'}-${number}`;
  return {
    id,
    number: nth,
    agent: agent.name,
    cohort: work.cohort.name,
    at: new Date(time).toISOString(),
    live,
    stateChange,
    verdict,
  };
}

function example(call: Call<z.infer<typeof wire.exampleRequest>>): Reply {
  const { platform, customer, body } = call;
  const cohort = cohortOf(call, param(call, 'deployment'), param(call, 'cohort'));
  const before = customer.operations.get(body.key);
  if (before) {
    if (before.request !== cohort.name) throw new Problem('conflict', 'the key was used for something else');
    return { body: customer.replyTo(body.key) };
  }
  const { generation, ceiling } = customer.fences.over(cohort.deployment, cohort.spec);
  demandGeneration(call, body.generation, generation, `cohort ${cohort.name}`);
  if (rank(ceiling) < rank('shadow')) throw new Problem('above_ceiling', `cohort ${cohort.name} may not even run in shadow`);
  if (cohort.byLifecycle.running === 0) throw new Problem('conflict', `no agent of cohort ${cohort.name} is running`);
  const matches = !customer.world.exampleMismatch.has(cohort.name);
  platform.commit({
    op: 'example',
    customer: customer.name,
    deployment: cohort.deployment,
    cohort: cohort.name,
    ...body,
    matches,
  });
  return { body: customer.replyTo(body.key) };
}

const base = '/v1/deployments/{deployment}';
export const executionRoutes: Route[] = [
  withoutBody({ name: 'executions', method: 'GET', path: `${base}/executions`, power: 'read', handle: executions }),
  withBody({
    name: 'example',
    method: 'POST',
    path: `${base}/cohorts/{cohort}/example`,
    power: 'forward',
    body: wire.exampleRequest,
    handle: example,
  }),
];
