import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parsePolicy } from '../../audit/tlog/policy.ts';
import { vkey } from '../../audit/tlog/note.ts';
import { childEnvironment } from '../../scripts/environment.ts';
import { ensureTools } from '../../scripts/setup/tools.ts';

/** What a tool that nobody here wrote says of a log. */
export type Opinion = { size: number; root: string; refused?: undefined } | { refused: string };

const run = promisify(execFile);
const SOURCE = join(import.meta.dirname, '..', 'audit', 'go');
const WITHIN_MS = 60_000;

/** Builds the auditor on the Go checksum database's own libraries; answers the path of the executable. */
export async function buildGoAuditor(folder: string): Promise<string> {
  const path = join(folder, 'auditor');
  await run('go', ['build', '-o', path, '.'], { cwd: SOURCE, env: childEnvironment({ GOFLAGS: '-mod=mod' }) });
  return path;
}

/** The vkey of the log that a folder's own policy names. */
async function logKey(dir: string): Promise<string> {
  const { policy, problem } = parsePolicy(await readFile(join(dir, 'policy'), 'utf8'));
  if (!policy) throw new Error(problem);
  return vkey(policy.log);
}

export async function askGoAuditor(auditor: string, dir: string): Promise<Opinion> {
  try {
    const { stdout } = await run(auditor, [dir, await logKey(dir)], { timeout: WITHIN_MS });
    const [size = '', root = ''] = stdout.trim().split(' ');
    return { size: Number(size), root };
  } catch (error) {
    return { refused: String((error as { stderr?: string }).stderr ?? error) };
  }
}

const SUCCESS = /Successfully fsck'd log with size (\d+) and root (\S+)/;

/** Only its success line counts: on a log that is wrong it may exit with 0, or hang. */
export async function askTessera(dir: string): Promise<Opinion> {
  const { tesseraFsck } = await ensureTools(['tesseraFsck']);
  const folder = await mkdtemp(join(tmpdir(), 'golive-fsck-'));
  const keyFile = join(folder, 'log.vkey');
  await writeFile(keyFile, `${await logKey(dir)}\n`);
  const args = ['--ui=false', '--N=8', `--public_key=${keyFile}`, `--storage_url=file://${dir}/log/`];
  const { stdout, stderr } = await run(tesseraFsck, args, { timeout: WITHIN_MS, killSignal: 'SIGKILL' }).catch(
    (error: unknown) => error as { stdout: string; stderr: string },
  );
  await rm(folder, { recursive: true, force: true });
  const [, size, root] = SUCCESS.exec(`${stdout}${stderr}`) ?? [];
  return size === undefined || root === undefined ? { refused: stderr } : { size: Number(size), root };
}
