import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { continues, EMPTY_ROOT, includes, leafHash, MerkleTree, nodeHash } from '../../../audit/tlog/merkle.ts';

/** RFC 6962, 2.1, word for word: slow, recursive, and nothing like the tree that is tested. */
const sha256 = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
const split = (n: number): number => {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
};
const mth = (d: Uint8Array[]): Buffer => {
  if (d.length === 0) return sha256();
  if (d.length === 1) return sha256(Buffer.of(0), d[0] as Uint8Array);
  const k = split(d.length);
  return sha256(Buffer.of(1), mth(d.slice(0, k)), mth(d.slice(k)));
};
const path = (m: number, d: Uint8Array[]): Buffer[] => {
  if (d.length <= 1) return [];
  const k = split(d.length);
  return m < k ? [...path(m, d.slice(0, k)), mth(d.slice(k))] : [...path(m - k, d.slice(k)), mth(d.slice(0, k))];
};
const subproof = (m: number, d: Uint8Array[], whole: boolean): Buffer[] => {
  if (m === d.length) return whole ? [] : [mth(d)];
  const k = split(d.length);
  return m <= k
    ? [...subproof(m, d.slice(0, k), whole), mth(d.slice(k))]
    : [...subproof(m - k, d.slice(k), false), mth(d.slice(0, k))];
};

const dataOf = (n: number): Buffer[] => Array.from({ length: n }, (_, i) => Buffer.from(`entry ${i}`));
const treeOf = (entries: readonly Uint8Array[]): MerkleTree => {
  const tree = new MerkleTree();
  for (const entry of entries) tree.append(leafHash(entry));
  return tree;
};
const sizes = fc.integer({ min: 1, max: 300 });
const pairs = sizes.chain((size) => fc.tuple(fc.constant(size), fc.integer({ min: 0, max: size - 1 })));

describe('the tree', () => {
  it('of the eight entries that Certificate Transparency tests with has the roots that are published for them', () => {
    const entries = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
    const tree = treeOf(entries.map((hex) => Buffer.from(hex, 'hex')));
    expect(Array.from({ length: 9 }, (_, size) => tree.root(size).toString('hex'))).toEqual([
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
      '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
      'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ]);
  });

  it('without entries has the hash of nothing as its root', () => {
    expect(new MerkleTree().root().equals(EMPTY_ROOT)).toBe(true);
    expect(EMPTY_ROOT.toString('base64')).toBe('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
  });

  it('hashes an entry and a node so that neither can pass for the other', () => {
    const [a, b] = [leafHash(Buffer.from('a')), leafHash(Buffer.from('b'))];
    expect(nodeHash(a, b).equals(leafHash(Buffer.concat([a, b])))).toBe(false);
  });

  it('has the root and the proofs of the standard, at every size it ever had', () => {
    fc.assert(
      fc.property(pairs, ([size, index]) => {
        const entries = dataOf(size);
        const tree = treeOf(dataOf(300));
        expect(tree.root(size)).toEqual(mth(entries));
        expect(tree.inclusionProof(index, size)).toEqual(path(index, entries));
        expect(tree.consistencyProof(index, size)).toEqual(index === 0 ? [] : subproof(index, entries, true));
      }),
      { numRuns: 60 },
    );
  });
});

describe('a proof', () => {
  const tree = treeOf(dataOf(300));
  const leaf = (index: number): Buffer => leafHash(dataOf(300)[index] as Buffer);

  it('of an entry holds for that entry at its place in that tree, and for nothing else', () => {
    fc.assert(
      fc.property(pairs, fc.nat(), ([size, index], at) => {
        const proof = tree.inclusionProof(index, size);
        const claim = { index, size, leaf: leaf(index), proof, root: tree.root(size) };
        expect(includes(claim)).toBe(true);
        expect(includes({ ...claim, leaf: leaf((index + 1) % 300) })).toBe(false);
        expect(includes({ ...claim, index: size })).toBe(false);
        expect(includes({ ...claim, root: tree.root(size - 1) })).toBe(false);
        expect(includes({ ...claim, proof: [...proof, tree.root(1)] })).toBe(false);
        if (proof.length > 0) expect(includes({ ...claim, proof: spoilt(proof, at) })).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it('that a log went on holds between these two trees, and between no others', () => {
    fc.assert(
      fc.property(pairs, fc.nat(), ([size, old], at) => {
        const proof = tree.consistencyProof(old, size);
        const claim = { old, oldRoot: tree.root(old), size, root: tree.root(size), proof };
        expect(continues(claim)).toBe(true);
        expect(continues({ ...claim, oldRoot: leaf(7) })).toBe(false);
        if (old > 0) expect(continues({ ...claim, root: leaf(7) })).toBe(false);
        expect(continues({ ...claim, old: size, size: old })).toBe(false);
        if (proof.length > 0) expect(continues({ ...claim, proof: spoilt(proof, at) })).toBe(false);
        if (proof.length > 0) expect(continues({ ...claim, proof: proof.slice(1) })).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  function spoilt(proof: readonly Buffer[], at: number): Buffer[] {
    const copy = proof.map((hash) => Buffer.from(hash));
    const hash = copy[at % copy.length] as Buffer;
    hash[at % 32] = (hash[at % 32] as number) ^ 1;
    return copy;
  }
});
