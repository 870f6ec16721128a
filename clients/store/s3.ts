import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClientError } from '../error.ts';
import { assertKey, assertPrefix } from './key.ts';
import type { ObjectVersion, PutOptions, PutResult, Store, VersionedStore } from './port.ts';

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

/** What only counts when the bucket is created; Object Lock brings versioning with it and cannot be switched off again. */
export interface BucketOptions {
  versioning?: boolean;
  objectLock?: boolean;
}

export interface S3Store extends Store, VersionedStore {
  /** Creates the bucket when there is none; somebody else creating it meanwhile is no error. */
  ensureBucket(options?: BucketOptions, signal?: AbortSignal): Promise<void>;
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
    const { retention } = options;
    const kept = retention && {
      ObjectLockMode: retention.mode === 'governance' ? ('GOVERNANCE' as const) : ('COMPLIANCE' as const),
      ObjectLockRetainUntilDate: retention.until,
    };
    const answer = await client.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: options.contentType, ...condition, ...kept }),
      { abortSignal: own(options.signal) },
    );
    return { status: 'stored', etag: answer.ETag ?? '' };
  }

  async function read(key: string, versionId: string | undefined, signal: AbortSignal | undefined) {
    assertKey(key);
    try {
      const command = new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId });
      const answer = await client.send(command, { abortSignal: own(signal) });
      const body = await answer.Body?.transformToByteArray();
      return body && { body, etag: answer.ETag ?? '' };
    } catch (error) {
      return isAbsent(error) ? undefined : failed(`get ${key}`, signal, error);
    }
  }

  return {
    get: async (key, signal) => (await read(key, undefined, signal))?.body,
    getWithEtag: (key, signal) => read(key, undefined, signal),
    getVersion: async (key, versionId, signal) => (await read(key, versionId, signal))?.body,

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

    async versions(prefix, signal) {
      assertPrefix(prefix);
      // By identity: versitygw gives the first version of a page again that was the last of the page before.
      const found = new Map<string, ObjectVersion>();
      const add = (version: ObjectVersion) => found.set(`${version.key}\n${version.versionId}`, version);
      try {
        let after: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
        while (after) {
          const command: ListObjectVersionsCommand = new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, ...after });
          const page = await client.send(command, { abortSignal: own(signal) });
          for (const o of page.Versions ?? []) add({ ...versionOf(o), deleteMarker: false, size: o.Size ?? 0 });
          for (const o of page.DeleteMarkers ?? []) add({ ...versionOf(o), deleteMarker: true, size: 0 });
          after = page.IsTruncated ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker } : undefined;
        }
      } catch (error) {
        return failed(`list versions of ${prefix}`, signal, error);
      }
      return newestFirst([...found.values()]);
    },

    async remove(key, signal) {
      assertKey(key);
      try {
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: own(signal) });
      } catch (error) {
        if (!isAbsent(error)) failed(`delete ${key}`, signal, error);
      }
    },

    async ensureBucket({ versioning = false, objectLock = false } = {}, signal) {
      try {
        await client.send(new HeadBucketCommand({ Bucket: bucket }), { abortSignal: own(signal) });
        return;
      } catch (error) {
        if (!isAbsent(error)) return failed('head bucket', signal, error);
      }
      try {
        const create = new CreateBucketCommand({ Bucket: bucket, ...(objectLock ? { ObjectLockEnabledForBucket: true } : {}) });
        await client.send(create, { abortSignal: own(signal) });
        if (!versioning || objectLock) return;
        const enable = new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } });
        await client.send(enable, { abortSignal: own(signal) });
      } catch (error) {
        if (!(error instanceof Error && /^BucketAlready/.test(error.name))) failed('create bucket', signal, error);
      }
    },

    close: () => client.destroy(),
  };
}

const versionOf = (o: { Key?: string; VersionId?: string; IsLatest?: boolean; LastModified?: Date }) => ({
  key: o.Key ?? '',
  versionId: o.VersionId ?? 'null',
  isLatest: o.IsLatest ?? false,
  lastModified: o.LastModified ?? new Date(0),
});

/** S3 tells versions and delete markers apart in its answer, each newest first; a stable sort puts them together again. */
const newestFirst = (found: ObjectVersion[]): ObjectVersion[] =>
  found.sort((a, b) =>
    a.key === b.key
      ? Number(b.isLatest) - Number(a.isLatest) || b.lastModified.getTime() - a.lastModified.getTime()
      : a.key < b.key
        ? -1
        : 1,
  );

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
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  return status === undefined ? copy : Object.assign(copy, { status });
}

function messageOf(error: unknown): string {
  // Node's connection errors over two address families come as an AggregateError without a message.
  if (error instanceof AggregateError && !error.message) return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
