import { constants } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isCanonicalKey, SET_LIMITS } from '../../domain/set/limits.ts';
import type { SetSource } from '../../domain/set/source.ts';
import { parseManifest } from './parse.ts';

/** A set in a folder, for `golive plan` before the upload and for audits without a network. */
export function folderSource(folder: string): SetSource {
  return {
    list: () => walk(folder),
    get: (key) => read(folder, key),
    parse: parseManifest,
  };
}

/** Lists one file more than a set may have and then stops: that is enough to refuse it. */
async function walk(folder: string): Promise<{ key: string; size: number }[]> {
  const found: { key: string; size: number }[] = [];
  const pending = [''];
  for (let prefix = pending.pop(); prefix !== undefined; prefix = pending.pop()) {
    for (const entry of await readdir(join(folder, prefix), { withFileTypes: true })) {
      const key = `${prefix}${entry.name}`;
      // A folder is only entered under a name that could be part of a key; any other is listed, and so refused, itself.
      if (entry.isDirectory() && isCanonicalKey(key)) pending.push(`${key}/`);
      else found.push({ key, size: (await lstat(join(folder, key))).size });
      if (found.length > SET_LIMITS.files || pending.length > SET_LIMITS.files) return found;
    }
  }
  return found;
}

async function read(folder: string, key: string): Promise<Uint8Array | undefined> {
  // Only what has been found canonical is ever joined to a path.
  if (!isCanonicalKey(key)) return undefined;
  try {
    // A link could lead out of the folder, and a pipe would never end.
    const file = await open(join(folder, key), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const { size } = await file.stat();
      if (!(await file.stat()).isFile() || size > SET_LIMITS.manifestBytes) return undefined;
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ELOOP')) return undefined;
    throw error;
  }
}
