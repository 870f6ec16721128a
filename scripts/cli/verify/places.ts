import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EVIDENCE, LOG, type LogFiles } from '../../../audit/verify/files.ts';
import { folder as keyPrefix } from '../../../clients/store/key.ts';
import { loadConnections, secret } from '../connections.ts';
import { usage, type CliIo } from '../io.ts';

export interface PlaceOptions {
  connections?: string;
  endpoint?: string;
  region?: string;
}

const FOLDERS = [LOG, EVIDENCE];
/** How long a log takes to publish what it has begun to. */
const PUBLISHING_MS = 2_000;
const READS_AT_ONCE = 16;

/** The log in a folder, or in a bucket. */
export async function openPlace(place: string, options: PlaceOptions, io: CliIo): Promise<LogFiles & { close(): void }> {
  const [, bucket, prefix] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(place) ?? [];
  if (bucket !== undefined) return bucketFiles(bucket, prefix ?? '', options, io);
  const dir = resolve(place);
  const there = await stat(join(dir, LOG)).catch(() => undefined);
  if (!there?.isDirectory())
    throw usage(`${place} holds no log: there is no folder log in it.`, 'Name the folder that holds log/ and evidence/.');
  return { ...folderFiles(dir), close: () => undefined };
}

export function folderFiles(dir: string): LogFiles {
  return {
    async list() {
      const found: string[] = [];
      for (const name of FOLDERS) {
        const entries = await readdir(join(dir, name), { recursive: true, withFileTypes: true }).catch(absent<never[]>([]));
        for (const entry of entries) {
          if (entry.isDirectory()) continue;
          found.push(relative(dir, join(entry.parentPath, entry.name)).split(sep).join('/'));
        }
      }
      return found;
    },
    read: (path) => readFile(join(dir, path)).catch(absent<undefined>(undefined)),
  };
}

/** What is not there is an answer; what cannot be read is an error. */
const absent =
  <T>(answer: T) =>
  (error: NodeJS.ErrnoException): T => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'EISDIR') return answer;
    throw error;
  };

async function bucketFiles(
  bucket: string,
  prefix: string,
  options: PlaceOptions,
  io: CliIo,
): Promise<LogFiles & { close(): void }> {
  const access = await accessTo(bucket, options, io);
  // A folder is verified without ever loading it.
  const { createS3Store } = await import('../../../clients/store/s3.ts');
  const store = createS3Store({ ...access, bucket });
  const { signal } = io;
  const under = keyPrefix(prefix);
  const inside = (key: string): string => key.slice(under.length);
  return {
    async list() {
      // One after the other, the log first: what its entries cite was there before them.
      const keys: string[] = [];
      for (const name of FOLDERS) for (const { key } of await store.list(under + name, signal)) keys.push(inside(key));
      return keys;
    },
    read: (path) => store.get(under + path, signal),
    history: {
      async versions() {
        const lists = await Promise.all(FOLDERS.map((name) => store.versions(under + name, signal)));
        return lists.flat().map(({ key, versionId, deleteMarker, lastModified }) => ({
          path: inside(key),
          version: versionId,
          isDeletion: deleteMarker,
          atMs: lastModified.getTime(),
        }));
      },
      read: (path, version) => store.getVersion(under + path, version, signal),
    },
    ahead: READS_AT_ONCE,
    later: () => sleep(PUBLISHING_MS, undefined, { signal }),
    close: () => store.close(),
  };
}

interface Access {
  endpoint?: string;
  region: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

/** By the connections file where it knows the bucket; else by the SDK's own variables, profiles and roles. */
async function accessTo(bucket: string, { connections, endpoint, region }: PlaceOptions, io: CliIo): Promise<Access> {
  const loaded = await loadConnections(connections, io.env).catch((error: unknown) => {
    if (connections !== undefined) throw error;
    return undefined;
  });
  const found = Object.entries(loaded?.customers ?? {}).find(([, c]) => c.store?.auditBucket === bucket);
  const store = found?.[1].store;
  const own: Access = {
    ...(endpoint === undefined ? {} : { endpoint }),
    region: region ?? io.env?.['AWS_REGION'] ?? 'us-east-1',
  };
  if (!loaded || !found || !store) return own;
  const at = { ...own, endpoint: endpoint ?? store.endpoint, region: region ?? store.region };
  // Who verifies needs no more than to read: the account that is made for it goes first.
  const { accessKeyId, secretAccessKey: inline, secretAccessKeyFile: file } = store.auditor ?? store;
  if (accessKeyId === undefined) return at;
  const name = `customers.${found[0]}.store${store.auditor ? '.auditor' : ''}.secretAccessKey`;
  return { ...at, credentials: { accessKeyId, secretAccessKey: await secret(loaded.source, name, inline, file) } };
}
