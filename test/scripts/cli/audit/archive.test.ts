import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readManifest } from '../../../../scripts/cli/backup/manifest.ts';
import { opened } from '../../../../scripts/cli/backup/pack.ts';
import { placed, type Placed } from '../backup/placed.ts';

let world: Placed;
beforeAll(async () => {
  world = await placed();
});
afterAll(() => world.close());

describe('golive audit archive', () => {
  it('copies log, evidence and policy as they lie in the bucket, and verifies the copy', async () => {
    const out = join(world.dir, 'copy');
    const ran = await world.golive('audit', 'archive', '--out', out);
    expect(ran.err).toContain('Read back and verified.');
    expect(ran.code).toBe(0);
    for (const [path, bytes] of world.log.files) expect(await readFile(join(out, path))).toEqual(Buffer.from(bytes));
    const { files, log } = await readManifest(out);
    expect(files.map((f) => f.path)).toEqual([...world.log.files.keys(), 'policy'].sort());
    expect(log).toMatchObject({ size: world.log.tree.size, root: world.log.tree.root().toString('base64') });
    expect(await world.golive('audit', 'summary', '--folder', out)).toMatchObject({ code: 0 });
    expect(await world.golive('audit', 'archive', '--out', out)).toMatchObject({ code: 2 });
  });

  it('makes one file of it when asked, with nothing left beside it', async () => {
    const out = join(world.dir, 'copy.tar.gz');
    const told = (await world.golive('audit', 'archive', '--out', out, '--json')).json();
    expect(told).toMatchObject({ verified: true, kept: 0, digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    expect(await opened(out, async (dir) => (await readManifest(dir)).files.length)).toBe(told['files']);
    await expect(readFile(`${out}.partial/manifest.json`)).rejects.toThrow(/ENOENT/);
  });

  it('goes on where it was interrupted, and fetches again what is not whole', async () => {
    const out = join(world.dir, 'interrupted');
    await world.golive('audit', 'archive', '--out', out);
    const { files } = await readManifest(out);
    const bundle = files.find((f) => f.path.startsWith('log/tile/entries/'))?.path ?? '';
    await truncate(join(out, bundle), 10);
    await rm(join(out, 'manifest.json'));
    await writeFile(join(out, 'manifest.partial.jsonl'), `${files.map((f) => JSON.stringify(f)).join('\n')}\n{"path":"log/ti`);
    const told = (await world.golive('audit', 'archive', '--out', out, '--json')).json();
    expect(told).toMatchObject({ verified: true, fetched: 2 }); // the bundle, and the checkpoint, which changes
    expect(await readFile(join(out, bundle))).toEqual(Buffer.from(world.log.files.get(bundle) ?? []));
  });

  it('takes the log of one moment, while it is being written', async () => {
    const later = `${world.prefix}/log/tile/entries/999.p/7`;
    const copy = `${world.prefix}/log/checkpoints/999999-1773000000`;
    await world.audit.put(later, 'x');
    await world.audit.put(copy, 'x');
    const told = (await world.golive('audit', 'archive', '--out', join(world.dir, 'moment'), '--json')).json();
    expect(told).toMatchObject({ verified: true });
    await Promise.all([world.audit.remove(later), world.audit.remove(copy)]);
  });

  it('ends with 6 when what lies in the bucket does not verify, and keeps the copy as evidence', async () => {
    const path = [...world.log.files.keys()].find((p) => p.startsWith('log/tile/0/')) ?? '';
    const key = `${world.prefix}/${path}`;
    await world.audit.put(key, Buffer.alloc(world.log.files.get(path)?.length ?? 0));
    const ran = await world.golive('audit', 'archive', '--out', join(world.dir, 'damaged'));
    expect(ran).toMatchObject({ code: 6, err: expect.stringContaining('tile_differs') as string });
    await world.audit.put(key, world.log.files.get(path) ?? '');
  });
});
