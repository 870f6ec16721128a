/** Objects in one S3 bucket. Keys are canonical: no leading slash, no empty part, no `.` or `..`. */
export interface Store {
  get(key: string, signal?: AbortSignal): Promise<Uint8Array | undefined>;
  /** The bytes with the ETag of exactly these bytes, for a later `put` that may only replace them. */
  getWithEtag(key: string, signal?: AbortSignal): Promise<{ body: Uint8Array; etag: string } | undefined>;
  /** Size in bytes without reading, or undefined when there is no such object. */
  size(key: string, signal?: AbortSignal): Promise<number | undefined>;
  /** `if: 'absent'` fails with `exists` when there is one; an ETag replaces only that version (`conflict` otherwise). */
  put(key: string, body: Uint8Array | string, options?: PutOptions): Promise<PutResult>;
  /** An object that is gone already is as good; in a bucket with versions, older ones stay. */
  remove(key: string, signal?: AbortSignal): Promise<void>;
  list(prefix: string, signal?: AbortSignal): Promise<{ key: string; size: number; etag: string }[]>;
}

export interface PutOptions {
  if?: 'absent' | { etag: string };
  contentType?: string;
  /** Until when nobody may delete this version; the bucket must have Object Lock. */
  retention?: Retention;
  signal?: AbortSignal;
}

export interface Retention {
  /** `governance` can be lifted by whoever has that right, `compliance` by nobody. */
  mode: 'governance' | 'compliance';
  until: Date;
}

export type PutResult = { status: 'stored'; etag: string } | { status: 'exists' } | { status: 'conflict' };

/** What a bucket with versioning remembers: every version that a key ever had, and that it was deleted. */
export interface VersionedStore {
  /** By key, the newest version of each key first. Without versioning, each object is its only version. */
  versions(prefix: string, signal?: AbortSignal): Promise<ObjectVersion[]>;
  getVersion(key: string, versionId: string, signal?: AbortSignal): Promise<Uint8Array | undefined>;
}

export interface ObjectVersion {
  key: string;
  versionId: string;
  isLatest: boolean;
  /** Nothing but the fact that the key was deleted then. */
  deleteMarker: boolean;
  lastModified: Date;
  /** Bytes; 0 for a delete marker. */
  size: number;
}
