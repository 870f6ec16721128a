import { createMemoryStore } from '../../../clients/store/memory.ts';
import type { Store } from '../../../clients/store/port.ts';
import { createS3Store, type S3Store } from '../../../clients/store/s3.ts';
import { sharedS3, uniqueName } from '../../support/servers/shared.ts';

/** The S3 of this run, in a bucket of its own. */
export async function freshS3Store(bucket = uniqueName('store')): Promise<S3Store> {
  const { endpoint, region, accessKey, secretKey } = sharedS3();
  const store = createS3Store({ endpoint, region, bucket, credentials: { accessKeyId: accessKey, secretAccessKey: secretKey } });
  await store.ensureBucket();
  return store;
}

/** What keeps the contract of the port, by name. */
export const STORES: [string, () => Promise<Store>][] = [
  ['in memory', async () => createMemoryStore()],
  ['on S3', () => freshS3Store()],
];
