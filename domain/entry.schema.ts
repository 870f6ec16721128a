import { z } from 'zod';
import { ENTRY_KINDS, type NewEntry } from './entry.ts';

/** What a log entry may be at most, in canonical JSON: a tiled log stores the length of an entry in two bytes. */
export const MAX_ENTRY_BYTES = 65_535;

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes, 63 at most');
/** Names that other systems gave: begins with a letter or digit, so that it is safe as a key of a JSON object. */
const label = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:@+/*-]{0,199}$/, 'letters, digits and ._:@+/*-, 200 at most');

/**
 * The envelope of an entry, as the log takes it. What is inside `data` is the writer's own business (its type is checked
 * where it is made); that the log knows the kind is not.
 */
const envelope = z
  .strictObject({
    v: z.literal(1),
    id: z.string().regex(/^[\x21-\x7e]{3,500}$/, '3 to 500 printable characters without a space'),
    at: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'ISO 8601 in UTC with milliseconds'),
    kind: z.enum(ENTRY_KINDS),
    customer: name,
    deployment: name,
    actor: z.string().min(1).max(200),
    cohort: label.optional(),
    agent: label.optional(),
    trace: z.string().min(1).max(100).optional(),
    data: z.record(z.string(), z.unknown()),
  })
  // Ids are unique in the whole log: without its deployment in front, one deployment's entry would swallow another's.
  .refine((entry) => entry.id.startsWith(`${entry.customer}/${entry.deployment}/`), {
    path: ['id'],
    message: 'begins with customer/deployment/',
  });

export const newEntrySchema = envelope as unknown as z.ZodType<NewEntry>;
