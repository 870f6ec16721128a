import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { TemporalServer } from '../../processes/temporal.ts';
import { ours, writePrivate } from '../../stack/parts.ts';
import { root } from '../../stack/root.ts';
import { CliError, EXIT } from '../io.ts';
import type { RestoredPlace } from './place.ts';

export interface DrillWorkers {
  sinceMs: number;
  running(): boolean;
  /** The last line that either of them wrote. */
  lastWords(): string;
  stop(): Promise<void>;
}

const NOWHERE_PORT = 1;
/** tcpmux: only root could open it, and nobody does. It stands for the platform and the cluster. */
const NOWHERE = `http://127.0.0.1:${NOWHERE_PORT}`;
const NO_KEY = 'a key of the drill that opens nothing';

/** The product's own workers, with everything restored behind them and nothing real in front of them. */
export async function startDrillWorkers(given: {
  dir: string;
  place: RestoredPlace;
  customer: string;
  server: TemporalServer;
}): Promise<DrillWorkers> {
  const { dir, place, customer, server } = given;
  if (await listens(NOWHERE_PORT))
    throw new CliError(EXIT.failed, `Something listens at ${NOWHERE}; the drill needs an address at which nothing does.`, {
      next: 'Run the drill on a machine without it.',
    });
  const tenants = join(dir, 'tenants.json');
  await writePrivate(tenants, JSON.stringify({ tenants: [tenantOf(place, customer)] }));
  const env = {
    TEMPORAL_ADDRESS: server.address,
    TEMPORAL_NAMESPACE: server.namespace,
    GOLIVE_TENANTS_FILE: tenants,
    GOLIVE_BUILD_DIR: join(root, '.golive', 'build'),
  };
  const sinceMs = Date.now();
  const workers = await Promise.all([
    ours('control', dir, 'workers/control/main.ts', env),
    ours('engine', dir, 'workers/engine/main.ts', env),
  ]);
  return {
    sinceMs,
    running: () => workers.every((w) => w.running),
    lastWords: () =>
      workers.filter((w) => !w.running).map((w) => readFileSync(w.logFile, 'utf8').trimEnd().split('\n').at(-1))[0] ?? '',
    stop: async () => void (await Promise.all(workers.map((w) => w.stop()))),
  };
}

const tenantOf = ({ endpoint, tokens, s3, rootKeys, policy, prefix }: RestoredPlace, customer: string) => ({
  ...{ customer, rootKeys, auditPolicy: policy },
  store: {
    ...{ endpoint: s3.endpoint, region: s3.region, accessKeyId: s3.accessKey, secretAccessKey: s3.secretKey },
    ...{ manifestBucket: 'drill-manifests', auditBucket: 'drill-audit', auditPrefix: prefix },
  },
  platform: { endpoint: NOWHERE, key: NO_KEY },
  cluster: { endpoint: NOWHERE, token: NO_KEY },
  log: { endpoint, addToken: tokens.add, readToken: tokens.read },
});

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 1_000 });
    const done = (open: boolean): void => (socket.destroy(), resolve(open));
    socket
      .once('connect', () => done(true))
      .once('error', () => done(false))
      .once('timeout', () => done(true));
  });
