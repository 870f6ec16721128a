import { createInterface } from 'node:readline/promises';
import { childEnvironment } from './environment.ts';
import type { CliIo } from './cli/io.ts';

/** The `golive` command: wires the process to the CLI, and nothing else. */
const abort = new AbortController();
process.once('SIGINT', () => abort.abort());
process.once('SIGTERM', () => abort.abort());

// A verb that waits for nothing but Ctrl-C has nothing else that would keep the process.
const alive = setInterval(() => undefined, 60_000);
const interactive = process.stdin.isTTY && process.stdout.isTTY;
const argv = process.argv.slice(2);
const io: CliIo = {
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  isTTY: process.stdout.isTTY,
  now: () => Date.now(),
  signal: abort.signal,
  columns: process.stdout.columns,
  rows: process.stdout.rows,
  env: childEnvironment(),
  ...(interactive ? { ask } : {}),
};
process.exitCode =
  argv[0] === 'verify'
    ? await (await import('./cli/verify-alone.ts')).runVerify(argv, io)
    : await (await import('./cli/run.ts')).runCli(argv, io);
clearInterval(alive);

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question, { signal: abort.signal });
  } finally {
    terminal.close();
  }
}
