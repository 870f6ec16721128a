import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { ROOT } from './sourceFiles.ts';

const WORKFLOWS = join(ROOT, 'workflows', 'index.ts');

/** Names of the modules in a bundle; throws what webpack said when there is none. */
async function modulesOf(workflowsPath: string): Promise<string[]> {
  const errors: string[] = [];
  const ignore = (): void => undefined;
  const logger = {
    log: ignore,
    trace: ignore,
    debug: ignore,
    info: ignore,
    warn: ignore,
    error: (message: string) => void errors.push(message),
  };
  const { code } = await bundleWorkflowCode({ workflowsPath, logger }).catch((error: unknown) => {
    throw new Error(errors.join('\n'), { cause: error });
  });
  return [...new Set([...code.matchAll(/"(\.{1,2}\/[^"\s]+\.(?:ts|js|cjs|mjs))"/g)].map(([, path]) => path ?? ''))];
}

const unwanted = /node_modules\/zod\/|\.schema\.ts$/;

describe('a workflow bundle', () => {
  it.skipIf(!existsSync(WORKFLOWS))(
    'builds without leaving any module out, and holds neither zod nor a schema',
    async () => {
      expect((await modulesOf(WORKFLOWS)).filter((path) => unwanted.test(path))).toEqual([]);
    },
    120_000,
  );

  it('that does hold zod would be noticed', async () => {
    const modules = await modulesOf(join(import.meta.dirname, 'withZod.workflow.ts'));
    expect(modules.filter((path) => unwanted.test(path))).not.toEqual([]);
  }, 120_000);
});
