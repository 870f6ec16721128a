import { z } from 'zod';
import { preflightFailureCode } from '../../clients/platform/wire.schema.ts';

/** POST /control: how the rehearsal's fault script changes the world. Not part of the platform's contract. */
const customer = z.string();
const cohort = z.string();
const connector = z.string();
const next = { operation: z.string(), n: z.number().int().min(1).default(1) };

export const controlAction = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('connector-down'), customer, connector }),
  z.strictObject({ action: z.literal('connector-up'), customer, connector }),
  z.strictObject({ action: z.literal('connector-deploy'), customer, connector, deployed: z.boolean() }),
  z.strictObject({ action: z.literal('connector-identity'), customer, connector, identity: z.string() }),
  z.strictObject({ action: z.literal('pod-phase'), customer, pod: z.string(), phase: z.string() }),
  z.strictObject({ action: z.literal('network-policy'), customer, spec: z.record(z.string(), z.unknown()) }),
  z.strictObject({
    action: z.literal('employee-add'),
    customer,
    email: z.string(),
    name: z.string(),
    managerEmail: z.string().nullable(),
  }),
  z.strictObject({ action: z.literal('employee-remove'), customer, email: z.string() }),
  z.strictObject({ action: z.literal('hris-auth'), customer, authenticated: z.boolean() }),
  z.strictObject({ action: z.literal('queue-remove'), customer, manager: z.string() }),
  z.strictObject({ action: z.literal('queue-add'), customer, manager: z.string() }),
  z.strictObject({ action: z.literal('preflight-fail'), customer, cohort, code: preflightFailureCode }),
  z.strictObject({ action: z.literal('preflight-fix'), customer, cohort }),
  z.strictObject({ action: z.literal('smoke-deny'), customer, cohort }),
  z.strictObject({ action: z.literal('smoke-allow'), customer, cohort }),
  z.strictObject({ action: z.literal('example-mismatch'), customer, cohort }),
  z.strictObject({ action: z.literal('example-fix'), customer, cohort }),
  z.strictObject({ action: z.literal('unstable'), customer, cohort }),
  z.strictObject({ action: z.literal('stable'), customer, cohort }),
  /** Credentials per plan hour; null takes the limit away. */
  z.strictObject({ action: z.literal('mint-limit'), customer, perHour: z.number().positive().nullable() }),
  /** Everything but /control answers 503 for so long. */
  z.strictObject({ action: z.literal('unavailable-for'), ms: z.number().min(0) }),
  /** The next n calls of the operation take effect and are never answered. */
  z.strictObject({ action: z.literal('execute-then-timeout'), ...next }),
  /** From now on the platform puts a secret where none belongs: into its credentials, its error texts and its headers. */
  z.strictObject({ action: z.literal('careless'), secret: z.string().min(8) }),
  /** The next n calls of the operation have no effect and are answered with 503. */
  z.strictObject({ action: z.literal('refuse-next'), ...next }),
]);
export type ControlAction = z.infer<typeof controlAction>;
