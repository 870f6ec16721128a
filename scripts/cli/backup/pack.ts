import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { create, extract } from 'tar';
import { CliError, EXIT, usage } from '../io.ts';
import { fileDigest, filesIn, MANIFEST } from './manifest.ts';

export const isPacked = (path: string): boolean => /\.(tar\.gz|tgz)$/.test(path);

/** A folder as one file, the manifest first. The file is whole or not there. Answers with its SHA-256, hex. */
export async function pack(dir: string, file: string): Promise<string> {
  const paths = [MANIFEST, ...(await filesIn(dir)).filter((path) => path !== MANIFEST)];
  await create({ gzip: true, cwd: dir, file: `${file}.part`, portable: true, noDirRecurse: true }, paths);
  await rename(`${file}.part`, file);
  return fileDigest(file);
}

/** Gives the folder of an archive, packed or not, to `use`; what was unpacked for it is removed afterwards. */
export async function opened<T>(path: string, use: (dir: string) => Promise<T>): Promise<T> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw usage(`There is no archive ${path}.`);
  if (found.isDirectory()) return use(resolve(path));
  const dir = await mkdtemp(join(tmpdir(), 'golive-archive-'));
  try {
    await unpack(path, dir);
    return await use(dir);
  } finally {
    // What failed half-way may still be writing.
    await rm(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}

async function unpack(file: string, dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  try {
    // An archive may come from anybody: nothing but plain files, and nothing outside of the folder.
    await extract({
      cwd: dir,
      file,
      strict: true,
      preserveOwner: false,
      filter: (_path, entry) => 'type' in entry && entry.type === 'File',
    });
  } catch (error) {
    throw new CliError(EXIT.unverified, `${file} cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`, {
      next: 'It was cut off or changed. Take another copy of it.',
      code: 'archive_damaged',
    });
  }
}
