import { fixedHash } from '../../domain/set/hash.ts';

/** Chance that can be repeated: the same seed and purpose give the same numbers on every machine. */
export interface Random {
  /** At least 0, less than 1. */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  pick<T>(items: readonly T[]): T;
  /** `weights` are read item by item; larger comes up more often. */
  weighted<T>(items: readonly { item: T; weight: number }[]): T;
  shuffled<T>(items: readonly T[]): T[];
}

/** Each purpose has numbers of its own, so that one more employee does not change every cohort. */
export function random(seed: number, purpose: string): Random {
  let state = fixedHash(`${seed}/${purpose}`);
  // mulberry32: small, fast, good enough for made-up companies.
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  const pick = <T>(items: readonly T[]): T => {
    if (items.length === 0) throw new RangeError('nothing to pick from');
    return items[between(0, items.length - 1)] as T;
  };
  const weighted = <T>(items: readonly { item: T; weight: number }[]): T => {
    let left = next() * items.reduce((sum, { weight }) => sum + weight, 0);
    for (const { item, weight } of items) {
      left -= weight;
      if (left < 0) return item;
    }
    return pick(items).item;
  };
  const shuffled = <T>(items: readonly T[]): T[] => {
    const order = [...items];
    for (let i = order.length - 1; i > 0; i -= 1) {
      const j = between(0, i);
      [order[i], order[j]] = [order[j] as T, order[i] as T];
    }
    return order;
  };
  return { next, between, pick, weighted, shuffled };
}
