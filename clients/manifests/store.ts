import type { SetSource } from '../../domain/set/source.ts';
import type { Store } from '../store/port.ts';
import { parseManifest } from './parse.ts';

/** A set in a bucket, under a prefix such as `sets/7/`. */
export function storeSource(store: Pick<Store, 'list' | 'get'>, prefix: string): SetSource {
  // Without the slash, `sets/1` would also list what lies in `sets/10`.
  const root = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  return {
    list: async (signal) => (await store.list(root, signal)).map(({ key, size }) => ({ key: key.slice(root.length), size })),
    get: (key, signal) => store.get(`${root}${key}`, signal),
    parse: parseManifest,
  };
}
