import { createS3Store, type S3Store } from '../../../clients/store/s3.ts';
import { secret } from '../connections.ts';
import { usage } from '../io.ts';
import type { Session } from '../session.ts';

/** A bucket of the customer's store other than those that every verb knows; whoever opens it closes it. */
export async function openBucket({ connection, connections, customer }: Session, bucket: string): Promise<S3Store> {
  const { store } = connection;
  if (!store) throw usage(`${connections.source} gives no store for ${customer}.`, `Add customers.${customer}.store.`);
  const name = `customers.${customer}.store.secretAccessKey`;
  const credentials =
    store.accessKeyId === undefined
      ? undefined
      : {
          accessKeyId: store.accessKeyId,
          secretAccessKey: await secret(connections.source, name, store.secretAccessKey, store.secretAccessKeyFile),
        };
  return createS3Store({ endpoint: store.endpoint, region: store.region, bucket, credentials });
}
