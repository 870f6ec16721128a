import { createHash } from 'node:crypto';

/** Ids that a restart gives again: made from names, never from chance. */
export const shortHash = (text: string, length = 16): string => createHash('sha256').update(text).digest('hex').slice(0, length);

/** A fast 32-bit hash (FNV-1a with a final mix), for choosing and for jitter; not for anything that must resist anyone. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A fixed number in [0, 1) for a text. */
export const fraction = (text: string): number => hash32(text) / 2 ** 32;

/** A short id that is quick to make, for things of which there are very many. */
export const quickId = (text: string): string => `${hex(hash32(text))}${hex(hash32(`#${text}`))}`;
const hex = (value: number): string => value.toString(16).padStart(8, '0');
