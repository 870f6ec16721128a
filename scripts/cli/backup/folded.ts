import { join } from 'node:path';
import type { NewEntry, RecordedEntry } from '../../../domain/entry.ts';
import { emptyView } from '../../../domain/fold/empty.ts';
import { fold, withoutLedger } from '../../../domain/fold/fold.ts';
import type { DeploymentView } from '../../../domain/view.ts';
import { readCopy } from '../audit/copy-reader.ts';
import { stagedEntries } from './committed.ts';
import type { Manifest } from './manifest.ts';

/** What the entries of a backup say, folded here, without any log process. */
export interface Folded {
  entries: number;
  /** By deployment. */
  views: Map<string, DeploymentView>;
  /** As the deployments were opened. */
  environments: string[];
}

export async function foldBackup(dir: string, { committed }: Manifest): Promise<Folded> {
  const { entries, tree } = await readCopy(join(dir, 'audit'));
  entries.push(...((await stagedEntries(join(dir, 'work'), tree, committed?.size ?? entries.length)) ?? []));
  const views = new Map<string, DeploymentView>();
  const environments = new Set<string>();
  for (const [index, bytes] of entries.entries()) {
    const entry = { index, ...(JSON.parse(bytes.toString('utf8')) as NewEntry) } as RecordedEntry;
    const view = views.get(entry.deployment) ?? emptyView(entry.customer, entry.deployment);
    views.set(entry.deployment, view);
    fold(view, entry);
    if (entry.kind === 'deployment.opened') environments.add(entry.data.environment);
  }
  return {
    entries: entries.length,
    views: new Map([...views].map(([name, view]) => [name, withoutLedger(view)])),
    environments: [...environments],
  };
}
