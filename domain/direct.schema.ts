import { z } from 'zod';
import { DIRECT_KINDS } from './command.ts';
import { commandId } from './command.schema.ts';
import type { DirectRecord } from './direct.ts';
import { MODES } from './mode.ts';
import { ROLES } from './roles.ts';

const text = z.string().min(1).max(200);
const at = z.iso.datetime();
const count = z.number().int().min(1).max(10_000);
/** What agents can be stopped by; a row or a gate makes no calls. */
const scope = z.strictObject({
  level: z.enum(['customer', 'deployment', 'wave', 'group', 'cohort', 'agent']),
  names: z.array(text).max(2_000),
});

/** The payload of a record's envelope, strictly: what is not understood is not entered. */
export const directRecordSchema: z.ZodType<DirectRecord> = z
  .strictObject({
    v: z.literal(1),
    customer: text,
    deployment: text,
    environment: text,
    logOrigin: text,
    person: text,
    role: z.enum(ROLES),
    commandId,
    kind: z.enum(DIRECT_KINDS),
    scope,
    reason: z.string().max(2000),
    startedAt: at,
    intents: z.array(z.strictObject({ at, scope, ceiling: z.enum(MODES) })),
    outcomes: z.array(
      z.strictObject({
        at,
        scope,
        result: z.enum(['applied', 'not-applied', 'unknown']),
        detail: z.string().max(2000).optional(),
      }),
    ),
    part: count.optional(),
    parts: count.optional(),
  })
  .refine(({ part, parts }) => (part === undefined ? parts === undefined : parts !== undefined && part <= parts), {
    path: ['part'],
    message: 'part and parts stand together, and part is at most parts',
  });
