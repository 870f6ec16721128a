import type { EvidenceRef, RecordedEntry } from '../../../domain/entry.ts';
import { newEntrySchema } from '../../../domain/entry.schema.ts';
import { canonicalJson } from '../../../domain/runbook/canonical-json.ts';
import type { Found } from '../finding.ts';
import { dataProblem } from './data.schema.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The entry in these bytes, if it is one that this version knows in the one spelling that it has. */
export function readEntry(index: number, bytes: Uint8Array, found: Found): RecordedEntry | undefined {
  let text: string;
  let value: unknown;
  try {
    text = UTF8.decode(bytes);
    value = JSON.parse(text);
  } catch {
    found.finding('entry_malformed', `entry ${index} is not JSON`, { index });
    return undefined;
  }
  const parsed = newEntrySchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    found.finding('entry_malformed', `entry ${index}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`, { index });
    return undefined;
  }
  const entry = parsed.data;
  const problem = dataProblem(entry.kind, entry.data);
  if (problem !== undefined) {
    found.finding('entry_malformed', `entry ${index} (${entry.kind}): ${problem}`, { index });
    return undefined;
  }
  if (!isCanonical(value, text)) found.finding('entry_not_canonical', `entry ${index}, ${entry.id}`, { index });
  return { ...entry, index };
}

/**
 * The same answer as comparing with the canonical form, in a fifth of the time: what was parsed keeps the order of its
 * fields, so that only their order and the spelling of everything else have to be looked at.
 */
export const isCanonical = (value: unknown, text: string): boolean =>
  (inOrder(value) && JSON.stringify(value) === text) || canonicalJson(value) === text;

function inOrder(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(inOrder);
  let before: string | undefined;
  for (const key in value) {
    if (before !== undefined && !(before < key)) return false;
    before = key;
    const field = (value as Record<string, unknown>)[key];
    if (typeof field === 'object' && !inOrder(field)) return false;
  }
  return true;
}

/** Every document that an entry names, wherever in its data. */
export function citedIn(value: unknown, cite: (evidence: EvidenceRef) => void): void {
  if (typeof value !== 'object' || value === null) return;
  const { ref, digest } = value as Partial<EvidenceRef>;
  if (typeof ref === 'string' && typeof digest === 'string') cite({ ref, digest });
  for (const field of Object.values(value)) if (typeof field === 'object') citedIn(field, cite);
}
