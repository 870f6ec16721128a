import { hash as digest } from 'node:crypto';

/** RFC 6962 hashes are 32 bytes of SHA-256. */
export const HASH_BYTES = 32;

const LEAF = Buffer.of(0x00);
const NODE = Buffer.of(0x01);

/** The root of a log without entries: SHA-256 of nothing. */
export const EMPTY_ROOT: Buffer = digest('sha256', '', 'buffer');

// In one call each: a hash object per entry holds memory outside of the heap until it is collected.
export const leafHash = (entry: Uint8Array): Buffer => digest('sha256', Buffer.concat([LEAF, entry]), 'buffer');

export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer =>
  digest('sha256', Buffer.concat([NODE, left, right]), 'buffer');

/**
 * An append-only Merkle tree, RFC 6962. It keeps the hash of each complete subtree (64 bytes an entry), so that any root,
 * tile or proof of any earlier size is answered without reading anything.
 */
export class MerkleTree {
  /** Level l holds the hashes of subtrees of 2^l entries, packed. */
  readonly #levels: HashList[] = [];

  get size(): number {
    return this.#levels[0]?.length ?? 0;
  }

  append(leaf: Uint8Array): void {
    let hash = leaf;
    for (let level = 0; ; level++) {
      const hashes = (this.#levels[level] ??= new HashList());
      hashes.push(hash);
      if (hashes.length % 2 === 1) return;
      hash = nodeHash(hashes.at(hashes.length - 2), hashes.at(hashes.length - 1));
    }
  }

  /** Forgets what was appended after the first `size` entries. */
  truncate(size: number): void {
    this.#within(size);
    for (const [level, hashes] of this.#levels.entries()) hashes.truncate(Math.floor(size / 2 ** level));
  }

  /** Hash over the entries `index * 2^level` up to the next such border; all of them must be there. */
  node(level: number, index: number): Buffer {
    const hashes = this.#levels[level];
    if (!hashes || index < 0 || index >= hashes.length) throw new RangeError(`no complete subtree ${index} at level ${level}`);
    return hashes.at(index);
  }

  /** Root of the first `size` entries. */
  root(size: number = this.size): Buffer {
    this.#within(size);
    return size === 0 ? EMPTY_ROOT : this.#range(0, size);
  }

  /** Audit path of an entry in the tree of `size`, from the leaf up. */
  inclusionProof(index: number, size: number = this.size): Buffer[] {
    this.#within(size);
    if (index < 0 || index >= size) throw new RangeError(`no entry ${index} in a log of ${size}`);
    const path = (from: number, to: number): Buffer[] => {
      if (to - from === 1) return [];
      const middle = from + splitOf(to - from);
      return index < middle ? [...path(from, middle), this.#range(middle, to)] : [...path(middle, to), this.#range(from, middle)];
    };
    return path(0, size);
  }

  /** Proof that the tree of `size` begins with the tree of `old`; empty for equal sizes and for an empty beginning. */
  consistencyProof(old: number, size: number = this.size): Buffer[] {
    this.#within(size);
    if (old < 0 || old > size) throw new RangeError(`a log of ${size} has no earlier size ${old}`);
    if (old === 0 || old === size) return [];
    const proof = (m: number, from: number, to: number, whole: boolean): Buffer[] => {
      if (m === to - from) return whole ? [] : [this.#range(from, to)];
      const half = splitOf(to - from);
      return m <= half
        ? [...proof(m, from, from + half, whole), this.#range(from + half, to)]
        : [...proof(m - half, from + half, to, false), this.#range(from, from + half)];
    };
    return proof(old, 0, size, true);
  }

  /** Hash over [from, to), where `from` is a border of every subtree that is needed, as RFC 6962 only asks for such. */
  #range(from: number, to: number): Buffer {
    const length = to - from;
    const level = Math.log2(length);
    if (Number.isInteger(level)) return this.node(level, from / length);
    const half = splitOf(length);
    return nodeHash(this.#range(from, from + half), this.#range(from + half, to));
  }

  #within(size: number): void {
    if (!Number.isInteger(size) || size < 0 || size > this.size)
      throw new RangeError(`the log has ${this.size} entries, not ${size}`);
  }
}

/** True when `proof` leads from the entry to the root; by RFC 9162, 2.1.3.2. */
export function includes(o: {
  index: number;
  size: number;
  leaf: Uint8Array;
  proof: readonly Uint8Array[];
  root: Uint8Array;
}): boolean {
  if (!Number.isInteger(o.index) || o.index < 0 || o.index >= o.size) return false;
  let node = o.index;
  let last = o.size - 1;
  let hash: Uint8Array = o.leaf;
  for (const sibling of o.proof) {
    if (last === 0 || sibling.length !== HASH_BYTES) return false;
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else hash = nodeHash(hash, sibling);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && same(hash, o.root);
}

/** True when `proof` shows that the tree of `size` begins with the tree of `old`; by RFC 9162, 2.1.4.2. */
export function continues(o: {
  old: number;
  oldRoot: Uint8Array;
  size: number;
  root: Uint8Array;
  proof: readonly Uint8Array[];
}): boolean {
  if (o.old > o.size || o.old < 0) return false;
  if (o.old === 0) return o.proof.length === 0 && same(o.oldRoot, EMPTY_ROOT) && (o.size > 0 || same(o.root, EMPTY_ROOT));
  if (o.old === o.size) return o.proof.length === 0 && same(o.oldRoot, o.root);
  if (o.proof.length === 0 || o.proof.some((hash) => hash.length !== HASH_BYTES)) return false;
  const path = Number.isInteger(Math.log2(o.old)) ? [o.oldRoot, ...o.proof] : [...o.proof];
  let node = o.old - 1;
  let last = o.size - 1;
  while (node % 2 === 1) [node, last] = [half(node), half(last)];
  let [before, after] = [path[0] ?? EMPTY_ROOT, path[0] ?? EMPTY_ROOT];
  for (const sibling of path.slice(1)) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      before = nodeHash(sibling, before);
      after = nodeHash(sibling, after);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else after = nodeHash(after, sibling);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && same(before, o.oldRoot) && same(after, o.root);
}

const half = (n: number): number => Math.floor(n / 2);
const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** The largest power of two smaller than n. */
const splitOf = (n: number): number => 2 ** (Math.ceil(Math.log2(n)) - 1);

/** Hashes side by side in one buffer: an object per hash would take five times the memory. */
class HashList {
  #bytes = Buffer.allocUnsafeSlow(HASH_BYTES * 64);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(hash: Uint8Array): void {
    const at = this.#length * HASH_BYTES;
    if (at === this.#bytes.length) {
      const grown = Buffer.allocUnsafeSlow(this.#bytes.length * 2);
      this.#bytes.copy(grown);
      this.#bytes = grown;
    }
    this.#bytes.set(hash, at);
    this.#length++;
  }

  truncate(length: number): void {
    this.#length = Math.min(this.#length, length);
  }

  /** A view: whoever keeps it copies it. */
  at(index: number): Buffer {
    return this.#bytes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
  }
}
