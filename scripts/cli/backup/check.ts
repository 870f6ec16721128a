import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { verifiedCheckpoint } from '../../../audit/tlog/checkpoint.ts';
import type { Policy } from '../../../audit/tlog/policy.ts';
import { readCopy } from '../audit/copy-reader.ts';
import { stagedEntries } from './committed.ts';
import { checkLog, findingLines } from './log-check.ts';
import type { Manifest } from './manifest.ts';

/** What is wrong with the log in the folder of a backup: all that `golive verify` finds, and that the lock is not what was committed. */
export async function backupProblems(dir: string, manifest: Manifest, policy: Policy): Promise<string[]> {
  const verification = await checkLog(join(dir, logFolder(manifest)), policy);
  const problems = findingLines(verification, 50);
  if (manifest.committed !== null && problems.length === 0) problems.push(...(await lockProblems(dir, policy)));
  return problems;
}

/** An archive is the audit folder; in a backup it is one folder of several. */
export const logFolder = ({ format }: Manifest): string => (format === 'golive-backup/v1' ? 'audit' : '.');

async function lockProblems(dir: string, policy: Policy): Promise<string[]> {
  const bytes = await readFile(join(dir, 'work/log/lock')).catch(() => undefined);
  const lock = bytes && verifiedCheckpoint(bytes, policy.log);
  if (!lock) return ["work/log/lock is missing, or does not carry the log's signature"];
  const { checkpoint, tree } = await readCopy(join(dir, 'audit'));
  const entries = await stagedEntries(join(dir, 'work'), tree, lock.size);
  if (!entries) return [`entries ${checkpoint.size} to ${lock.size} were committed and are not in the backup`];
  return tree.root().equals(lock.root) ? [] : ['the entries do not make the root that the lock signs'];
}
