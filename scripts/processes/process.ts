import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { childEnvironment } from '../environment.ts';
import { killWithParent } from './watchdog.ts';

export interface ProcessOptions {
  /** What people call it, in messages: "Temporal", "S3". */
  name: string;
  command: string;
  args: string[];
  /** Standard output and error are appended here. */
  logFile: string;
  /** Asked again and again until it says yes; what it throws counts as "not yet". */
  ready?: () => Promise<boolean>;
  readyTimeoutMs?: number;
  cwd?: string;
  env?: Record<string, string>;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface ManagedProcess {
  readonly name: string;
  readonly logFile: string;
  readonly pid: number;
  readonly running: boolean;
  /** Settles when the process of this moment ends; after a restart, ask again. */
  readonly exited: Promise<Exit>;
  /** SIGTERM, and SIGKILL when it has not ended in time. Stopping what is stopped is no error. */
  stop(graceMs?: number): Promise<Exit>;
  /** What a power cut does to it: no clean-up, no last words. */
  kill9(): Promise<Exit>;
  /** The same command line again, on the same ports and files; resolves when it is ready. */
  restart(): Promise<void>;
}

export class ProcessFailed extends Error {
  override name = 'ProcessFailed';
  readonly logTail: string;
  constructor(message: string, logTail: string) {
    super(logTail ? `${message}\n${logTail}` : message);
    this.logTail = logTail;
  }
}

interface Running {
  child: ChildProcess;
  pid: number;
  exited: Promise<Exit>;
  ended: () => boolean;
}

export async function startProcess(options: ProcessOptions): Promise<ManagedProcess> {
  let now = await launch(options);
  return {
    name: options.name,
    logFile: options.logFile,
    get pid() {
      return now.pid;
    },
    get running() {
      return !now.ended();
    },
    get exited() {
      return now.exited;
    },
    stop: (graceMs = 5_000) => end(now, graceMs),
    kill9: () => end(now, 0),
    restart: async () => {
      await end(now, 5_000);
      now = await launch(options);
    },
  };
}

async function launch(options: ProcessOptions): Promise<Running> {
  const running = await spawned(options);
  if (options.ready) {
    try {
      await waitUntilReady(options, running, options.ready);
    } catch (error) {
      await end(running, 0);
      throw error;
    }
  }
  return running;
}

async function spawned(options: ProcessOptions): Promise<Running> {
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, 'a');
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: childEnvironment(options.env),
    stdio: ['ignore', log, log],
    detached: false,
  });
  closeSync(log);
  let ended = false;
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      ended = true;
      resolve({ code, signal });
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(new ProcessFailed(`${options.name} cannot be started: ${error.message}`, '')));
  });
  const pid = child.pid;
  if (pid === undefined) throw new ProcessFailed(`${options.name} was started without a process id`, '');
  const watchdog = killWithParent(pid);
  void exited.then(() => watchdog.release());
  // A child alone does not keep our process alive: who starts one also stops it.
  child.unref();
  return { child, pid, exited, ended: () => ended };
}

async function waitUntilReady(options: ProcessOptions, running: Running, ready: () => Promise<boolean>): Promise<void> {
  const limit = options.readyTimeoutMs ?? 60_000;
  const deadline = Date.now() + limit;
  while (Date.now() < deadline) {
    if (running.ended()) {
      const { code, signal } = await running.exited;
      throw new ProcessFailed(
        `${options.name} ended before it was ready (${signal ?? `exit code ${code}`})`,
        tail(options.logFile),
      );
    }
    if (await ready().catch(() => false)) return;
    await sleep(50);
  }
  throw new ProcessFailed(`${options.name} was not ready within ${limit / 1000} s`, tail(options.logFile));
}

async function end(running: Running, graceMs: number): Promise<Exit> {
  if (running.ended()) return running.exited;
  // Whoever waits for an exit wants to see it, so the event loop is held until then.
  running.child.ref();
  if (graceMs > 0) {
    running.child.kill('SIGTERM');
    const timer = setTimeout(() => running.child.kill('SIGKILL'), graceMs);
    void running.exited.then(() => clearTimeout(timer));
  } else {
    running.child.kill('SIGKILL');
  }
  return running.exited;
}

function tail(file: string, lines = 12): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '';
  }
}
