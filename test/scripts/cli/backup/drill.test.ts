import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readManifest } from '../../../../scripts/cli/backup/manifest.ts';
import { placed, type Placed } from './placed.ts';

let world: Placed;
let backup: string;
beforeAll(async () => {
  world = await placed();
  backup = join(world.dir, 'acme.tar.gz');
  expect(await world.golive('backup', '--out', backup)).toMatchObject({ code: 0 });
});
afterAll(() => world.close());

describe('golive restore-drill', () => {
  it('says what it would do, and does nothing, until told to', async () => {
    const out = join(world.dir, 'out');
    const ran = await world.golive('backup', 'restore-drill', backup, '--evidence', out);
    expect(ran).toMatchObject({ code: 0, err: expect.stringContaining('Nothing was done.') as string });
    expect(ran.out).toMatch(/^ {2}6\. /m);
    await expect(readdir(out)).rejects.toThrow(/ENOENT/);
  });

  it('restores the log into an empty place, where it says the same and goes on', async () => {
    const out = join(world.dir, 'evidence-of-it');
    const ran = await world.golive('restore-drill', backup, '--execute', '--evidence', out);
    expect(ran.out).toMatch(/✔ the restored log opens/);
    expect(ran.out).toMatch(/✔ its fold of \S+ is that of the entries in the backup/);
    expect(ran.out).toMatch(/✔ it takes new entries where the old ones end/);
    expect(ran.code).toBe(0);
    const [file = ''] = await readdir(join(out, 'evidence', 'drills'));
    expect(file).toMatch(/^\d{4}-\d\d-\d\dT\d{6}-restore\.json$/);
    const evidence = JSON.parse(await readFile(join(out, 'evidence', 'drills', file), 'utf8')) as Record<string, unknown>;
    expect(evidence).toMatchObject({ kind: 'restore-drill', ok: true, committed: { size: world.log.tree.size } });
  }, 120_000);

  it('is refused for production, whatever is asked: exit 5', async () => {
    const folder = join(world.dir, 'production');
    await world.golive('backup', '--out', folder);
    const path = `manifests/${world.made.file.deployment}/deployment.yaml`;
    const file = (await readFile(join(folder, path), 'utf8')).replace('environment: rehearsal', 'environment: production');
    await writeFile(join(folder, path), file);
    const manifest = await readManifest(folder);
    const sha256 = createHash('sha256').update(file).digest('hex');
    manifest.files = manifest.files.map((f) => (f.path === path ? { ...f, sha256, size: file.length } : f));
    await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
    for (const how of [[], ['--execute']]) {
      const ran = await world.golive('restore-drill', folder, ...how, '--evidence', join(world.dir, 'none'));
      expect(ran).toMatchObject({ code: 5, out: '', err: expect.stringContaining('production') as string });
    }
  });
});
