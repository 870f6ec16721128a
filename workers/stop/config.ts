import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { z } from 'zod';
import { milliseconds, readSettings, type Settings } from '../config.ts';

const settings = {
  tenantsFile: {
    env: 'GOLIVE_TENANTS_FILE',
    schema: z.string(),
    about: 'JSON file of the customers served, with a platform key that can only lower',
  },
  cacheDir: {
    env: 'GOLIVE_STOP_CACHE_DIR',
    schema: z.string(),
    about: 'folder of its own for deployment files, so that a stop needs no S3',
  },
  refreshMs: {
    env: 'GOLIVE_STOP_REFRESH_MS',
    schema: milliseconds.default(30_000),
    about: 'how often deployment files are looked for',
  },
  buildDir: {
    env: 'GOLIVE_BUILD_DIR',
    schema: z.string().default(join(tmpdir(), 'golive-build')),
    about: 'where the workflow bundle is kept',
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

export const readStopConfig = (environment?: NodeJS.ProcessEnv) => readSettings(settings, environment);
