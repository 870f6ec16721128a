import { execFile } from 'node:child_process';
import { rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const WITHIN_MS = 10 * 60_000;

/**
 * SQLite copies its own database while a server writes to it, and only SQLite can: the file with its write-ahead log, copied
 * byte by byte, is not one state of it. Node has SQLite from 22.5 on; before that, one of the usual programs has it.
 */
const COPIERS: { name: string; command: string; args: (from: string, to: string) => string[] }[] = [
  {
    name: 'sqlite3',
    command: 'sqlite3',
    args: (from, to) => ['-cmd', '.timeout 30000', from, `VACUUM INTO '${to.replaceAll("'", "''")}'`],
  },
  {
    name: "Node's own SQLite",
    command: process.execPath,
    args: (from, to) => [
      '--no-warnings',
      '-e',
      "const { DatabaseSync } = require('node:sqlite'); const d = new DatabaseSync(process.argv[1]); d.exec('PRAGMA busy_timeout = 30000'); d.prepare('VACUUM INTO ?').run(process.argv[2]);",
      from,
      to,
    ],
  },
  {
    name: 'python3',
    command: 'python3',
    args: (from, to) => [
      '-c',
      "import sqlite3,sys; sqlite3.connect(sys.argv[1], timeout=30).execute('VACUUM INTO ?', (sys.argv[2],))",
      from,
      to,
    ],
  },
];

/** Copies the store of a local development server into a file that is not there yet. Answers with what did it, or why it could not be done. */
export async function copyTemporalStore(
  from: string,
  to: string,
): Promise<{ by: string; why?: undefined } | { by?: undefined; why: string }> {
  // SQLite would make an empty one.
  if ((await stat(from).catch(() => undefined))?.isFile() !== true) return { why: `there is no file ${from}` };
  const failures: string[] = [];
  for (const { name, command, args } of COPIERS) {
    await rm(to, { force: true });
    try {
      await run(command, args(from, to), { timeout: WITHIN_MS });
      return { by: name };
    } catch (error) {
      const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      failures.push(`${name}: ${missing ? 'not on this machine' : firstLine(error)}`);
    }
  }
  await rm(to, { force: true });
  return { why: `neither sqlite3, nor Node from 22.5 on, nor python3 could copy ${from} (${failures.join('; ')})` };
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error))
    .split('\n')
    .find((line) => line.trim() !== '' && !line.startsWith('Command failed')) ?? 'failed';

/** Where `golive up` and the rehearsal keep Temporal's store: beside the connections file that they write. */
export async function localTemporalStore(connectionsFile: string): Promise<string | undefined> {
  const path = join(dirname(connectionsFile), 'temporal', 'temporal.db');
  return (await stat(path).catch(() => undefined))?.isFile() === true ? path : undefined;
}
