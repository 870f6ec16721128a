import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * One set-up builds, the others wait and then find what it built. A lock whose owner has died is taken over.
 * Should two take over at the same moment, both build: results are put in place by one atomic rename, so that costs time and nothing else.
 */
export async function withLock<T>(folder: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(folder), { recursive: true });
  let told = false;
  while (!(await acquire(folder))) {
    if (!told) onWait();
    told = true;
    await sleep(500);
  }
  try {
    return await work();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function acquire(folder: string): Promise<boolean> {
  const owner = join(folder, 'pid');
  try {
    await mkdir(folder);
    await writeFile(owner, String(process.pid));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const pid = await readFile(owner, 'utf8').catch(() => undefined);
  // Without a pid yet, its owner is between its two steps; the next round sees more.
  if (pid === undefined || pid === '') return (await olderThanAMinute(folder)) && takeOver(folder);
  return isAlive(Number(pid)) ? false : takeOver(folder);
}

async function takeOver(folder: string): Promise<boolean> {
  await rm(folder, { recursive: true, force: true });
  return acquire(folder);
}

async function olderThanAMinute(folder: string): Promise<boolean> {
  const age = await stat(folder)
    .then((s) => Date.now() - s.mtimeMs)
    .catch(() => 0);
  return age > 60_000;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
