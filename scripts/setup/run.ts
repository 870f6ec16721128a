import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { childEnvironment } from '../environment.ts';

export interface RunOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** Each line of output, standard error included. */
  onLine?: (line: string) => void;
}

export class CommandFailed extends Error {
  override name = 'CommandFailed';
  /** The command itself is not on this machine. */
  readonly missing: boolean;
  readonly lastLines: string[];
  constructor(message: string, missing: boolean, lastLines: string[]) {
    super(message);
    this.missing = missing;
    this.lastLines = lastLines;
  }
}

/** Runs a command to its end; rejects with its last lines of output when it fails. */
export async function run(command: string, args: string[], options: RunOptions = {}): Promise<void> {
  const lines: string[] = [];
  const child = spawn(command, args, { cwd: options.cwd, env: childEnvironment(options.env), stdio: ['ignore', 'pipe', 'pipe'] });
  const stopChild = (): void => void child.kill();
  process.once('exit', stopChild);
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (lines.length > 20) lines.shift();
      options.onLine?.(line);
    });
  }
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('error', (error: NodeJS.ErrnoException) => {
        const missing = error.code === 'ENOENT';
        reject(new CommandFailed(missing ? `${command} is not installed` : error.message, missing, []));
      });
      child.once('close', (code, signal) => {
        if (code === 0) resolve();
        else reject(new CommandFailed(`${command} ended with ${signal ?? `exit code ${code}`}`, false, lines));
      });
    });
  } finally {
    process.off('exit', stopChild);
  }
}
