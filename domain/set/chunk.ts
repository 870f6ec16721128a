import { inFixedOrder } from './hash.ts';

export const LARGEST_CHUNK = 50;

/** Share of each cohort that is minted and tried first; at least one agent. */
export const SMOKE_SHARE = 0.01;

/**
 * Agents in bulk calls of even size: 60 at 50 a call are 30 and 30, not 50 and 10, because a small rest costs as many
 * workflow events as a full chunk. No chunk is larger than `size`; with more agents than that none is below half of it.
 */
export function chunk<T>(items: readonly T[], size: number = LARGEST_CHUNK): T[][] {
  if (!Number.isInteger(size) || size < 1) throw new RangeError(`a chunk needs a whole positive size, not ${size}`);
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, i) =>
    items.slice(Math.floor((i * items.length) / count), Math.floor(((i + 1) * items.length) / count)),
  );
}

export interface SmokeSplit<T> {
  sample: T[];
  rest: T[];
}

/** One percent of a cohort, rounded up, always the same ones; the rest keeps its order. */
export function splitSmokeSample<T extends { id: string }>(agents: readonly T[]): SmokeSplit<T> {
  const sample = inFixedOrder(agents, 'smoke').slice(0, Math.ceil(agents.length * SMOKE_SHARE));
  const chosen = new Set(sample.map((agent) => agent.id));
  return { sample, rest: agents.filter((agent) => !chosen.has(agent.id)) };
}

/** Calls that the rest of a cohort takes, beside its smoke sample. @example 60 agents: 1 in the sample, 59 in 2 chunks */
export const chunkCount = (agents: number, size: number = LARGEST_CHUNK): number =>
  Math.ceil((agents - Math.ceil(agents * SMOKE_SHARE)) / size);
