import canonicalize from 'canonicalize';
import { z } from 'zod';
import type { NewEntry } from '../../domain/entry.ts';
import { MAX_ENTRY_BYTES, newEntrySchema } from '../../domain/entry.schema.ts';

export const MAX_BATCH_ENTRIES = 2_000;
export const MAX_BATCH_BYTES = 4 * 1024 * 1024;

/** An entry that may be committed, with the line that will be. */
export interface Prepared {
  entry: NewEntry;
  line: string;
}

/** A batch that will never be taken as it is; repeating it is useless. */
export class BatchRefused extends Error {
  override name = 'BatchRefused';
  readonly status: 400 | 409 | 413;
  constructor(status: 400 | 409 | 413, message: string) {
    super(message);
    this.status = status;
  }
}

const batchSchema = z.strictObject({ entries: z.array(z.unknown()).min(1) });

/** All of a batch or nothing of it: half a chunk in the log would be a lie about the other half. */
export function prepareBatch(body: unknown): Prepared[] {
  const batch = batchSchema.safeParse(body);
  if (!batch.success) throw new BatchRefused(400, 'The body must be {"entries": [...]} with at least one entry.');
  const { entries } = batch.data;
  if (entries.length > MAX_BATCH_ENTRIES) {
    throw new BatchRefused(413, `${entries.length} entries are more than the ${MAX_BATCH_ENTRIES} that one batch may hold.`);
  }
  const kinds = new Map<string, string>();
  return entries.map((candidate, i) => {
    const parsed = newEntrySchema.safeParse(candidate);
    if (!parsed.success) throw new BatchRefused(400, `Entry ${i}: ${problemsOf(parsed.error)}`);
    const line = canonical(parsed.data, i);
    const bytes = Buffer.byteLength(line);
    if (bytes > MAX_ENTRY_BYTES) {
      throw new BatchRefused(
        413,
        `Entry ${i} (${parsed.data.id}) has ${bytes} bytes, more than ${MAX_ENTRY_BYTES}; keep it as evidence.`,
      );
    }
    const { id, kind } = parsed.data;
    if ((kinds.get(id) ?? kind) !== kind) throw new BatchRefused(409, `Entry ${i}: id ${id} stands for two kinds in one batch.`);
    kinds.set(id, kind);
    // Read back, so that what is folded now and what is folded after a restart are the same to the last byte.
    return { entry: JSON.parse(line) as NewEntry, line };
  });
}

function canonical(entry: NewEntry, i: number): string {
  try {
    return canonicalize(entry) ?? '';
  } catch (error) {
    throw new BatchRefused(400, `Entry ${i} has no canonical form: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const problemsOf = (error: z.ZodError): string =>
  error.issues.map((issue) => (issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message)).join('; ');
