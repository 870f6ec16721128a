import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Document, isSeq } from 'yaml';
import { indexEntry, indexText } from '../../audit/statement.ts';
import type { ManifestText } from '../../domain/manifest/manifest.schema.ts';
import type { IndexEntry } from '../../domain/set/index-file.ts';
import { INDEX_KEY } from '../../domain/set/limits.ts';
import type { GeneratedSet } from './set.ts';

/** YAML as a person would write it; one line for each agent, because there are thousands. */
export function manifestYaml(manifest: ManifestText): string {
  const document = new Document(manifest, { aliasDuplicateObjects: false });
  const agents = document.get('agents');
  if (isSeq(agents)) {
    for (const item of agents.items) Object.assign(item as object, { flow: true });
  }
  return document.toString({ lineWidth: 0 });
}

/** Writes manifests and index into a folder that holds nothing else afterwards, and answers what the index says. */
export async function writeSet(folder: string, set: Pick<GeneratedSet, 'manifests'>): Promise<IndexEntry[]> {
  await rm(folder, { recursive: true, force: true });
  const index: IndexEntry[] = [];
  for (const { key, manifest } of set.manifests) {
    const bytes = Buffer.from(manifestYaml(manifest));
    await writeTo(join(folder, key), bytes);
    index.push(indexEntry(key, bytes, manifest.agents.length));
  }
  await writeTo(join(folder, INDEX_KEY), indexText(index));
  return index;
}

export async function writeTo(path: string, content: Uint8Array | string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}
