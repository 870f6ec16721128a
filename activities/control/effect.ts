import type { ClockState } from '../../domain/clock.ts';
import type { EvidenceRef, NewEntry } from '../../domain/entry.ts';

/** What an applied order changes outside the workflow, and what is written about it beside the order itself. */
export interface Effects {
  /** In force after it; forward work under this order carries it. */
  fenceGeneration: number;
  evidence?: EvidenceRef;
  clock?: ClockState;
  /** Cohorts that go live by it. */
  promotes?: string[];
  /** Entries that follow the order's own, which has this index. */
  entries(index: number): NewEntry[];
}
