import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RULES } from './rules.ts';
import { filesIn, PRODUCT_FOLDERS, ROOT, SOURCE } from './sourceFiles.ts';

async function violations(root: string): Promise<string[]> {
  const folders = PRODUCT_FOLDERS.filter((folder) => existsSync(join(root, folder)));
  const { output } = await cruise([...folders], {
    baseDir: root,
    ruleSet: { forbidden: RULES },
    validate: true,
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|coverage)/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  });
  if (typeof output === 'string') throw new Error(output);
  return output.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`).sort();
}

describe('imports', () => {
  // All files are parsed: a slow machine has time for that.
  it('keep to the rule of every folder, and form no cycles', { timeout: 300_000 }, async () => {
    expect(await violations(ROOT)).toEqual([]);
  });

  it('go through no barrel files but workflows/index.ts and activities/index.ts', () => {
    const reExport = /export\s+(?:type\s+)?(?:\*|\{[^}]*\})(?:\s+as\s+\w+)?\s+from\s+'[^']+';/g;
    const isBarrel = (text: string): boolean => {
      const code = text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
      return code.trim() !== '' && code.replaceAll(reExport, '').trim() === '';
    };
    const barrels = filesIn(PRODUCT_FOLDERS, SOURCE)
      .filter(({ path, text }) => /(^|\/)index\.[a-z]+$/.test(path) || isBarrel(text))
      .map(({ path }) => path);
    expect(barrels.filter((path) => !['workflows/index.ts', 'activities/index.ts'].includes(path))).toEqual([]);
  });
});

describe('the import rule', () => {
  let root: string;
  let found: string[];

  const sources: Record<string, string> = {
    'domain/mode.ts': `export type Mode = 'live'; export const low = 'shadow';`,
    'domain/clock.ts': `import 'node:fs'; import 'zod';`,
    'domain/file.schema.ts': `import 'zod'; import '../clients/store/port.ts';`,
    'domain/one.ts': `import './other.ts';`,
    'domain/other.ts': `import './one.ts';`,
    'activities/contract.ts': `import type { Mode } from '../domain/mode.ts'; export const contract = 1; export type Contract = Mode;`,
    'activities/platform.ts': `import '../clients/store/port.ts'; import '../clients/store/s3.ts'; import '../audit/envelope.ts'; import '../audit/tiles.ts';`,
    'workflows/messages/cohort.ts': `export const signal = 1;`,
    'workflows/cohort.ts': `import '@temporalio/workflow'; import '../domain/mode.ts'; import type { Contract } from '../activities/contract.ts'; export type C = Contract;`,
    'workflows/wave.ts': `import { contract } from '../activities/contract.ts'; import '../domain/file.schema.ts'; import '@temporalio/client'; import 'fs'; export const w = contract;`,
    'audit/envelope.ts': `import 'node:crypto'; import 'node:fs';`,
    'audit/tiles.ts': `import '@temporalio/common';`,
    'clients/store/port.ts': `export {};`,
    'clients/store/s3.ts': `import '@temporalio/client';`,
    'clients/commands/signal.ts': `import '@temporalio/client';`,
    'clients/platform/wire.schema.ts': `import 'zod';`,
    'gateway/server.ts': `import '../workflows/messages/cohort.ts'; import '../workflows/cohort.ts'; import '../workers/config.ts';`,
    'scripts/golive.ts': `import '../workers/config.ts'; import '../audit/envelope.ts';`,
    'workers/config.ts': `import '../rehearsal/platform.ts'; import '../domain/mode.ts'; import '../test/helper.ts';`,
    'rehearsal/platform.ts': `import '../clients/platform/wire.schema.ts'; import '../domain/mode.ts';`,
    'test/helper.ts': `export {};`,
  };

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'golive-imports-'));
    for (const [path, text] of Object.entries(sources)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
    await writeFile(join(root, 'package.json'), '{"type":"module"}');
    found = await violations(root);
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  it.each([
    ['domain/clock.ts', 'node:fs'],
    ['domain/clock.ts', 'zod'],
    ['domain/file.schema.ts', 'clients/store/port.ts'],
    ['domain/one.ts', 'domain/other.ts'],
    ['activities/platform.ts', 'clients/store/s3.ts'],
    ['activities/platform.ts', 'audit/tiles.ts'],
    ['workflows/wave.ts', 'activities/contract.ts'],
    ['workflows/wave.ts', 'domain/file.schema.ts'],
    ['workflows/wave.ts', '@temporalio/client'],
    ['workflows/wave.ts', 'fs'],
    ['audit/envelope.ts', 'node:fs'],
    ['audit/tiles.ts', '@temporalio/common'],
    ['clients/store/s3.ts', '@temporalio/client'],
    ['gateway/server.ts', 'workflows/cohort.ts'],
    ['gateway/server.ts', 'workers/config.ts'],
    ['scripts/golive.ts', 'workers/config.ts'],
    ['workers/config.ts', 'rehearsal/platform.ts'],
    ['workers/config.ts', 'test/helper.ts'],
    ['rehearsal/platform.ts', 'domain/mode.ts'],
  ])('forbids that %s imports %s', (from, to) => {
    const name = to.replace('node:', '');
    expect(found.filter((line) => line.includes(`: ${from} -> `) && line.includes(name))).not.toEqual([]);
  });

  it.each([
    ['workflows/cohort.ts', ''],
    ['clients/commands/signal.ts', ''],
    ['clients/platform/wire.schema.ts', ''],
    ['activities/contract.ts', ''],
    ['scripts/golive.ts', 'audit/envelope.ts'],
    ['rehearsal/platform.ts', 'wire.schema.ts'],
    ['audit/envelope.ts', 'crypto'],
    ['gateway/server.ts', 'workflows/messages/cohort.ts'],
    ['domain/file.schema.ts', 'zod'],
  ])('allows what %s imports as it should %s', (from, to) => {
    expect(found.filter((line) => line.includes(`: ${from} -> `) && line.includes(to))).toEqual([]);
  });
});
