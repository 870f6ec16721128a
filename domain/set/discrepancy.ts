import { byKey, type IndexEntry } from './index-file.ts';

/** A file as it lies in the bucket. `sha256` is absent when it was too large to be read. */
export interface FoundFile {
  key: string;
  size: number;
  sha256?: string;
}

export type Difference =
  | { kind: 'missing'; key: string; signed: string }
  | { kind: 'extra'; key: string; found: string }
  | { kind: 'changed'; key: string; signed: string; found: string }
  | { kind: 'swapped'; key: string; signed: string; found: string; belongsTo: string };

/** Signed against found, for the Atlas Operator. The two lists are whole, so that the report stands alone. */
export interface DiscrepancyReport {
  signed: { digest?: string; files: Omit<IndexEntry, 'agents'>[] };
  found: { digest?: string; files: FoundFile[] };
  differences: Difference[];
}

const describe = (file: { size: number; sha256?: string }): string =>
  file.sha256 === undefined ? `${file.size} bytes, not read` : `${file.size} bytes, sha256 ${file.sha256}`;

/**
 * What differs between the manifests that were signed and those that are there. Content that was signed under
 * another key is named as swapped: two exchanged files are one mistake and not two changes.
 */
export function compareSets(signed: readonly IndexEntry[], found: readonly FoundFile[]): Difference[] {
  const foundByKey = new Map(found.map((file) => [file.key, file]));
  const signedKeys = new Set(signed.map((entry) => entry.key));
  const homeOf = new Map(signed.map((entry) => [entry.sha256, entry.key]));

  const differences = signed.flatMap((entry): Difference[] => {
    const file = foundByKey.get(entry.key);
    if (!file) return [{ kind: 'missing', key: entry.key, signed: describe(entry) }];
    if (file.sha256 === entry.sha256 && file.size === entry.size) return [];
    const both = { key: entry.key, signed: describe(entry), found: describe(file) };
    const belongsTo = file.sha256 === undefined ? undefined : homeOf.get(file.sha256);
    return [
      belongsTo === undefined || belongsTo === entry.key ? { kind: 'changed', ...both } : { kind: 'swapped', ...both, belongsTo },
    ];
  });
  const extra = found
    .filter((file) => !signedKeys.has(file.key))
    .map((file): Difference => ({ kind: 'extra', key: file.key, found: describe(file) }));
  return [...differences, ...extra].sort(byKey);
}
