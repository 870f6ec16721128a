import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startS3 } from '../../../scripts/processes/s3.ts';
import { startTemporal } from '../../../scripts/processes/temporal.ts';

export interface SharedTemporal {
  address: string;
  namespace: string;
}

export interface SharedS3 {
  endpoint: string;
  region: string;
  accessKey: string;
  secretKey: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    temporal: SharedTemporal;
    s3: SharedS3;
  }
}

/** One Temporal and one S3 for all test files of a run; tests keep apart by unique workflow ids, task queues and buckets. */
export default async function startSharedServers(project: TestProject): Promise<() => Promise<void>> {
  const dir = await mkdtemp(join(tmpdir(), 'golive-test-'));
  const s3 = await startS3({ dir: join(dir, 's3') });
  const temporal = await startTemporal({ dir: join(dir, 'temporal') });
  project.provide('temporal', { address: temporal.address, namespace: temporal.namespace });
  project.provide('s3', { endpoint: s3.endpoint, region: s3.region, accessKey: s3.accessKey, secretKey: s3.secretKey });
  return async () => {
    await Promise.all([temporal.stop(), s3.stop()]);
    await rm(dir, { recursive: true, force: true });
  };
}
