import { gatewayCommands } from '../../clients/commands/gateway.ts';
import type { Commands } from '../../clients/commands/port.ts';
import { temporalClient, temporalDeployments, type TemporalDeployments } from '../../clients/commands/temporal.ts';
import { httpPlatform } from '../../clients/platform/http.ts';
import type { Platform } from '../../clients/platform/port.ts';
import type { Looking } from '../../clients/platform/stop.ts';
import { createHttpRecorder } from '../../clients/recorder/http.ts';
import { createHttpLogReader } from '../../clients/recorder/http-reader.ts';
import type { Recorder } from '../../clients/recorder/port.ts';
import type { LogReader } from '../../clients/recorder/reader.ts';
import type { Store } from '../../clients/store/port.ts';
import { createS3Store } from '../../clients/store/s3.ts';
import { WORKFLOW_NAMES } from '../../workflows/messages/names.ts';
import { secret, type CustomerConnection, type LoadedConnections } from './connections.ts';
import { usage } from './io.ts';

/** The systems of one customer as the CLI reaches them; each is connected when it is first asked for. */
export interface Systems {
  log(): Promise<LogReader>;
  /** The log with the token that may write. */
  recorder(): Promise<Pick<Recorder, 'add'>>;
  platform(): Promise<Pick<Platform, 'limits'> & Looking>;
  /** The platform with a key that may lower and nothing else. */
  lowering(): Promise<Platform>;
  manifests(): Promise<Pick<Store, 'get' | 'list' | 'size'>>;
  audit(): Promise<Store>;
  commands(): Promise<Commands>;
  temporal(): Promise<TemporalDeployments>;
  close(): Promise<void>;
}

export type Wiring = (connections: LoadedConnections, customer: string) => Systems;

/** The real ones. */
export const connectSystems: Wiring = (connections, customer) => {
  const { source } = connections;
  const to = connections.customers[customer] as CustomerConnection;
  const closers: (() => unknown)[] = [];
  const once = <T>(connect: () => Promise<T>): (() => Promise<T>) => {
    let made: Promise<T> | undefined;
    return () => (made ??= connect());
  };
  const missing = (what: string) => usage(`${source} gives no ${what} for ${customer}.`, `Add customers.${customer}.${what}.`);
  const bucket = (name: 'manifestBucket' | 'auditBucket') =>
    once(async () => {
      const { store } = to;
      if (!store) throw missing('store');
      const credentials =
        store.accessKeyId === undefined
          ? undefined
          : {
              accessKeyId: store.accessKeyId,
              secretAccessKey: await secret(
                source,
                `customers.${customer}.store.secretAccessKey`,
                store.secretAccessKey,
                store.secretAccessKeyFile,
              ),
            };
      const made = createS3Store({ endpoint: store.endpoint, region: store.region, bucket: store[name], credentials });
      closers.push(() => made.close());
      return made;
    });

  return {
    log: once(async () => {
      const token = await secret(source, `customers.${customer}.log.token`, to.log.token, to.log.tokenFile);
      const reader = createHttpLogReader({ url: to.log.endpoint, token });
      closers.push(() => reader.close());
      return reader;
    }),
    recorder: once(async () => {
      const { endpoint, addToken, addTokenFile } = to.log;
      if (addToken === undefined && addTokenFile === undefined)
        throw usage(
          `${source} gives no token that may write to the log of ${customer}.`,
          `Put it into a file, and its path into customers.${customer}.log.addTokenFile; whoever runs the log has it (GOLIVE_LOG_ADD_TOKEN).`,
        );
      const token = await secret(source, `customers.${customer}.log.addToken`, addToken, addTokenFile);
      const recorder = createHttpRecorder({ url: endpoint, token });
      closers.push(() => recorder.close());
      return recorder;
    }),
    platform: once(async () => {
      if (!to.platform) throw missing('platform');
      const key = await secret(source, `customers.${customer}.platform.key`, to.platform.key, to.platform.keyFile);
      return httpPlatform({ endpoint: to.platform.endpoint, key, timeoutMs: 5_000 });
    }),
    lowering: once(async () => {
      if (!to.platform) throw missing('platform');
      const { endpoint, lowerKey, lowerKeyFile } = to.platform;
      if (lowerKey === undefined && lowerKeyFile === undefined)
        throw usage(
          `${source} gives no key that may lower at the platform of ${customer}.`,
          `Put yours into a file, and its path into customers.${customer}.platform.lowerKeyFile.`,
        );
      const key = await secret(source, `customers.${customer}.platform.lowerKey`, lowerKey, lowerKeyFile);
      return httpPlatform({ endpoint, key, timeoutMs: 5_000 });
    }),
    manifests: bucket('manifestBucket'),
    audit: bucket('auditBucket'),
    commands: once(async () => {
      if (!to.gateway) throw missing('gateway');
      return gatewayCommands({ url: to.gateway });
    }),
    temporal: once(async () => {
      const made = temporalDeployments(temporalClient(connections.temporal), WORKFLOW_NAMES);
      closers.push(() => made.close());
      return made;
    }),
    async close() {
      await Promise.all(closers.map(async (close) => close())).catch(() => undefined);
    },
  };
};
