import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkpointText, signHead } from '../../../../audit/tlog/checkpoint.ts';
import { leafHash, MerkleTree } from '../../../../audit/tlog/merkle.ts';
import { bundleBytes } from '../../../../audit/tlog/tiles.ts';
import { policyText } from '../../../../audit/tlog/policy.ts';
import { chainOf } from '../../../../scripts/cli/backup/committed.ts';
import { filesIn, readManifest } from '../../../../scripts/cli/backup/manifest.ts';
import { opened } from '../../../../scripts/cli/backup/pack.ts';
import { entriesOf } from '../../../support/signed-deployment.ts';
import { entryBytes } from '../../../support/tiled-log.ts';
import { placed, type Placed } from './placed.ts';

let world: Placed;
let packed: string;
beforeAll(async () => {
  world = await placed();
  packed = join(world.dir, 'acme.tar.gz');
});
afterAll(() => world.close());

describe('golive backup', () => {
  it('takes everything, says what could not be had, and verifies what it has', async () => {
    const ran = await world.golive('backup', '--out', packed);
    expect(ran.err).toContain('Read back and verified.');
    expect(ran.code).toBe(0);
    expect(ran.err).toMatch(/Not in it: Temporal's own store: waived: /);
    expect(ran.err).toContain('Not in it: histories: Temporal does not answer');
    await opened(packed, async (dir) => {
      const { deployment, manifestSet } = world.made.file;
      const files = await filesIn(dir);
      expect(files).toEqual(
        expect.arrayContaining([
          ...['audit/log/checkpoint', 'audit/policy', 'work/log/lock', 'manifest.json'],
          `manifests/${deployment}/deployment.yaml`,
          `manifests/${deployment}/deployment.dsse.json`,
          `manifests/${manifestSet.prefix}/manifests/one.yaml`,
        ]),
      );
      const { committed, deployments, leftOut } = await readManifest(dir);
      expect(committed).toEqual({ size: world.log.tree.size, root: world.log.tree.root().toString('base64') });
      expect(deployments).toEqual([deployment]);
      expect(leftOut).toHaveLength(2);
      for (const path of files) expect(await readFile(join(dir, path), 'latin1')).not.toContain('PRIVATE KEY');
    });
  });

  it('verifies without restoring, under a policy of one’s own or the enclosed one', async () => {
    expect(await world.golive('backup', 'verify', packed)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Verified: \d+ files/) as string,
    });
    const policy = join(world.dir, 'policy');
    await writeFile(policy, policyText(world.log.policy));
    expect((await world.golive('backup', 'verify', packed, '--policy', policy, '--json')).json()).toMatchObject({
      ok: true,
      problems: [],
    });
  });

  it('finds every file that was changed, is missing, or was added: exit 6', async () => {
    const folder = join(world.dir, 'folder');
    expect(await world.golive('backup', '--out', folder)).toMatchObject({ code: 0 });
    for (const path of await filesIn(folder)) {
      if (path === 'manifest.json') continue;
      const bytes = await readFile(join(folder, path));
      const changed = Buffer.from(bytes);
      changed[Math.floor(changed.length / 2)] = (changed[Math.floor(changed.length / 2)] ?? 0) ^ 1;
      await writeFile(join(folder, path), changed);
      if (/checkpoint$|lock$|tile\/0|yaml$/.test(path)) {
        const ran = await world.golive('backup', 'verify', folder);
        expect(ran, path).toMatchObject({ code: path === 'audit/policy' ? 2 : 6, out: expect.stringContaining(path) as string });
      }
      await writeFile(join(folder, path), bytes);
    }
    await writeFile(join(folder, 'audit/log/extra'), 'x');
    expect(await world.golive('backup', 'verify', folder)).toMatchObject({
      code: 6,
      out: 'audit/log/extra is not in the manifest\n',
    });
    expect(await world.golive('backup', 'verify', join(world.dir, 'nowhere'))).toMatchObject({ code: 2 });
  });

  it('of a file that was cut off says so: exit 6', async () => {
    const cut = join(world.dir, 'cut.tar.gz');
    const bytes = await readFile(packed);
    await writeFile(cut, bytes.subarray(0, bytes.length / 2));
    expect((await world.golive('backup', 'verify', cut)).code).toBe(6);
  });
});

describe('entries that are acknowledged and not yet published', () => {
  it('are in the backup, and batches that were never committed do not mislead it', async () => {
    const entries = entriesOf(world.made.drafts).map(entryBytes);
    const from = world.log.tree.size;
    const added = [1, 2, 3].map((n) => {
      const last = JSON.parse(entries.at(-1)?.toString('utf8') ?? '{}') as Record<string, unknown>;
      const data = { subject: `late-${n}`, summary: 'late', evidence: { ref: 'evidence/0', digest: `sha256:${'0'.repeat(64)}` } };
      return Buffer.from(JSON.stringify({ ...last, id: `late/${n}`, kind: 'evidence', data }));
    });
    const tree = new MerkleTree();
    for (const entry of [...entries, ...added.slice(0, 2)]) tree.append(leafHash(entry));
    const staged = (batch: Buffer[], root: string): Promise<unknown> =>
      world.work.put(
        `${world.prefix}/log/staging/${String(from).padStart(12, '0')}-${from + batch.length}-${root}`,
        bundleBytes(batch),
      );
    await staged(added.slice(0, 2), tree.root().toString('hex'));
    await staged(added.slice(2), '0'.repeat(64));
    const { checkpoint, logKey } = world.log;
    const lock = await signHead({ origin: checkpoint.origin, size: tree.size, root: tree.root() }, logKey);
    await world.work.put(`${world.prefix}/log/lock`, checkpointText(lock));

    const told = (await world.golive('backup', '--out', join(world.dir, 'unpublished'), '--json')).json();
    expect(told).toMatchObject({ problems: [], log: { size: from }, committed: { size: from + 2 } });
    await world.work.put(`${world.prefix}/log/lock`, checkpointText(checkpoint));
  });

  it('form a way of whole batches, or none', () => {
    const path = (first: number, size: number): string =>
      `log/staging/${String(first).padStart(12, '0')}-${size}-${'a'.repeat(64)}`;
    expect(chainOf([], 5, 5)).toEqual([]);
    expect(chainOf([path(5, 7), path(7, 9)], 5, 9)).toHaveLength(2);
    expect(chainOf([path(5, 8), path(5, 7), path(7, 9), path(2, 5)], 5, 9)).toHaveLength(3);
    expect(chainOf([path(7, 9)], 5, 9)).toBeUndefined();
    expect(chainOf([], 9, 5)).toBeUndefined();
  });
});
