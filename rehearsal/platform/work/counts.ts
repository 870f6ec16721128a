import { LATENCY_BUCKETS_MS } from '../../../clients/platform/wire.schema.ts';

/**
 * Counts of one cohort's calls as one flat list, so that two of them can be added and subtracted.
 * The connectors' calls come after the fixed part, and then the connectors' errors.
 */
export type Counts = readonly number[];

export const CALLS = 0;
export const WRITES = 1;
export const ERRORS = 2;
export const WARN = 3;
export const DENY = 4;
/** Writes that nobody expected and nobody was asked about: committed at once, whatever the shape. */
export const ROGUE = 5;
export type WriteKind = typeof WRITES | typeof ROGUE;
export const LATENCY = 6;
/** Shares of the latency buckets up to 10, 20, 50, 100, 200, 500, 1000, 2000, 5000 ms and above: p95 is under 100, p99 under 200. */
const LATENCY_SHARES = [0.06, 0.22, 0.5, 0.185, 0.0305, 0.0038, 0.0005, 0.0001, 0.00005, 0.00005];
const CONNECTORS = LATENCY + LATENCY_SHARES.length;
export const WARN_SHARE = 0.004;
export const DENY_SHARE = 0.0015;

/** Shares, and the order in which they are dealt: rare ones first, so that a few calls land where most calls do. */
interface Spread {
  shares: readonly number[];
  order: readonly number[];
}

/** How long calls take, with `slow.share` of them about `slow.ms`. */
export function spread(slow: { ms: number; share: number } | null): Spread {
  const above = LATENCY_BUCKETS_MS.findIndex((bound) => bound >= (slow?.ms ?? 0));
  const bucket = above < 0 ? LATENCY_SHARES.length - 1 : above;
  const shares = LATENCY_SHARES.map((part, index) => {
    if (!slow) return part;
    return part * (1 - slow.share) + (index === bucket ? slow.share : 0);
  });
  const order = shares.map((_, index) => index).sort((a, b) => (shares[a] ?? 0) - (shares[b] ?? 0));
  return { shares, order };
}

/** How calls turn out while nothing changes. */
export interface Mix {
  writeShare: number;
  errorShare: number;
  warnShare: number;
  denyShare: number;
  rogueShare: number;
  latency: Spread;
  /** Per connector of the cohort: every call to one that is down fails. */
  down: readonly boolean[];
}

export const none = (connectors: number): Counts => new Array<number>(CONNECTORS + 2 * connectors).fill(0);
export const plus = (a: Counts, b: Counts): Counts => a.map((value, index) => value + (b[index] ?? 0));
export const minus = (a: Counts, b: Counts): Counts => a.map((value, index) => value - (b[index] ?? 0));
export const at = (counts: Counts, index: number): number => counts[index] ?? 0;
export const connectorCalls = (counts: Counts, index: number): number => at(counts, CONNECTORS + index);
export const connectorErrors = (counts: Counts, index: number, of: number): number => at(counts, CONNECTORS + of + index);
export const latencies = (counts: Counts): number[] => counts.slice(LATENCY, CONNECTORS);

/**
 * How the first n calls turned out. Whole numbers are split again and again, n into share and rest, so every count adds up
 * to n and none ever falls as n grows: windows that adjoin add up, whatever they are.
 */
export function split(calls: number, mix: Mix): Counts {
  const { writeShare, errorShare, down } = mix;
  const even = down.map(() => 1 / down.length);
  const perConnector = divide(calls, even, [...even.keys()]);
  const failed = perConnector.map((count, index) => (down[index] ? count : share(count, errorShare)));
  const errors = down.length === 0 ? share(calls, errorShare) : failed.reduce((sum, count) => sum + count, 0);
  const answered = calls - errors;
  const warn = share(answered, mix.warnShare);
  const deny = share(answered - warn, mix.denyShare);
  return [
    calls,
    share(calls, writeShare),
    errors,
    warn,
    deny,
    share(calls, mix.rogueShare),
    ...divide(calls, mix.latency.shares, mix.latency.order),
    ...perConnector,
    ...failed,
  ];
}

/** Half a call early, so that a rare outcome does not wait for a full round. */
const share = (count: number, part: number): number => Math.min(count, Math.floor(count * part + 0.5));

/** In the given order: what is left over by rounding goes to the last one. */
function divide(count: number, shares: readonly number[], order: readonly number[]): number[] {
  const result = new Array<number>(shares.length).fill(0);
  let left = count;
  let shareLeft = 1;
  for (const [step, index] of order.entries()) {
    const part = shares[index] ?? 0;
    const here = step === order.length - 1 ? left : Math.min(left, Math.floor((left * part) / shareLeft + 1e-9));
    result[index] = here;
    left -= here;
    shareLeft -= part;
  }
  return result;
}
