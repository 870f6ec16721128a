import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const MAIN = new URL('../../../rehearsal/slack/main.ts', import.meta.url).pathname;
export const CONTROL_KEY = 'control-key';
export const WORKSPACE = {
  id: 'T0ACME',
  domain: 'acme',
  botToken: 'xoxb-acme',
  signingSecret: '8f742231b10e8888abcd99yyyzzz85a5',
  channels: [{ id: 'C0GOLIVE', name: 'golive' }],
  users: [
    { id: 'U0ADA', name: 'ada', realName: 'Ada Berg', email: 'ada@acme.example' },
    { id: 'U0GUEST', name: 'guest', is_restricted: true },
  ],
};

/** The fake Slack in a process of its own, as a test's app sees it. */
export class RunningSlack {
  readonly #dir: string;
  #child: ChildProcess | undefined;
  #origin = '';

  private constructor(dir: string) {
    this.#dir = dir;
  }

  /** `app`: where the app listens, as `http://127.0.0.1:3000/slack/acme`. */
  static async start(app: string, workspace: Record<string, unknown> = {}): Promise<RunningSlack> {
    const slack = new RunningSlack(await mkdtemp(join(tmpdir(), 'golive-slack-')));
    const team = { ...WORKSPACE, interactions: `${app}/interactions`, commands: `${app}/commands`, ...workspace };
    await writeFile(join(slack.#dir, 'config.json'), JSON.stringify({ controlKey: CONTROL_KEY, teams: [team] }));
    await slack.#spawn();
    return slack;
  }

  /** For a client of the Web API. */
  get apiUrl(): string {
    return `${this.#origin}/api/`;
  }
  get origin(): string {
    return this.#origin;
  }

  async look<T>(path: string): Promise<T> {
    return (await this.#ask('GET', path)) as T;
  }

  async change(action: Record<string, unknown>): Promise<void> {
    await this.#ask('POST', '/control', action);
  }

  act(what: Record<string, unknown>): Promise<Acted> {
    return this.#ask('POST', '/control/act', what) as Promise<Acted>;
  }

  async kill(): Promise<void> {
    const child = this.#child;
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
    await rm(this.#dir, { recursive: true, force: true });
  }

  async #ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.#origin}${path}`, {
      method,
      headers: { authorization: `Bearer ${CONTROL_KEY}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error((answer as { error: string }).error);
    return answer;
  }

  async #spawn(): Promise<void> {
    const port = this.#origin === '' ? '0' : new URL(this.#origin).port;
    const given = ['--port', port, '--dir', join(this.#dir, 'data'), '--config', join(this.#dir, 'config.json')];
    const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...given], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    for await (const line of createInterface(child.stdout)) {
      this.#origin = (JSON.parse(line) as { listening: string }).listening;
      return;
    }
    throw new Error('the fake Slack did not start');
  }
}

export interface ShownView {
  id: string;
  hash: string;
  callback_id: string;
  private_metadata: string;
  title: { text: string };
  blocks: Record<string, unknown>[];
}

export interface Acted {
  acked: boolean;
  answers: { status: number | null; body: string; ms: number; acked: boolean; error?: string }[];
  trigger: string;
  views: ShownView[];
  view?: ShownView | null;
}
