import { manifestKey, type Manifest } from '../manifest/manifest.ts';
import type { IndexEntry } from './index-file.ts';
import { problem, type Problem } from './problem.ts';
import type { SetPredicate } from './statement.ts';

/** A manifest with the index entry under which it was read. */
export interface ReadManifest {
  entry: IndexEntry;
  manifest: Manifest;
}

/** Rules that no single manifest can break: names and keys, counts, and that every agent belongs to one cohort. */
export function inconsistencies(read: readonly ReadManifest[]): Problem[] {
  const problems: Problem[] = [];
  const homeOf = new Map<string, string>();
  for (const { entry, manifest } of read) {
    if (manifestKey(manifest.name) !== entry.key) {
      problems.push(problem('name_differs_from_key', entry.key, { found: manifest.name, signed: entry.key }));
    }
    if (manifest.agents.length !== entry.agents) {
      problems.push(
        problem('agents_differ', entry.key, { found: `${manifest.agents.length} agents`, signed: `${entry.agents} agents` }),
      );
    }
    for (const { id } of manifest.agents) {
      const home = homeOf.get(id);
      if (home === undefined) homeOf.set(id, entry.key);
      else if (home === entry.key) problems.push(problem('agent_twice', entry.key, { found: id }));
      else problems.push(problem('agent_in_two_manifests', entry.key, { found: `${id}, also in ${home}` }));
    }
  }
  return problems;
}

/** Whether the signer spoke of this set: his counts against the index. */
export function countProblems(file: string, predicate: SetPredicate, index: readonly IndexEntry[]): Problem[] {
  const agents = index.reduce((sum, entry) => sum + entry.agents, 0);
  if (predicate.manifests === index.length && predicate.agents === agents) return [];
  return [
    problem('set_counts_differ', file, {
      found: `${index.length} manifests, ${agents} agents`,
      signed: `${predicate.manifests} manifests, ${predicate.agents} agents`,
    }),
  ];
}
