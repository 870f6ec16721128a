import { fixedHash } from './set/hash.ts';

/** W2.09: one entry in a hundred. */
const SHARE = 100;

/**
 * The entries of a log that are reviewed, by index, ascending: one in a hundred (rounded up), drawn by the root of the
 * checkpoint at that size. The root is not known before the last entry is, so nobody can choose the sample beforehand;
 * with size and root anybody draws the same one.
 * The rank of entry i is `fixedHash(root + "/" + i)`; the lowest ranks are the sample, equal ones in order of index.
 * @param root base64, as it stands in the checkpoint
 */
export function drawSample(size: number, root: string): number[] {
  const ranked = Array.from({ length: size }, (_, index) => ({ index, rank: fixedHash(`${root}/${index}`) }));
  return ranked
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .slice(0, Math.ceil(size / SHARE))
    .map(({ index }) => index)
    .sort((a, b) => a - b);
}
