import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What can end up in a bundle. */
const SOURCES = ['workflows', 'domain', 'activities/contract.ts', 'activities/contract'];

/** The bundles: everything that goes forward, and what stops it, which shares no worker with the rest. */
export const WORKFLOW_ENTRIES = { workflows: 'workflows/index.ts', stop: 'workflows/stop.ts' } as const;
export type Bundle = keyof typeof WORKFLOW_ENTRIES;

/**
 * The workflows as one file, built once per content: webpack takes seconds, and every worker process would pay them at
 * each start. Two that build at once write the same bytes; the rename makes either of them whole.
 */
export async function workflowBundle(buildDir: string, bundle: Bundle = 'workflows'): Promise<{ codePath: string }> {
  const codePath = join(buildDir, `${bundle}-${await contentHash()}.js`);
  if (existsSync(codePath)) return { codePath };
  const { code } = await bundleWorkflowCode({ workflowsPath: join(root, WORKFLOW_ENTRIES[bundle]) });
  await mkdir(buildDir, { recursive: true });
  const draft = `${codePath}.${randomUUID()}`;
  await writeFile(draft, code);
  await rename(draft, codePath);
  return { codePath };
}

async function contentHash(): Promise<string> {
  const hash = createHash('sha256');
  const sdk = createRequire(import.meta.url)('@temporalio/worker/package.json') as { version: string };
  hash.update(sdk.version);
  for (const file of (await Promise.all(SOURCES.map(filesIn))).flat().sort())
    hash.update(file).update(await readFile(join(root, file)));
  return hash.digest('hex').slice(0, 16);
}

async function filesIn(path: string): Promise<string[]> {
  if (path.endsWith('.ts')) return [path];
  const found = await readdir(join(root, path), { recursive: true });
  return found.filter((f) => f.endsWith('.ts')).map((f) => join(path, f));
}
