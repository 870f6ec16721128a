import type { z } from 'zod';
import type * as wire from '../../../clients/platform/wire.schema.ts';
import { deploymentOf, param, windowIn, withoutBody } from '../route.ts';
import type { Call, Reply, Route } from '../route.ts';

function checks(call: Call): Reply {
  const deployment = deploymentOf(call, param(call, 'deployment'));
  const { from, to } = windowIn(call);
  const body: z.infer<typeof wire.checksReply> = {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    cohorts: [...deployment.cohorts.values()].map((cohort) => {
      const { lastAt, ...counts } = deployment.workOf(cohort).checks.between(from, to);
      return { cohort: cohort.name, ...counts, lastAt: lastAt === null ? null : new Date(lastAt).toISOString() };
    }),
  };
  return { body };
}

export const checking: Route[] = [
  withoutBody({ name: 'checks', method: 'GET', path: '/v1/deployments/{deployment}/checks', power: 'read', handle: checks }),
];
