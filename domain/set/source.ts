import type { Manifest } from '../manifest/manifest.ts';
import type { Problem } from './problem.ts';

/** Where a set is read from: a bucket under a prefix, or a folder. Keys are relative to the set's root. */
export interface SetSource {
  /** Every object with its size, also those whose key is none that a set may have. */
  list(signal?: AbortSignal): Promise<{ key: string; size: number }[]>;
  /** The bytes, or undefined when there is no such file. Only asked for canonical keys. */
  get(key: string, signal?: AbortSignal): Promise<Uint8Array | undefined>;
  /** Turns the verified bytes of one file into a manifest. It comes with the source, because reading YAML is its business. */
  parse(bytes: Uint8Array, key: string): ParsedManifest;
}

export type ParsedManifest = { manifest: Manifest; problems?: undefined } | { manifest?: undefined; problems: Problem[] };
