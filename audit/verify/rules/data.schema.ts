import { z } from 'zod';
import { commandSchema } from '../../../domain/command.schema.ts';
import type { EntryData, EntryKind } from '../../../domain/entry.ts';
import { OPERATIONS } from '../../../domain/ids.ts';
import { STOPPING_KINDS } from '../../../domain/stop/stop.ts';
import { ROLES } from '../../../domain/roles.ts';

const text = z.string();
const index = z.number().int().min(0);
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const evidence = z.looseObject({ ref: text, digest });
const operation = z.enum(OPERATIONS);
const orderedIn = text.optional();
const some = z.array(text).optional();
const scope = z.looseObject({ level: text, names: z.array(text) });

/** What the rules read of an entry; fields beyond that are the writer's. Kinds that no rule reads are not here. */
const READ = {
  'deployment.opened': z.looseObject({
    manifestSetDigest: digest,
    deploymentFile: evidence,
    speed: z.number().positive(),
    startedBy: text,
  }),
  'plan.recorded': z.looseObject({ cohorts: z.array(z.looseObject({ id: text, group: text, shape: text })) }),
  'command.applied': z.looseObject({ command: commandSchema, envelope: evidence }),
  'command.refused': z.looseObject({ commandId: text, code: text, envelope: evidence }),
  'direct.adopted': z.looseObject({ commandId: text, record: evidence }),
  'gate.passed': z.looseObject({ gate: text, commandIndex: index }),
  intent: z.looseObject({ operation, key: text, agents: z.array(text), authority: index, items: evidence.optional() }),
  outcome: z.looseObject({
    operation,
    key: text,
    intent: index,
    result: z.enum(['applied', 'not-applied', 'unknown']),
    items: evidence.optional(),
  }),
  'wave.started': z.looseObject({ wave: text, authority: index }),
  'hold.added': z.looseObject({ holdId: text, scope, ceiling: text, by: z.enum(STOPPING_KINDS).optional(), orderedIn }),
  'stop.flipped': z.looseObject({
    ...{ stop: text, kind: z.enum(STOPPING_KINDS), scope, ceiling: text, evidence, orderedIn },
    outcomes: z.looseObject({ applied: index }),
  }),
  'trigger.fired': z.looseObject({ row: text, cohorts: z.array(text), stop: text.nullable(), evidence }),
  'exit.attested': z.looseObject({ stop: text, subject: text, agents: index, evidence }),
  'hold.released': z.looseObject({ holdId: text, ...{ cohorts: some, agents: some }, order: text.optional() }),
  'group.evidence': z.looseObject({ group: text, cohorts: z.array(text), evidence }),
  'card.issued': z.looseObject({
    ...{ card: text, group: text, boundTo: text, manifestSetDigest: text, expiresAt: text },
    policyVersion: z.number().int(),
  }),
  'sign-off': z.looseObject({
    group: text,
    role: z.enum(ROLES),
    decision: z.enum(['approve', 'reject']),
    boundTo: text,
    commandIndex: index,
    channel: z.enum(['cli', 'slack']),
  }),
  evidence: z.looseObject({ subject: text, evidence }),
} satisfies { [K in EntryKind]?: z.ZodType };

/** Undefined when the data are what the rules expect; else what is wrong with them. */
export function dataProblem(kind: EntryKind, data: EntryData[EntryKind]): string | undefined {
  const schema = (READ as Partial<Record<EntryKind, z.ZodType>>)[kind];
  const parsed = schema?.safeParse(data);
  if (!parsed || parsed.success) return undefined;
  const [issue] = parsed.error.issues;
  return `data.${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not as expected'}`;
}
