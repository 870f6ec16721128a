import { z } from 'zod';
import { milliseconds, readSettings, type Settings } from '../config.ts';
import { ofEveryWorker } from '../worker-config.ts';

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
  ...ofEveryWorker,
} satisfies Settings;

export const readStopConfig = (environment?: NodeJS.ProcessEnv) => readSettings(settings, environment);
