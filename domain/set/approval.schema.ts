import { z } from 'zod';
import type { Command } from '../command.ts';
import { ROLES } from '../roles.ts';

const shortText = z.string().max(200);
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** The one command that may lie in a set: an executive's approval of it. Anything else is no approval, whoever signed it. */
export const approvalCommandSchema = z.strictObject({
  v: z.literal(1),
  id: shortText.min(1),
  kind: z.literal('approve'),
  customer: shortText,
  deployment: shortText,
  environment: shortText,
  logOrigin: shortText,
  person: shortText,
  role: z.enum(ROLES),
  scope: z.strictObject({ level: z.literal('set'), names: z.array(shortText).max(1) }),
  issuedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  saw: z.strictObject({
    manifestSetDigest: digest,
    runbookDigest: shortText,
    policyVersion: z.number().int(),
    evidence: z.record(z.string(), shortText),
  }),
  args: z.strictObject({ decision: z.enum(['approve', 'reject']).optional() }),
  reason: z.string().max(2000),
}) satisfies z.ZodType<Command>;
