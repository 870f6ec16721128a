import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { inject } from 'vitest';
import { quietTemporal } from './quiet.ts';
import type { SharedS3, SharedTemporal } from './global.ts';

/** The dev server of this run. Only for test files in folders that vitest.config.ts lists as needing servers. */
export const sharedTemporal = (): SharedTemporal => inject('temporal');

/** The S3 of this run: make a bucket of your own, with a unique name. */
export const sharedS3 = (): SharedS3 => inject('s3');

/** `uniqueName('orders')` is `orders-4f9c21d07b3e`: fit for workflow ids, task queues and bucket names. */
export const uniqueName = (prefix: string): string => `${prefix}-${randomUUID().replaceAll('-', '').slice(0, 12)}`;

export interface TemporalConnections {
  client: Client;
  /** For workers; one per process is enough. */
  nativeConnection: NativeConnection;
  close(): Promise<void>;
}

/** A client and a worker's connection to the shared dev server, or to another; close them in `afterAll`. */
export async function connectToSharedTemporal(server: SharedTemporal = sharedTemporal()): Promise<TemporalConnections> {
  quietTemporal();
  const { address, namespace } = server;
  const connection = await Connection.connect({ address });
  const nativeConnection = await NativeConnection.connect({ address });
  return {
    client: new Client({ connection, namespace }),
    nativeConnection,
    close: async () => {
      await connection.close();
      await nativeConnection.close();
    },
  };
}
