/** Objects in one S3 bucket. Keys are canonical: no leading slash, no empty part, no `.` or `..`. */
export interface Store {
  get(key: string, signal?: AbortSignal): Promise<Uint8Array | undefined>;
  /** Size in bytes without reading, or undefined when there is no such object. */
  size(key: string, signal?: AbortSignal): Promise<number | undefined>;
  /** `if: 'absent'` fails with `exists` when there is one; an ETag replaces only that version (`conflict` otherwise). */
  put(
    key: string,
    body: Uint8Array | string,
    options?: { if?: 'absent' | { etag: string }; contentType?: string; signal?: AbortSignal },
  ): Promise<PutResult>;
  list(prefix: string, signal?: AbortSignal): Promise<{ key: string; size: number; etag: string }[]>;
}

export type PutResult = { status: 'stored'; etag: string } | { status: 'exists' } | { status: 'conflict' };
