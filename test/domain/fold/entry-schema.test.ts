import { describe, expect, it } from 'vitest';
import { newEntrySchema } from '../../../domain/entry.schema.ts';
import { ENTRY_KINDS } from '../../../domain/entry.ts';
import { newEntry } from './samples.ts';

const entry = newEntry('cohort.phase', undefined, { cohort: 'sales-ic-research', agent: 'agent-1' });

describe('the envelope of an entry', () => {
  it.each(ENTRY_KINDS)('may hold %s', (kind) => {
    expect(newEntrySchema.safeParse(newEntry(kind)).error).toBeUndefined();
  });

  it('keeps what it holds', () => expect(newEntrySchema.parse(entry)).toEqual(entry));

  it.each<[string, object]>([
    ['a kind that nobody knows', { kind: 'rumour' }],
    ['another version', { v: 2 }],
    ['an id of another deployment', { id: 'acme/q5/x' }],
    ['an id with a space', { id: 'acme/q4/x y' }],
    ['a time without milliseconds', { at: '2026-03-01T08:00:00Z' }],
    ['a time in another zone', { at: '2026-03-01T08:00:00.000+01:00' }],
    ['a customer that is no name', { customer: 'Acme' }],
    ['a cohort that JavaScript knows better', { cohort: '__proto__' }],
    ['no actor', { actor: '' }],
    ['a field too many', { secret: 'x' }],
    ['data that is no object', { data: 'x' }],
    ['an index of its own', { index: 4 }],
  ])('refuses %s', (_what, over) => {
    expect(newEntrySchema.safeParse({ ...entry, ...over }).success).toBe(false);
  });
});
