import { z } from 'zod';

/** The words that all of the platform's JSON is made of. */
export const name = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,127}$/);
export const key = z.string().min(1).max(512);
export const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
export const iso = z.iso.datetime({ offset: true });
export const count = z.number().int().min(0);
export const bulk = <T extends z.ZodType>(item: T) => z.array(item).min(1).max(1000);

export const mode = z.enum(['terminated', 'halted', 'paused', 'shadow', 'live']);
export const lifecycle = z.enum(['provisioning', 'provisioned', 'running', 'terminated']);
export const shape = z.enum(['research', 'production', 'coordination']);

/** Codes of a problem, each with the HTTP status that it is answered with. */
export const PROBLEM_STATUS = {
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  agent_in_other_deployment: 409,
  fenced: 409,
  above_ceiling: 409,
  precondition_failed: 412,
  invalid: 422,
  precondition_required: 428,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
} as const;

/** Error body of every status of 400 and above (RFC 9457 in spirit). `code` is what a program decides on. */
export const problem = z.strictObject({
  code: z.enum([
    'unauthenticated',
    'forbidden',
    'not_found',
    'conflict',
    'agent_in_other_deployment',
    'fenced',
    'above_ceiling',
    'precondition_failed',
    'precondition_required',
    'invalid',
    'rate_limited',
    'unavailable',
    'internal',
  ]),
  message: z.string(),
  /** rate_limited, unavailable: wall milliseconds after which a repetition makes sense (Retry-After has whole seconds). */
  retryAfterMs: z.number().min(0).optional(),
});
