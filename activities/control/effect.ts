import type { Following, FollowingKind } from '../../domain/authority/follow.ts';
import type { ClockState } from '../../domain/clock.ts';
import type { Command } from '../../domain/command.ts';
import type { EvidenceRef, NewEntry } from '../../domain/entry.ts';
import type { Deployment } from '../deployment.ts';

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

/** What follows from an order, as entries of the person who gave it. */
export const written = <K extends FollowingKind>(
  d: Deployment,
  { person }: Command,
  following: readonly Following<K>[],
): NewEntry[] => following.map(({ kind, subject, data }) => d.entry(kind, subject, data, { actor: person }));
