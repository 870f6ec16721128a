import { describe, expect, it } from 'vitest';
import { inParallel } from '../../domain/in-parallel.ts';

describe('work in parallel', () => {
  it('has at most so many under way, and its results in the order of the items', async () => {
    let [underWay, most] = [0, 0];
    const results = await inParallel([5, 1, 4, 2, 3], 2, async (n) => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setTimeout(resolve, n));
      underWay--;
      return n * 10;
    });
    expect(results).toEqual([50, 10, 40, 20, 30]);
    expect(most).toBe(2);
  });

  it('is nothing for no items, and fails with the first that fails', async () => {
    expect(await inParallel([], 4, async () => 1)).toEqual([]);
    await expect(
      inParallel([1, 2, 3], 2, (n) => (n === 2 ? Promise.reject(new Error('two')) : Promise.resolve(n))),
    ).rejects.toThrow('two');
  });
});
