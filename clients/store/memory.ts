import { assertKey, assertPrefix } from './key.ts';
import type { Store } from './port.ts';

/** The same port without S3, for tests. `before` sees each call first and may throw, or wait, in its place. */
export function createMemoryStore(
  before: (call: 'get' | 'size' | 'put' | 'remove' | 'list', key: string) => Promise<void> | void = () => {},
): Store {
  const objects = new Map<string, { body: Uint8Array; etag: string }>();
  let versions = 0;
  async function read(key: string, signal: AbortSignal | undefined) {
    assertKey(key);
    await before('get', key);
    signal?.throwIfAborted();
    const object = objects.get(key);
    return object && { body: Uint8Array.from(object.body), etag: object.etag };
  }

  return {
    get: async (key, signal) => (await read(key, signal))?.body,
    getWithEtag: read,

    async size(key, signal) {
      assertKey(key);
      await before('size', key);
      signal?.throwIfAborted();
      return objects.get(key)?.body.length;
    },

    async put(key, body, options = {}) {
      assertKey(key);
      await before('put', key);
      options.signal?.throwIfAborted();
      const there = objects.get(key);
      if (options.if === 'absent' && there) return { status: 'exists' };
      if (options.if && options.if !== 'absent' && there?.etag !== options.if.etag) return { status: 'conflict' };
      const etag = `"${++versions}"`;
      objects.set(key, { body: typeof body === 'string' ? new TextEncoder().encode(body) : Uint8Array.from(body), etag });
      return { status: 'stored', etag };
    },

    async remove(key, signal) {
      assertKey(key);
      await before('remove', key);
      signal?.throwIfAborted();
      objects.delete(key);
    },

    async list(prefix, signal) {
      assertPrefix(prefix);
      await before('list', prefix);
      signal?.throwIfAborted();
      return [...objects]
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, { body, etag }]) => ({ key, size: body.length, etag }))
        .sort((a, b) => (a.key < b.key ? -1 : 1));
    },
  };
}
