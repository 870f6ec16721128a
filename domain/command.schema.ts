import { z } from 'zod';
import { COMMAND_KINDS, SCOPE_LEVELS, type Command } from './command.ts';
import { ROLES } from './roles.ts';

const text = z.string().max(200);
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** The id of an order, whether it came as a command or was carried out without Temporal and entered later. */
export const commandId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{7,99}$/);

/** The payload of a command's envelope, strictly: an order with a field that we do not know is not understood, so not obeyed. */
export const commandSchema: z.ZodType<Command> = z.strictObject({
  v: z.literal(1),
  id: commandId,
  kind: z.enum(COMMAND_KINDS),
  customer: text,
  deployment: text,
  environment: text,
  logOrigin: text,
  person: text,
  role: z.enum(ROLES),
  scope: z.strictObject({ level: z.enum(SCOPE_LEVELS), names: z.array(text).max(500) }),
  issuedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  saw: z.strictObject({
    manifestSetDigest: digest,
    runbookDigest: text,
    policyVersion: z.number().int(),
    evidence: z.record(z.string().max(200), text),
  }),
  args: z.strictObject({
    decision: z.enum(['approve', 'reject']).optional(),
    ceiling: z.enum(['shadow', 'paused']).optional(),
    releasedBy: z.enum(ROLES).optional(),
    holdId: text.optional(),
    clock: z.enum(['start', 'stop', 'rebaseline']).optional(),
    shiftHours: z.number().min(-72).max(720).optional(),
    role: z.enum(ROLES).optional(),
    noGo: z.record(text, z.string().max(500)).optional(),
    evidence: digest.optional(),
    escalation: text.optional(),
    handTo: text.optional(),
    delegation: z
      .strictObject({
        to: text,
        role: z.enum(ROLES),
        mode: z.enum(['act', 'watch']),
        kinds: z.array(z.enum(COMMAND_KINDS)).min(1).max(COMMAND_KINDS.length),
        groups: z.array(text).max(500).optional(),
        until: z.iso.datetime(),
      })
      .optional(),
    delegationId: text.optional(),
    trigger: text.optional(),
    drill: z.literal(true).optional(),
    incident: z
      .strictObject({
        id: text.optional(),
        act: z.enum(['open', 'ack', 'status', 'scope', 'root-cause', 'follow-up', 'cleaned', 'close']),
        severity: z.union([z.literal(1), z.literal(2), z.literal(3)]).optional(),
        text: z.string().max(2000).optional(),
        eta: z.iso.datetime().optional(),
        owner: text.optional(),
      })
      .optional(),
  }),
  reason: z.string().max(2000),
  attestation: z.strictObject({ channel: z.literal('slack'), team: text, user: text, cards: z.array(text).max(500) }).optional(),
  delegation: commandId.optional(),
});
