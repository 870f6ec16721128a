import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { z } from 'zod';
import { readSettings, type Settings } from './config.ts';

/** What every worker process takes from its environment. */
export const ofEveryWorker = {
  buildDir: {
    env: 'GOLIVE_BUILD_DIR',
    schema: z.string().default(join(tmpdir(), 'golive-build')),
    about: 'where the workflow bundle is kept',
  },
  name: {
    env: 'GOLIVE_WORKER_NAME',
    schema: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes')
      .optional(),
    about: 'what this process is called in log, status and metrics, where there are several of its kind: stop-1, stop-2',
  },
  logLevel: {
    env: 'LOG_LEVEL',
    schema: z.enum(['error', 'warn', 'info', 'debug']).default('info'),
    about: 'how much the process says',
  },
  metrics: {
    env: 'GOLIVE_METRICS_ADDRESS',
    schema: z.string().optional(),
    about: 'host:port for Prometheus metrics of the worker',
  },
} satisfies Settings;

/** What control and engine take from their environment; the Temporal connection itself comes by `@temporalio/envconfig`. */
const settings = {
  tenantsFile: {
    env: 'GOLIVE_TENANTS_FILE',
    schema: z.string(),
    about: 'JSON file of the customers served and the credentials for them',
  },
  activities: {
    env: 'GOLIVE_ENGINE_ACTIVITIES',
    schema: z.coerce.number().int().min(1).default(24),
    about: 'activities at once on the queue engine',
  },
  mints: {
    env: 'GOLIVE_MINT_ACTIVITIES',
    schema: z.coerce.number().int().min(1).default(8),
    about: 'activities at once on the queue mint',
  },
  ...ofEveryWorker,
} satisfies Settings;

export const readWorkerConfig = () => readSettings(settings);
