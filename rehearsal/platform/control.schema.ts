import { z } from 'zod';
import { preflightFailureCode } from '../../clients/platform/wire.schema.ts';

/** POST /control: how the rehearsal's fault script changes the world. Not part of the platform's contract. */
const customer = z.string();
const cohort = z.string();
const connector = z.string();
const share = z.number().min(0).max(1);
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
  /** What live agents of a cohort do from now on, until `normal`: times as many writes or calls, shares that fail or take long. */
  z.strictObject({ action: z.literal('write-rate'), customer, cohort, factor: z.number().min(1) }),
  z.strictObject({ action: z.literal('call-volume'), customer, cohort, factor: z.number().min(0) }),
  z.strictObject({ action: z.literal('latency'), customer, cohort, ms: z.number().positive(), share }),
  z.strictObject({ action: z.literal('errors'), customer, cohort, share }),
  z.strictObject({ action: z.literal('verdicts'), customer, cohort, warn: share.default(0), deny: share.default(0) }),
  z.strictObject({ action: z.literal('normal'), customer, cohort }),
  /** Health checks of the cohort fail until it is healthy again. */
  z.strictObject({ action: z.literal('unhealthy'), customer, cohort }),
  z.strictObject({ action: z.literal('healthy'), customer, cohort }),
  /** The credentials that the cohort's agents have now log in at the connector as somebody else; new ones do not. */
  z.strictObject({ action: z.literal('wrong-identity'), customer, cohort, connector, identity: z.string() }),
  z.strictObject({ action: z.literal('right-identity'), customer, cohort }),
  /** Atlas runs another manifest than the cohort was registered with, until it is generated again. */
  z.strictObject({ action: z.literal('drift'), customer, cohort }),
  z.strictObject({ action: z.literal('drift-mend'), customer, cohort }),
  /** Credentials per plan hour; null takes the limit away. */
  z.strictObject({ action: z.literal('mint-limit'), customer, perHour: z.number().positive().nullable() }),
  /** Everything but /control answers 503 for so long. */
  z.strictObject({ action: z.literal('unavailable-for'), ms: z.number().min(0) }),
  /** The next n calls of the operation take effect and are never answered. */
  z.strictObject({ action: z.literal('execute-then-timeout'), ...next }),
  /** The next n calls of the operation take effect and are answered with what nobody can read. */
  z.strictObject({ action: z.literal('execute-then-garble'), ...next }),
  /** From now on the platform puts a secret where none belongs: into its credentials, its error texts and its headers. */
  z.strictObject({ action: z.literal('careless'), secret: z.string().min(8) }),
  /** The next n calls of the operation have no effect and are answered with 503. */
  z.strictObject({ action: z.literal('refuse-next'), ...next }),
]);
export type ControlAction = z.infer<typeof controlAction>;
