import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeAuditLog } from './audit-log.ts';

const ENTRIES = 115_000;
const LOOK_EVERY_MS = 20;

/** How long a process of its own takes to verify a large log, and how much memory it ever had. */
export async function benchVerify(say: (line: string) => void): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'golive-bench-verify-'));
  try {
    await writeAuditLog(dir, ENTRIES);
    const { verdict, seconds, peakMb } = await measured(dir);
    say(`${verdict}\nverifying ${ENTRIES} entries: ${seconds.toFixed(1)} s (at most 5), ${peakMb.toFixed(0)} MB (at most 200)`);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function measured(dir: string): Promise<{ verdict: string; seconds: number; peakMb: number }> {
  const started = performance.now();
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', 'scripts/golive.ts', 'verify', dir, '--policy', join(dir, 'policy')],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let out = '';
  let peakMb = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  const watch = setInterval(() => {
    void readFile(`/proc/${child.pid ?? 0}/status`, 'utf8')
      .then((status) => (peakMb = Math.max(peakMb, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)))
      .catch(() => undefined);
  }, LOOK_EVERY_MS);
  await new Promise((resolve) => child.once('close', resolve));
  clearInterval(watch);
  return { verdict: out.trimEnd().split('\n').at(-1) ?? '', seconds: (performance.now() - started) / 1000, peakMb };
}
