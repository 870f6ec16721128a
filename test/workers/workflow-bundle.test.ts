import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workflowBundle } from '../../workers/workflow-bundle.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'golive-bundle-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the workflow bundle', () => {
  it('is whole when two processes build it at once, and leaves no draft behind', async () => {
    const [one, other] = await Promise.all([workflowBundle(folder), workflowBundle(folder)]);
    expect(one.codePath).toBe(other.codePath);
    expect(await readdir(folder)).toEqual([one.codePath.slice(folder.length + 1)]);
    const code = await readFile(one.codePath, 'utf8');
    for (const workflow of ['deployment', 'cohort', 'wave']) expect(code).toContain(`workflows/${workflow}.ts`);
  });

  it('is built once per content', async () => {
    const { codePath } = await workflowBundle(folder);
    const { mtimeMs } = await stat(codePath);
    await workflowBundle(folder);
    expect((await stat(codePath)).mtimeMs).toBe(mtimeMs);
  });
});
