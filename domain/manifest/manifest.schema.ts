import { z } from 'zod';
import { SHAPES } from '../mode.ts';
import { FUNCTIONS, groupOf, LEVELS, type Manifest } from './manifest.ts';
import { PROPERTY_TYPES, type OutputSchema } from './output-schema.ts';

/** More agents than this belong into a second cohort: a cohort is what one person stops with one order. */
export const MAX_AGENTS_PER_MANIFEST = 5000;

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes, 63 at most');
const field = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,62}$/, 'a letter, then letters, digits and underscores, 63 at most');
const email = z.email('an e-mail address').max(254);
const rate = z.number().min(0).max(100_000);

const property = z
  .strictObject({
    type: z.enum(PROPERTY_TYPES),
    description: z.string().max(500).optional(),
    enum: z.array(z.string().max(200)).min(1).max(100).optional(),
    items: z.strictObject({ type: z.enum(PROPERTY_TYPES) }).optional(),
  })
  .refine((p) => p.enum === undefined || p.type === 'string', { path: ['enum'], message: 'only a string has a list of values' })
  .refine((p) => p.items === undefined || p.type === 'array', { path: ['items'], message: 'only an array has elements' });

const outputSchema: z.ZodType<OutputSchema> = z
  .strictObject({
    type: z.literal('object'),
    properties: z.record(field, property).refine((p) => Object.keys(p).length <= 100, '100 properties at most'),
    required: z.array(field).max(100),
  })
  .superRefine((schema, ctx) => {
    for (const [i, required] of schema.required.entries()) {
      if (!Object.hasOwn(schema.properties, required))
        ctx.addIssue({ code: 'custom', path: ['required', i], message: 'not among the properties' });
    }
  });

const text = z
  .strictObject({
    apiVersion: z.literal('golive/v1'),
    kind: z.literal('Cohort'),
    name,
    template: name.optional(),
    variant: name.optional(),
    function: z.enum(FUNCTIONS),
    level: z.enum(LEVELS),
    shape: z.enum(SHAPES),
    agents: z
      .array(z.strictObject({ id: name, reporting_manager_email: email }))
      .min(1)
      .max(MAX_AGENTS_PER_MANIFEST),
    connectors: z.array(name).min(1).max(50),
    output_schema: outputSchema,
    example_request: z.record(z.string(), z.unknown()),
    expected: z.strictObject({ calls_per_hour: rate.positive(), writes_per_hour: rate }),
    budget_dollars: z.number().positive().max(1_000_000_000),
    fallback_owner: email,
    on_call: email,
  })
  .superRefine((m, ctx) => {
    const issue = (path: (string | number)[], message: string): void => ctx.addIssue({ code: 'custom', path, message });
    if ((m.template === undefined) === (m.variant === undefined))
      issue([m.variant === undefined ? 'name' : 'variant'], 'exactly one of template and variant');
    // Research goes first because it cannot do harm; a research cohort that plans to write is not one.
    if (m.shape === 'research' && m.expected.writes_per_hour > 0)
      issue(['expected', 'writes_per_hour'], 'a research cohort is read-only, so it plans 0 writes');
    if (m.expected.writes_per_hour > m.expected.calls_per_hour) issue(['expected', 'writes_per_hour'], 'more writes than calls');
    for (const i of repeated(m.connectors)) issue(['connectors', i], 'listed twice');
  });

/** A manifest as it is written in YAML, turned into the domain's form. Unknown fields are refused: a misspelt one must not be ignored. */
export const manifestSchema = text.transform((m): Manifest => ({
  name: m.name,
  origin: m.template !== undefined ? { kind: 'template', name: m.template } : { kind: 'variant', name: m.variant ?? '' },
  function: m.function,
  level: m.level,
  shape: m.shape,
  group: groupOf(m.function, m.level),
  agents: m.agents.map((agent) => ({ id: agent.id, managerEmail: agent.reporting_manager_email })),
  connectors: m.connectors,
  outputSchema: m.output_schema,
  exampleRequest: m.example_request,
  expected: { callsPerHour: m.expected.calls_per_hour, writesPerHour: m.expected.writes_per_hour },
  budgetDollars: m.budget_dollars,
  fallbackOwner: m.fallback_owner,
  onCall: m.on_call,
}));

/** The form in which a manifest is written down; what the generator and Atlas produce. */
export type ManifestText = z.input<typeof text>;

function repeated(values: readonly string[]): number[] {
  return values.flatMap((value, i) => (values.indexOf(value) < i ? [i] : []));
}
