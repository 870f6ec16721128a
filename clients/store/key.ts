/** A key that could mean two things, or leave the prefix that it was given. */
export class InvalidKey extends Error {
  override name = 'InvalidKey';
  readonly key: string;
  constructor(key: string, why: string) {
    super(`S3 key ${JSON.stringify(key.slice(0, 200))} is not canonical: ${why}`);
    this.key = key;
  }
}

// Control characters, and the backslash that some systems take for a slash.
const UNPRINTABLE = /[\u0000-\u001f\u007f\\]/;

/**
 * Keys come from manifests and indexes that other people wrote, so the one rule is here: what S3 and a copied folder
 * would read differently (`a//b`, `../b`, `/a`) is not a key.
 */
export function assertKey(key: string): void {
  if (key === '') throw new InvalidKey(key, 'it is empty');
  if (key.length > 1024) throw new InvalidKey(key, 'it is longer than 1024 characters');
  if (UNPRINTABLE.test(key)) throw new InvalidKey(key, 'it has a control character or a backslash');
  for (const part of key.split('/')) {
    if (part === '') throw new InvalidKey(key, 'it has an empty part');
    if (part === '.' || part === '..') throw new InvalidKey(key, `it has a part "${part}"`);
  }
}

/** A prefix to list under: a key, a key with one slash after it, or nothing for the whole bucket. */
export function assertPrefix(prefix: string): void {
  if (prefix !== '') assertKey(prefix.endsWith('/') ? prefix.slice(0, -1) : prefix);
}

/** `a/b` and `a/b/` both name the folder `a/b/`; nothing names the whole bucket. */
export const folder = (prefix: string): string => (prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`);
