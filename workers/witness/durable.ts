import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** How far a replacement has come; from `renamed` on, a reader sees the new bytes, and only after `durable` a power cut cannot undo it. */
export type DurableStep = 'begun' | 'written' | 'renamed' | 'durable';

/** Replaces a file so that at every moment, power cuts included, it holds either all of the old bytes or all of the new ones. */
export async function replaceFile(path: string, bytes: string, step: (step: DurableStep) => void = () => {}): Promise<void> {
  const temporary = `${path}.new`;
  step('begun');
  await synced(temporary, 'w', (file) => file.writeFile(bytes));
  step('written');
  await rename(temporary, path);
  step('renamed');
  await synced(dirname(path), 'r', async () => {});
  step('durable');
}

async function synced(
  path: string,
  flags: string,
  work: (file: Awaited<ReturnType<typeof open>>) => Promise<void>,
): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await work(file);
    await file.sync();
  } finally {
    await file.close();
  }
}
