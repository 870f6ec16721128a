import type { PlannedCohort } from '../../../domain/entry.ts';
import { random } from '../../../scripts/generate/random.ts';

export type Trouble = 'preflight' | 'smoke' | 'hold' | 'unstable' | 'caught-up';

export interface Troubles {
  /** By cohort. */
  of: Record<string, Trouble>;
  /** A group for which the CFO does not sign. */
  unsigned: string | null;
}

/** One cohort in about fifty of each kind, and one group that is not signed; without `enabled` all goes well. */
export function troublesOf(cohorts: readonly PlannedCohort[], seed: number, enabled: boolean): Troubles {
  if (!enabled || cohorts.length < 8) return { of: {}, unsigned: null };
  const chance = random(seed, 'troubles');
  const drawn = chance.shuffled(cohorts.filter((c) => c.agents > 4));
  const groups = new Map<string, number>();
  for (const { group } of cohorts) groups.set(group, (groups.get(group) ?? 0) + 1);
  const unsigned = [...groups].filter(([, n]) => n <= 2)[0]?.[0] ?? null;
  const free = drawn.filter((c) => c.group !== unsigned);
  const each = Math.max(1, Math.round(cohorts.length / 80));
  const of: Record<string, Trouble> = {};
  const kinds: Trouble[] = ['preflight', 'smoke', 'hold', 'unstable', 'caught-up'];
  for (const kind of cohorts.length < 20 ? kinds.slice(0, 2) : kinds) {
    for (let i = 0; i < each; i += 1) {
      const next = kind === 'unstable' || kind === 'caught-up' ? free.findIndex((c) => c.shape !== 'coordination') : 0;
      const [cohort] = free.splice(Math.max(0, next), 1);
      if (cohort !== undefined) of[cohort.id] = kind;
    }
  }
  return { of, unsigned };
}
