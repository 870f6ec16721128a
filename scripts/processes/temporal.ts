import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SEARCH_ATTRIBUTES } from '../../domain/ids.ts';
import { ensureTools } from '../setup/tools.ts';
import { freePort, onFreePorts } from './ports.ts';
import { startProcess, type Exit } from './process.ts';

/** Temporal's command line spells the types of search attributes in its own way. */
const CLI_TYPES = { KEYWORD: 'Keyword', KEYWORD_LIST: 'KeywordList' } as const;

/** Histories must be there for an auditor long after the runbook's aftercare has ended. */
const RETENTION_DAYS = 45;

export interface TemporalOptions {
  /** Everything the server remembers is under this folder: the same folder again means the same workflows again. */
  dir: string;
  port?: number;
  /** Given: the web UI is served there. Not given: no web UI. */
  uiPort?: number;
  executable?: string;
  extraArgs?: string[];
}

export interface TemporalServer {
  readonly address: string;
  readonly namespace: string;
  readonly pid: number;
  readonly running: boolean;
  readonly logFile: string;
  readonly uiUrl?: string;
  readonly exited: Promise<Exit>;
  stop(): Promise<Exit>;
  kill9(): Promise<Exit>;
  restart(): Promise<void>;
}

export async function startTemporal(options: TemporalOptions): Promise<TemporalServer> {
  mkdirSync(options.dir, { recursive: true });
  const executable = options.executable ?? (await ensureTools(['temporal'])).temporal;
  return onFreePorts(() => start(executable, options));
}

async function start(executable: string, options: TemporalOptions): Promise<TemporalServer> {
  const port = options.port ?? (await freePort());
  const httpPort = await freePort();
  const server = await startProcess({
    name: 'Temporal',
    command: executable,
    args: [
      ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--http-port', String(httpPort)],
      ...(options.uiPort === undefined ? ['--headless'] : ['--ui-port', String(options.uiPort)]),
      // Write-ahead log and synchronous=normal: four times the activities a second, and a kill -9 still loses nothing.
      ...['--db-filename', join(options.dir, 'temporal.db')],
      ...['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=normal'],
      ...['--log-level', 'warn'],
      ...Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => ['--search-attribute', `${name}=${CLI_TYPES[type]}`]),
      ...(options.extraArgs ?? []),
    ],
    logFile: join(options.dir, 'temporal.log'),
    ready: () => isReady(httpPort),
  });
  await keepHistories(httpPort);
  return {
    address: `127.0.0.1:${port}`,
    namespace: 'default',
    logFile: server.logFile,
    uiUrl: options.uiPort === undefined ? undefined : `http://127.0.0.1:${options.uiPort}`,
    get pid() {
      return server.pid;
    },
    get running() {
      return server.running;
    },
    get exited() {
      return server.exited;
    },
    stop: () => server.stop(),
    kill9: () => server.kill9(),
    restart: () => server.restart(),
  };
}

/** A workflow that uses an attribute nobody registered stalls for ever, so the server counts as ready only with all of them. */
async function isReady(httpPort: number): Promise<boolean> {
  const response = await fetch(`${api(httpPort)}/search-attributes`, { signal: AbortSignal.timeout(1_000) });
  if (!response.ok) return false;
  const { customAttributes } = (await response.json()) as { customAttributes?: Record<string, string> };
  return Object.keys(SEARCH_ATTRIBUTES).every((name) => customAttributes?.[name] !== undefined);
}

async function keepHistories(httpPort: number): Promise<void> {
  const response = await fetch(`${api(httpPort)}/update`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ config: { workflowExecutionRetentionTtl: `${RETENTION_DAYS * 86_400}s` } }),
  });
  if (!response.ok) throw new Error(`Temporal does not accept a retention of ${RETENTION_DAYS} days: ${await response.text()}`);
}

const api = (httpPort: number): string => `http://127.0.0.1:${httpPort}/api/v1/namespaces/default`;
