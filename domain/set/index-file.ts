/** One line of `index.json`: a manifest, named by what is in it. */
export interface IndexEntry {
  key: string;
  /** 64 hex digits. */
  sha256: string;
  size: number;
  agents: number;
}

export interface IndexFile {
  apiVersion: 'golive/v1';
  kind: 'ManifestIndex';
  manifests: IndexEntry[];
}

/** Byte order, the same on every machine: `localeCompare` would sort by the reader's language. */
export const byKey = (a: { key: string }, b: { key: string }): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

/**
 * The text whose SHA-256 is the set digest: one line `sha256  size  key` per manifest, sorted by key.
 * Anyone can make it with `sha256sum`, `stat` and `sort`, without our index.
 */
export function digestLines(entries: readonly Omit<IndexEntry, 'agents'>[]): string {
  return [...entries]
    .sort(byKey)
    .map((entry) => `${entry.sha256}  ${entry.size}  ${entry.key}\n`)
    .join('');
}
