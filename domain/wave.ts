import { SHAPES, type Shape } from './mode.ts';
import { fixedHash } from './set/hash.ts';

export interface ShapeWave {
  shape: Shape;
  cohorts: string[];
}

/** Research first, then production, then coordination: least harm first. A shape without cohorts has no wave. */
export const wavesByShape = (cohorts: readonly { id: string; shape: Shape }[]): ShapeWave[] =>
  SHAPES.map((shape) => ({ shape, cohorts: cohorts.filter((c) => c.shape === shape).map((c) => c.id) })).filter(
    (wave) => wave.cohorts.length > 0,
  );

/**
 * The agents of one cohort that are live at `percent`: the first ⌊agents × percent ÷ 100⌋ in the order of a fixed hash of
 * their ids. Chosen agents stay chosen as the percentage rises, on any machine and after any restart; a cohort joins at
 * the first step that gives it a whole agent, so a wave is never exposed more than its step says.
 * @example 40 agents at 5 %: 2 · at 10 %: the same 2 and 2 more · at 100 %: all
 * @example 9 agents at 5 % and 10 %: none yet · at 25 %: 2
 */
export const exposure = (agentIds: readonly string[], percent: number): string[] => {
  const share = Math.min(100, Math.max(0, percent));
  const chosen = Math.floor((agentIds.length * share) / 100);
  return [...agentIds]
    .map((id) => ({ id, hash: fixedHash(id) }))
    .sort((a, b) => a.hash - b.hash || (a.id < b.id ? -1 : 1))
    .slice(0, chosen)
    .map(({ id }) => id);
};

/**
 * The ramp step after `percent`, or null at the top.
 * @example nextStep([5, 10, 25, 50, 75, 100], 10) // 25
 * @example nextStep([100], 100) // null
 */
export const nextStep = (ramp: readonly number[], percent: number): number | null => ramp.find((step) => step > percent) ?? null;
