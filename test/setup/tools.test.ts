import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Environment } from '../../scripts/environment.ts';
import { ensureTools, ToolMissing } from '../../scripts/setup/tools.ts';

/** The compilers here are small shell scripts, so that a build can be slow, fail, or be counted. */
const GOOD_GO = 'echo once >> "$0.calls"; sleep 0.3; printf "#!/bin/sh\\n" > "$GOBIN/versitygw"; chmod +x "$GOBIN/versitygw"';

let dir: string;
let machine: Environment;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'golive-tools-'));
  machine = { cacheDir: join(dir, 'cache'), temporalDownload: false, path: [join(dir, 'bin')] };
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function program(name: string, script: string): Promise<string> {
  const file = join(dir, 'bin', name);
  await mkdir(join(dir, 'bin'), { recursive: true });
  await writeFile(file, `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`);
  await chmod(file, 0o755);
  return file;
}

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a tool that is there', () => {
  it('is taken from the variable that points to it, before PATH', async () => {
    await program('versitygw', 'exit 0');
    const mine = await program('my-s3', 'exit 0');
    expect(await ensureTools(['versitygw'], { environment: { ...machine, versitygw: mine } })).toEqual({ versitygw: mine });
  });

  it('is taken from PATH', async () => {
    const onPath = await program('versitygw', 'exit 0');
    expect(await ensureTools(['versitygw'], { environment: machine })).toEqual({ versitygw: onPath });
  });

  it('is asked for its version once, and not again until the file changes', async () => {
    const cli = await program('temporal', 'echo asked >> "$0.calls"; echo "temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)"');
    for (let time = 0; time < 3; time++) await ensureTools(['temporal'], { environment: machine });
    expect(await readFile(`${cli}.calls`, 'utf8')).toBe('asked\n');
  });
});

describe('a tool that is not there', () => {
  it('is built, and found again by the next set-up', async () => {
    const go = await program('go', GOOD_GO);
    const first = await ensureTools(['versitygw'], { environment: machine });
    const second = await ensureTools(['versitygw'], { environment: machine });
    expect(first.versitygw).toBe(join(machine.cacheDir, 'tools', 'versitygw-1.7.0', 'versitygw'));
    expect(second).toEqual(first);
    expect(await readFile(`${go}.calls`, 'utf8')).toBe('once\n');
  });

  it('is built once when two set-ups run at the same time', async () => {
    const go = await program('go', GOOD_GO);
    const messages: string[] = [];
    const setUp = () =>
      ensureTools(['versitygw'], { environment: machine, onProgress: (_tool, message) => messages.push(message) });
    const [one, other] = await Promise.all([setUp(), setUp()]);
    expect(one).toEqual(other);
    expect(await readFile(`${go}.calls`, 'utf8')).toBe('once\n');
    expect(messages).toContain('waiting for another set-up that is building it');
  });

  it('is built although an earlier set-up died in the middle of building it', async () => {
    await program('go', GOOD_GO);
    const lock = join(machine.cacheDir, 'tools', 'versitygw-1.7.0.lock');
    await mkdir(lock, { recursive: true });
    await writeFile(join(lock, 'pid'), '2147483646');
    expect(await ensureTools(['versitygw'], { environment: machine })).toHaveProperty('versitygw');
  });

  it('is built when the one on PATH is too old', async () => {
    await program('temporal', 'echo "temporal version 0.11.0 (Server 1.22.6, UI 2.21.3)"');
    await program('go', 'printf "#!/bin/sh\\n" > "$GOBIN/temporal"; chmod +x "$GOBIN/temporal"');
    const { temporal } = await ensureTools(['temporal'], { environment: machine });
    expect(temporal).toBe(join(machine.cacheDir, 'tools', 'temporal-1.5.1', 'temporal'));
  });
});

describe('a tool that cannot be had', () => {
  it('is named in one sentence with its version and the variable that would point to one', async () => {
    const error = await failure(ensureTools(['temporal'], { environment: machine }));
    expect(error).toBeInstanceOf(ToolMissing);
    expect(error).toMatchObject({
      exitCode: 2,
      message:
        'Temporal CLI 1.5.1 is missing and building it needs Go, and go is not installed: ' +
        'install Go, or set TEMPORAL_CLI to an executable of yours.',
    });
  });

  it('keeps what the compiler said, and leaves no half-built folder behind', async () => {
    await program('go', 'echo "no space left on device" >&2; exit 3');
    const error = await failure(ensureTools(['versitygw'], { environment: machine }));
    expect(error).toMatchObject({
      details: ['no space left on device'],
      message: expect.stringContaining('exit code 3') as string,
    });
    await program('go', GOOD_GO);
    expect(await ensureTools(['versitygw'], { environment: machine })).toHaveProperty('versitygw');
  });

  it('is an error when a variable points to nothing, even if PATH has one', async () => {
    await program('versitygw', 'exit 0');
    const error = await failure(ensureTools(['versitygw'], { environment: { ...machine, versitygw: join(dir, 'nothing') } }));
    expect(error).toMatchObject({ message: expect.stringContaining('VERSITYGW points to') as string });
  });
});
