import type { VerdictCounts } from '../entry.ts';

export interface WritesView {
  count: number;
  firstAt: string | null;
  /** When the last of them were entered. */
  lastAt: string | null;
  /** W3.07 asks for the first hundred by name. */
  firstHundred: { id: string; agent: string; manager: string; index: number; at: string }[];
}

export interface InterceptsView {
  /** End of the last interval that was entered. */
  upTo: string | null;
  total: VerdictCounts;
  byCohort: Record<string, VerdictCounts>;
}
