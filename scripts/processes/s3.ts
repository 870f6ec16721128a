import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureTools } from '../setup/tools.ts';
import { answersOk, freePort, onFreePorts } from './ports.ts';
import { ProcessFailed, startProcess, type Exit, type ManagedProcess } from './process.ts';

export interface S3Options {
  /** Objects, versions and credentials are under this folder: the same folder again means the same buckets again. */
  dir: string;
  port?: number;
  executable?: string;
  /** Accounts that may do nothing but what a bucket's policy grants them. */
  accounts?: readonly S3Account[];
}

export interface S3Account {
  accessKey: string;
  secretKey: string;
}

export interface S3Server {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly pid: number;
  readonly running: boolean;
  readonly logFile: string;
  readonly exited: Promise<Exit>;
  stop(): Promise<Exit>;
  kill9(): Promise<Exit>;
  restart(): Promise<void>;
}

const REGION = 'us-east-1';
const HEALTH = '/-/healthy';

/** A real S3 (versitygw on a folder): conditional writes, versions and Object Lock behave as in the customer's bucket. */
export async function startS3(options: S3Options): Promise<S3Server> {
  const executable = options.executable ?? (await ensureTools(['versitygw'])).versitygw;
  for (const folder of ['objects', 'versions', 'sidecar', 'iam']) mkdirSync(join(options.dir, folder), { recursive: true });
  const credentials = credentialsOf(options.dir);
  writeAccounts(options.dir, options.accounts ?? []);
  return onFreePorts(async () => {
    const port = options.port ?? (await freePort());
    const server = await launch(executable, options.dir, port, credentials);
    return {
      endpoint: `http://127.0.0.1:${port}`,
      region: REGION,
      ...credentials,
      logFile: server.logFile,
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
  });
}

async function launch(executable: string, dir: string, port: number, credentials: S3Account): Promise<ManagedProcess> {
  const start = (metadata: string[]): Promise<ManagedProcess> =>
    startProcess({
      name: 'S3 (versitygw)',
      command: executable,
      args: [
        ...['--port', `127.0.0.1:${port}`, '--region', REGION, '--health', HEALTH, '--quiet'],
        ...['--iam-dir', join(dir, 'iam')],
        ...['posix', '--versioning-dir', join(dir, 'versions'), ...metadata, join(dir, 'objects')],
      ],
      // Not on the command line, where every user of the machine could read them.
      env: { ROOT_ACCESS_KEY: credentials.accessKey, ROOT_SECRET_KEY: credentials.secretKey },
      logFile: join(dir, 's3.log'),
      ready: () => answersOk(`http://127.0.0.1:${port}${HEALTH}`),
      readyTimeoutMs: 30_000,
    });
  // Metadata goes into extended attributes; where the file system has none, into files beside the objects, from then on for good.
  const sidecar = ['--sidecar', join(dir, 'sidecar')];
  const marker = join(dir, 'uses-sidecar');
  if (existsSync(marker)) return start(sidecar);
  try {
    return await start([]);
  } catch (error) {
    if (!(error instanceof ProcessFailed) || !/xattr|extended attribute/i.test(error.logTail)) throw error;
    writeFileSync(marker, '');
    return start(sidecar);
  }
}

function credentialsOf(dir: string): S3Account {
  const file = join(dir, 'credentials.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as S3Account;
  const credentials = { accessKey: 'golive', secretKey: randomBytes(24).toString('hex') };
  writeFileSync(file, `${JSON.stringify(credentials)}\n`, { mode: 0o600 });
  return credentials;
}

/** In the form of the server's own account file. Its admin interface would want each secret on a command line. */
function writeAccounts(dir: string, accounts: readonly S3Account[]): void {
  const entry = ({ accessKey, secretKey }: S3Account) => ({
    ...{ access: accessKey, secret: secretKey, role: 'user' },
    ...{ userID: 0, groupID: 0, projectID: 0 },
  });
  const accessAccounts = Object.fromEntries(accounts.map((account) => [account.accessKey, entry(account)]));
  writeFileSync(join(dir, 'iam', 'users.json'), JSON.stringify({ accessAccounts }), { mode: 0o600 });
}
