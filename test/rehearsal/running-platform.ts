import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ENDPOINTS } from '../../clients/platform/endpoints.ts';
import { configOf } from './world.ts';
import type { Options } from './world.ts';

export interface Answer {
  status: number;
  headers: Headers;
  body: unknown;
}
export interface Request {
  /** A key as it is, or the power of a key of the customer that asks; `forward` unless told. */
  key?: string;
  body?: unknown;
  ifMatch?: string;
  signal?: AbortSignal;
}
export type Method = 'GET' | 'POST' | 'PUT';

/** A reference platform in a process of its own, on a port and a folder of its own. */
export class RunningPlatform {
  readonly dir: string;
  /** Whose keys are used. */
  customer = 'acme';
  #guests = 0;
  #process: ChildProcess | null = null;
  #port = 0;

  private constructor(dir: string) {
    this.dir = dir;
  }

  static async start(options: Options = {}): Promise<RunningPlatform> {
    const platform = new RunningPlatform(await mkdtemp(join(tmpdir(), 'golive-platform-')));
    await writeFile(join(platform.dir, 'config.json'), JSON.stringify(configOf(options)));
    await platform.#spawn();
    return platform;
  }

  /** From now on a customer asks for whom nothing has happened yet. */
  nextGuest(): void {
    this.customer = `guest${++this.#guests}`;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#port}`;
  }
  get journal(): string {
    return join(this.dir, 'data', 'journal.jsonl');
  }
  get vault(): string {
    return join(this.dir, 'data', 'vault', 'secrets.jsonl');
  }

  /** One request. Whatever is answered with 200 keeps to the contract, or this throws. */
  async call(method: Method, path: string, { key = 'forward', body, ifMatch, signal }: Request = {}): Promise<Answer> {
    const bearer = ['read', 'lower', 'forward'].includes(key) ? `${this.customer}-${key}` : key;
    const response = await fetch(`http://127.0.0.1:${this.#port}${path}`, {
      method,
      headers: {
        ...(key === '' ? {} : { authorization: `Bearer ${bearer}` }),
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
    const json: unknown = await response.json();
    if (response.ok) schemaOf(method, path)?.parse(json);
    return { status: response.status, headers: response.headers, body: json };
  }

  get(path: string, request: Request = {}): Promise<Answer> {
    return this.call('GET', path, request);
  }
  post(path: string, body: unknown, request: Request = {}): Promise<Answer> {
    return this.call('POST', path, { ...request, body });
  }
  put(path: string, body: unknown, request: Request = {}): Promise<Answer> {
    return this.call('PUT', path, { ...request, body });
  }
  control(action: Record<string, unknown>): Promise<Answer> {
    return this.post('/control', action, { key: 'control' });
  }

  /** kill -9, and gone when this returns. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }
  async restart(): Promise<void> {
    await this.kill();
    await this.#spawn();
  }
  async stop(): Promise<void> {
    await this.kill();
    await rm(this.dir, { recursive: true, force: true });
  }

  async #spawn(): Promise<void> {
    const main = new URL('../../rehearsal/platform/main.ts', import.meta.url).pathname;
    const files = ['--dir', join(this.dir, 'data'), '--config', join(this.dir, 'config.json')];
    const child = spawn(process.execPath, ['--import', 'tsx', main, '--port', String(this.#port), ...files], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#process = child;
    for await (const line of createInterface(child.stdout)) {
      this.#port = Number(new URL((JSON.parse(line) as { listening: string }).listening).port);
      return;
    }
    throw new Error('the platform did not start');
  }
}

function schemaOf(method: Method, path: string) {
  const given = path.split('?')[0] ?? '';
  return ENDPOINTS.find((endpoint) => {
    const pattern = new RegExp(`^${endpoint.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
    return endpoint.method === method && pattern.test(given);
  })?.reply;
}
