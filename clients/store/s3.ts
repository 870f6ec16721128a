import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClientError } from '../error.ts';
import { assertKey, assertPrefix } from './key.ts';
import type { PutResult, Store } from './port.ts';

export interface S3Settings {
  /** `http://127.0.0.1:7070`; without one, AWS itself. */
  endpoint?: string;
  region: string;
  bucket: string;
  /** Without them, the SDK's own chain (instance role, web identity). */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  /** For one attempt, headers and body together. */
  requestTimeoutMs?: number;
}

export interface S3Store extends Store {
  /** Creates the bucket when there is none; somebody else creating it meanwhile is no error. */
  ensureBucket(signal?: AbortSignal): Promise<void>;
  close(): void;
}

/** How often a put is repeated on 409: another conditional put on the key is under way and will decide in milliseconds. */
const RACE_ATTEMPTS = 5;

export function createS3Store(settings: S3Settings): S3Store {
  const { bucket } = settings;
  const client = new S3Client({
    endpoint: settings.endpoint,
    region: settings.region,
    credentials: settings.credentials,
    forcePathStyle: true,
    // Repetition belongs to the callers (Temporal, the log's commit loop): they know how long it is worth it.
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: 2_000,
      requestTimeout: settings.requestTimeoutMs ?? 10_000,
      throwOnRequestTimeout: true,
      httpAgent: { keepAlive: true, maxSockets: 64 },
      httpsAgent: { keepAlive: true, maxSockets: 64 },
    },
  });

  const failed = (what: string, signal: AbortSignal | undefined, error: unknown): never => {
    signal?.throwIfAborted();
    const status = error instanceof S3ServiceException ? ` (${error.name}, HTTP ${error.$metadata.httpStatusCode ?? '?'})` : '';
    throw new ClientError('store_unreachable', `S3 ${what} in bucket ${bucket} failed${status}: ${messageOf(error)}`, {
      cause: plain(error),
    });
  };

  async function putOnce(key: string, body: Uint8Array | string, options: PutOptions): Promise<PutResult> {
    const condition = options.if === 'absent' ? { IfNoneMatch: '*' } : options.if ? { IfMatch: options.if.etag } : {};
    const answer = await client.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: options.contentType, ...condition }),
      { abortSignal: own(options.signal) },
    );
    return { status: 'stored', etag: answer.ETag ?? '' };
  }

  return {
    async get(key, signal) {
      assertKey(key);
      try {
        const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: own(signal) });
        return await answer.Body?.transformToByteArray();
      } catch (error) {
        return isAbsent(error) ? undefined : failed(`get ${key}`, signal, error);
      }
    },

    async size(key, signal) {
      assertKey(key);
      try {
        const answer = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: own(signal) });
        return answer.ContentLength ?? 0;
      } catch (error) {
        return isAbsent(error) ? undefined : failed(`head ${key}`, signal, error);
      }
    },

    async put(key, body, options = {}) {
      assertKey(key);
      for (let attempt = 1; ; attempt++) {
        try {
          return await putOnce(key, body, options);
        } catch (error) {
          if (options.if === 'absent' && hasStatus(error, 412)) return { status: 'exists' };
          // With If-Match, an object that is gone has changed just as well.
          if (options.if && options.if !== 'absent' && (hasStatus(error, 412) || isAbsent(error))) return { status: 'conflict' };
          if (!isRace(error) || attempt >= RACE_ATTEMPTS) return failed(`put ${key}`, options.signal, error);
        }
        await sleep(20 * 2 ** attempt, undefined, { signal: options.signal });
      }
    },

    async list(prefix, signal) {
      assertPrefix(prefix);
      const found: { key: string; size: number; etag: string }[] = [];
      try {
        let token: string | undefined;
        do {
          const page = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }), {
            abortSignal: own(signal),
          });
          for (const o of page.Contents ?? []) {
            if (o.Key !== undefined) found.push({ key: o.Key, size: o.Size ?? 0, etag: o.ETag ?? '' });
          }
          token = page.IsTruncated ? page.NextContinuationToken : undefined;
        } while (token);
        return found;
      } catch (error) {
        return failed(`list ${prefix}`, signal, error);
      }
    },

    async ensureBucket(signal) {
      try {
        await client.send(new HeadBucketCommand({ Bucket: bucket }), { abortSignal: own(signal) });
        return;
      } catch (error) {
        if (!isAbsent(error)) return failed('head bucket', signal, error);
      }
      try {
        await client.send(new CreateBucketCommand({ Bucket: bucket }), { abortSignal: own(signal) });
      } catch (error) {
        if (!(error instanceof Error && /^BucketAlready/.test(error.name))) failed('create bucket', signal, error);
      }
    },

    close: () => client.destroy(),
  };
}

type PutOptions = NonNullable<Parameters<Store['put']>[2]>;

const isRace = (error: unknown): boolean =>
  hasStatus(error, 409) && /^(ConditionalRequestConflict|OperationAborted)$/.test((error as S3ServiceException).name);

/** The SDK leaves its listeners on the signal; on one that lives as long as the process they would pile up. */
const own = (signal: AbortSignal | undefined): AbortSignal | undefined => signal && AbortSignal.any([signal]);

const hasStatus = (error: unknown, status: number): boolean =>
  error instanceof S3ServiceException && error.$metadata.httpStatusCode === status;

/** A missing bucket is an error, a missing object is an answer. HEAD has no body, so there only the status is left. */
const isAbsent = (error: unknown): boolean => hasStatus(error, 404) && (error as S3ServiceException).name !== 'NoSuchBucket';

/** The SDK's errors carry the whole exchange, headers and sockets included: nothing to be logged or put into a history. */
function plain(error: unknown): Error {
  const copy = new Error(messageOf(error));
  if (error instanceof Error) copy.name = error.name;
  return copy;
}

function messageOf(error: unknown): string {
  // Node's connection errors over two address families come as an AggregateError without a message.
  if (error instanceof AggregateError && !error.message) return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
