import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifySet } from '../../../audit/verify-set.ts';
import { folderSource } from '../../../clients/manifests/folder.ts';
import { storeSource } from '../../../clients/manifests/store.ts';
import { codes, deploymentFile, freeze, keyAt, NOW, type Files } from '../../audit/signed-set.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'golive-set-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(files: Files): Promise<void> {
  for (const [key, bytes] of files) {
    await mkdir(join(folder, key, '..'), { recursive: true });
    await writeFile(join(folder, key), bytes);
  }
}
const verify = () => verifySet(folderSource(folder), { deploymentFile, at: NOW });

describe('a set in a folder', () => {
  it('is verified as it lies there', async () => {
    await write(await freeze());
    expect(codes(await verify())).toEqual([]);
  });

  it('with a file of 100 MB is refused in under a second', async () => {
    await write(await freeze());
    await truncate(join(folder, keyAt(0)), 100 * 1024 * 1024);
    const start = performance.now();
    expect(codes(await verify())).toContain('file_too_large');
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it('with a link in place of a manifest is refused, though the link leads to the right bytes', async () => {
    const files = await freeze();
    await write(files);
    const outside = await mkdtemp(join(tmpdir(), 'golive-outside-'));
    await writeFile(join(outside, 'a.yaml'), files.get(keyAt(0)) ?? '');
    await rm(join(folder, keyAt(0)));
    await symlink(join(outside, 'a.yaml'), join(folder, keyAt(0)));
    expect(codes(await verify())).toEqual(['file_changed']);
    await rm(outside, { recursive: true });
  });

  it.each(['.hidden', 'Manifests', 'a b', 'é'])('with a folder called %j is refused without a look inside', async (name) => {
    await write(await freeze());
    await mkdir(join(folder, name, 'deep'), { recursive: true });
    expect(codes(await verify())).toEqual(['key_not_canonical']);
  });

  it('gives nothing for a key that leads out of it', async () => {
    await writeFile(join(folder, 'secret'), 'x');
    await mkdir(join(folder, 'set'));
    expect(await folderSource(join(folder, 'set')).get('../secret')).toBeUndefined();
  });
});

describe('a set in a bucket', () => {
  const store = (files: Files, prefix: string) => ({
    list: async (from: string) =>
      [...files]
        .map(([key, bytes]) => ({ key: `${prefix}${key}`, size: bytes.length, etag: '' }))
        .filter(({ key }) => key.startsWith(from)),
    get: async (key: string) => files.get(key.slice(prefix.length)),
  });

  it.each(['sets/1', 'sets/1/'])('is verified under the prefix %j', async (prefix) => {
    const source = storeSource(store(await freeze(), 'sets/1/'), prefix);
    expect(codes(await verifySet(source, { deploymentFile, at: NOW }))).toEqual([]);
  });

  it('is not mixed with one whose prefix begins the same', async () => {
    expect(await storeSource(store(await freeze(), 'sets/10/'), 'sets/1').list()).toEqual([]);
  });
});
