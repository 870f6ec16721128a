import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * Does an executable that we did not build do what we need? Asked once per file: the answer is kept in the cache
 * under its path, size and time of change, so that later set-ups need one `stat`.
 */
export async function meetsOurNeeds(
  path: string,
  isGoodVersion: (output: string) => boolean,
  cacheDir: string,
): Promise<boolean> {
  const { size, mtimeMs } = statSync(path);
  const folder = join(cacheDir, 'tools', 'checked');
  const marker = join(folder, createHash('sha256').update(`${path}\n${size}\n${mtimeMs}`).digest('hex').slice(0, 24));
  if (existsSync(marker)) return true;
  const output = await promisify(execFile)(path, ['--version'], { timeout: 10_000 }).then(
    ({ stdout, stderr }) => stdout + stderr,
    () => undefined,
  );
  if (output === undefined || !isGoodVersion(output)) return false;
  mkdirSync(folder, { recursive: true });
  writeFileSync(marker, `${path}\n${output}`);
  return true;
}

/** The server inside Temporal's CLI; older ones lack what workflows here rely on. */
export function isTemporalServerAtLeast(major: number, minor: number): (output: string) => boolean {
  return (output) => {
    const found = /Server (\d+)\.(\d+)/.exec(output);
    if (!found) return false;
    const [foundMajor, foundMinor] = [Number(found[1]), Number(found[2])];
    return foundMajor > major || (foundMajor === major && foundMinor >= minor);
  };
}
