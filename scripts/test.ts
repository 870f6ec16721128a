import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setUp } from './setup/progress.ts';
import { ToolMissing } from './setup/tools.ts';

/**
 * `npm test`                     set-up, static checks, all tests
 * `npm test -- --only domain`    only test files whose path contains "domain" (several names may follow), no static checks
 * `npm test -- --static`         only the static checks
 * The last line is always "N passed, N failed"; every static check and every test counts as one.
 */
const bin = (name: string): string => join('node_modules', '.bin', name);

const STATIC_CHECKS: { name: string; command: string[] }[] = [
  { name: 'eslint', command: [bin('eslint'), '.', '--max-warnings', '0'] },
  { name: 'typecheck', command: [bin('tsc'), '--noEmit'] },
  { name: 'format', command: [bin('prettier'), '--check', '--log-level', 'warn', '.'] },
  { name: 'knip', command: [bin('knip'), '--no-progress', '--no-config-hints'] },
];
const AT_ONCE = 2;
/** Beside the tests one at a time, and only while these leave a processor idle: they wait much, and against the clock. */
const BESIDE = { atOnce: 1, priority: 10 };

interface Count {
  passed: number;
  failed: number;
}

const say = (line: string): void => console.log(line);

async function prepare(): Promise<Count> {
  try {
    await setUp(['temporal', 'versitygw', 'timeSkippingServer', 'tesseraFsck']);
    return { passed: 0, failed: 0 };
  } catch (error) {
    if (!(error instanceof ToolMissing)) throw error;
    for (const line of error.details) say(`  ${line}`);
    say(`✗ set-up: ${error.message}`);
    return { passed: 0, failed: 1 };
  }
}

async function staticChecks({ atOnce, priority } = { atOnce: AT_ONCE, priority: 0 }): Promise<Count> {
  const count = { passed: 0, failed: 0 };
  const waiting = [...STATIC_CHECKS];
  const worker = async (): Promise<void> => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const started = Date.now();
      const { code, output } = await collect(check.command, priority);
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      say(`${code === 0 ? '✓' : '✗'} ${check.name} (${seconds} s)`);
      if (code === 0) count.passed++;
      else {
        count.failed++;
        say(output.trimEnd().replaceAll(/^/gm, '    '));
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return count;
}

const sum = (counts: readonly Count[]): Count => ({
  passed: counts.reduce((n, { passed }) => n + passed, 0),
  failed: counts.reduce((n, { failed }) => n + failed, 0),
});

const everything = async (): Promise<Count> => sum(await Promise.all([staticChecks(BESIDE), tests([])]));

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { status: string; assertionResults: unknown[] }[];
}

async function tests(filters: string[]): Promise<Count> {
  const folder = await mkdtemp(join(tmpdir(), 'golive-report-'));
  const file = join(folder, 'report.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const code = await inherit([bin('vitest'), 'run', ...reporters, ...filters]);
    const report = JSON.parse(await readFile(file, 'utf8').catch(() => 'null')) as VitestReport | null;
    const passed = report?.numPassedTests ?? 0;
    // A file that cannot be loaded has no tests to fail, and counts as one.
    const unloadable =
      report?.testResults.filter((one) => one.status === 'failed' && one.assertionResults.length === 0).length ?? 0;
    const failed = (report?.numFailedTests ?? 0) + unloadable;
    // An error outside of any test fails the run without failing a test.
    return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function collect([command = '', ...args]: string[], priority: number): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    if (child.pid !== undefined) setPriority(child.pid, priority);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('error', reject).once('close', (code) => resolve({ code, output }));
  });
}

function inherit([command = '', ...args]: string[]): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', reject).once('close', resolve);
  });
}

const args = process.argv.slice(2);
const onlyAt = args.indexOf('--only');
const filters = onlyAt < 0 ? [] : args.slice(onlyAt + 1);
const steps: (() => Promise<Count>)[] = args.includes('--static')
  ? [staticChecks]
  : onlyAt >= 0
    ? [prepare, () => tests(filters)]
    : [prepare, everything];

const counts: Count[] = [];
for (const step of steps) counts.push(await step());
const total = sum(counts);
say(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
