import { z } from 'zod';
import {
  DEPLOYMENT_FILE_PREDICATE,
  SET_PREDICATE,
  STATEMENT_TYPE,
  type DeploymentFileStatement,
  type SetStatement,
} from './statement.ts';

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);
const version = z.number().int().min(1);
const count = z.number().int().min(1);
const subject = z.tuple([
  z.strictObject({ name: z.string().max(200), digest: z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }) }),
]);

export const setStatementSchema: z.ZodType<SetStatement> = z.strictObject({
  _type: z.literal(STATEMENT_TYPE),
  subject,
  predicateType: z.literal(SET_PREDICATE),
  predicate: z.strictObject({
    customer: name,
    deployment: name,
    version,
    previous: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/)
      .optional(),
    manifests: count,
    agents: count,
    frozenAt: z.iso.datetime(),
  }),
});

export const deploymentFileStatementSchema: z.ZodType<DeploymentFileStatement> = z.strictObject({
  _type: z.literal(STATEMENT_TYPE),
  subject,
  predicateType: z.literal(DEPLOYMENT_FILE_PREDICATE),
  predicate: z.strictObject({ customer: name, deployment: name, version }),
});
