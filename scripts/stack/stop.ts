import { join } from 'node:path';
import type { ManagedProcess } from '../processes/process.ts';
import { writeTenants, type CustomerSystems } from './files.ts';
import { ours } from './parts.ts';

/** As in production: one goes on where the other died. */
const WORKERS = ['stop-1', 'stop-2'];

/** The workers that stop, each with a disk of its own and a platform key that can only lower. */
export async function startStopWorkers(options: {
  dir: string;
  env: Record<string, string>;
  systems: readonly CustomerSystems[];
}): Promise<ManagedProcess[]> {
  const { dir, env, systems } = options;
  const tenantsFile = join(dir, 'tenants-stop.json');
  await writeTenants(tenantsFile, systems, 'stop');
  return Promise.all(
    WORKERS.map((name) =>
      ours(name, dir, 'workers/stop/main.ts', {
        ...env,
        GOLIVE_TENANTS_FILE: tenantsFile,
        GOLIVE_STOP_CACHE_DIR: join(dir, name),
        GOLIVE_WORKER_NAME: name,
      }),
    ),
  );
}
