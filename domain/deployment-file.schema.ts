import { z } from 'zod';
import { ATTESTABLE_KINDS } from './command.ts';
import { RUNBOOK_LIMITS, type DeploymentFile, type DeploymentLimits } from './deployment-file.ts';
import { SHAPES } from './mode.ts';
import { ROLES } from './roles.ts';

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes, 63 at most');
const role = z.enum(ROLES).exclude(['machine']);
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'sha256:<64 hex digits>');
const publicKey = z.string().regex(/^ed25519:[A-Za-z0-9+/]{43}=$/, 'ed25519:<base64 of 32 bytes>');

const SLACK_ID = /^[A-Z][A-Z0-9]{2,39}$/;
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'HH:MM');

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

const person = z.strictObject({
  id: name,
  name: z.string().min(1).max(200),
  email: z.email(),
  roles: z.array(role),
  deputyOf: z.array(role).default([]),
  slack: z.string().regex(SLACK_ID, 'an id of Slack, as U0123ABCD').optional(),
  contactHours: z
    .strictObject({ zone: z.string().refine(isTimeZone, 'an IANA time zone'), from: timeOfDay, to: timeOfDay })
    .optional(),
  keys: z.array(publicKey).min(1).max(8),
});

/** A number that protects: one that loosens what the runbook says cannot be read at all. */
const tightened = (limit: NumberLimit, number = z.number().positive()) => {
  const most = RUNBOOK_LIMITS[limit];
  return number.max(most, `may only be tightened: ${most} at most, as the runbook says`);
};
type NumberLimit = { [K in keyof DeploymentLimits]: DeploymentLimits[K] extends number ? K : never }[keyof DeploymentLimits];

/** Of those, the values that something can be counted by; what is too large was said above. */
const tightenedTo = (limit: NumberLimit, values: readonly number[]) =>
  tightened(limit).refine((n) => n > RUNBOOK_LIMITS[limit] || values.includes(n), `one of ${values.join(', ')}`);
/** Milliseconds at which the platform counts calls; between two of them it cannot say how many were slower. */
const COUNTED_MS: readonly number[] = [10, 20, 50, 100, 200, 500, 1000];

const limits = z
  .strictObject({
    preflightFailureShare: tightened('preflightFailureShare', z.number().min(0)),
    mintTargetPerHour: z.number().positive(),
    volumeVariance: tightened('volumeVariance'),
    approvalValidDays: tightened('approvalValidDays'),
    minimumSamples: z
      .number()
      .int()
      .min(
        RUNBOOK_LIMITS.minimumSamples,
        `may only be tightened: ${RUNBOOK_LIMITS.minimumSamples} at least, as the runbook says`,
      ),
    ramp: z
      .array(z.number().positive().max(100))
      .min(1)
      .refine(
        (steps) => steps.at(-1) === 100 && steps.every((step, i) => i === 0 || step > (steps[i - 1] ?? 0)),
        'rising, and the last step is 100',
      ),
    signOffValidHours: z.number().positive().max(72),
    approvalLatencyHours: z.number().positive(),
    approvalBacklog: z.number().int().positive(),
    approvalOldestHours: z.number().positive(),
    writeRateTimes: tightened('writeRateTimes'),
    criticalErrorRate: tightened('criticalErrorRate'),
    criticalP95Ms: tightenedTo('criticalP95Ms', COUNTED_MS),
    criticalP99Ms: tightenedTo('criticalP99Ms', COUNTED_MS),
    warningErrorRate: tightened('warningErrorRate'),
    warningP95Ms: tightenedTo('warningP95Ms', COUNTED_MS),
    warningP99Ms: tightenedTo('warningP99Ms', COUNTED_MS),
    failedChecks: tightened('failedChecks', z.number().int().min(1)),
    noDataMinutes: tightenedTo('noDataMinutes', [5, 15, 60]),
  })
  .partial()
  .default({})
  .transform((given) => ({ ...RUNBOOK_LIMITS, ...given }));

const MAX_RETENTION_DAYS = 36_500;
const retention = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('none') }),
  z.strictObject({ mode: z.enum(['governance', 'compliance']), days: z.number().int().min(1).max(MAX_RETENTION_DAYS) }),
]);

/** The deployment file as it is written in YAML. Unknown fields are refused: a misspelt limit must not be silently ignored. */
export const deploymentFileSchema: z.ZodType<DeploymentFile> = z
  .strictObject({
    apiVersion: z.literal('golive/v1'),
    kind: z.literal('Deployment'),
    customer: name,
    deployment: name,
    version: z.number().int().min(1),
    environment: z.enum(['rehearsal', 'staging', 'production']),
    logOrigin: z.string().regex(/^[a-z0-9.-]+(\/[a-z0-9.-]+)*$/),
    manifestSet: z.strictObject({ bucket: z.string().min(3), prefix: z.string() }),
    audit: z.strictObject({ bucket: z.string().min(3), prefix: z.string(), retention: retention.optional() }),
    platform: z.strictObject({ endpoint: z.url() }),
    cluster: z.strictObject({
      endpoint: z.url(),
      namespace: name,
      networkPolicy: name,
      networkPolicyDigest: digest,
    }),
    startedBy: name,
    people: z.array(person).min(1).max(100),
    personalFor: z.array(z.enum(SHAPES)).default([]),
    slack: z
      .strictObject({
        team: z.string().regex(SLACK_ID),
        channel: z.string().regex(SLACK_ID),
        attestedBy: z.array(publicKey).min(1).max(8),
        allows: z.array(z.enum(ATTESTABLE_KINDS)).default([...ATTESTABLE_KINDS]),
      })
      .optional(),
    machine: z.array(publicKey).min(1).max(4).optional(),
    alsoTo: z.array(z.enum(['teams'])).optional(),
    platformLead: name.optional(),
    limits,
    speed: z.number().min(1).max(2880).default(1),
  })
  .superRefine((file, ctx) => {
    const ids = new Set<string>();
    for (const [i, p] of file.people.entries()) {
      if (ids.has(p.id)) ctx.addIssue({ code: 'custom', path: ['people', i, 'id'], message: `${p.id} is listed twice` });
      ids.add(p.id);
    }
    const own = new Set(file.people.flatMap((p) => p.keys));
    if (file.slack?.attestedBy.some((key) => own.has(key)) === true)
      ctx.addIssue({ code: 'custom', path: ['slack', 'attestedBy'], message: "a gateway's key is no person's own" });
    if (file.machine?.some((key) => own.has(key) || file.slack?.attestedBy.includes(key) === true) === true)
      ctx.addIssue({ code: 'custom', path: ['machine'], message: "the engine's key is nobody else's" });
    if (!ids.has(file.startedBy)) ctx.addIssue({ code: 'custom', path: ['startedBy'], message: 'names nobody in people' });
    if (file.platformLead !== undefined && !ids.has(file.platformLead))
      ctx.addIssue({ code: 'custom', path: ['platformLead'], message: 'names nobody in people' });
    if (file.speed !== 1 && file.environment !== 'rehearsal') {
      ctx.addIssue({ code: 'custom', path: ['speed'], message: 'only a rehearsal may run faster than the clock' });
    }
  });
