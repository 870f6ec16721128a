import type { Command } from '../command.ts';
import type { EntryData } from '../entry.ts';
import type { Hold } from '../hold.ts';
import { STOPS } from '../stop/stop.ts';
import type { Lifted } from './lifting.ts';

export type FollowingKind = 'hold.added' | 'hold.released' | 'sign-off';

/** What an applied order says in the log besides itself. `subject` completes the entry's id; its actor is the order's person. */
export interface Following<K extends FollowingKind = FollowingKind> {
  kind: K;
  subject: string;
  data: EntryData[K];
}

/** A hold by order, or the one that a stop leaves behind. */
export const holdAdded = ({ id, scope, ceiling, why, releasedBy, kind }: Hold): Following<'hold.added'> => {
  const stop = kind === undefined ? {} : { by: kind, liftedBy: STOPS[kind].liftedBy };
  return { kind: 'hold.added', subject: `hold/${id}`, data: { holdId: id, scope, ceiling, why, releasedBy, ...stop } };
};

/** The holds that end by an order. A release ends one hold, and has no name in its entry but the hold's. */
export const holdsReleased = ({ id, kind, person: by }: Command, lifted: readonly Lifted[]): Following<'hold.released'>[] =>
  lifted.map(({ hold, cohorts, agents, last }) => {
    const some = last ? {} : { ...(cohorts ? { cohorts } : {}), ...(agents ? { agents } : {}) };
    const subject = `hold/${hold}/released`;
    return kind === 'release'
      ? { kind: 'hold.released', subject, data: { holdId: hold, by } }
      : { kind: 'hold.released', subject: `${subject}/${id}`, data: { holdId: hold, by, order: id, ...some } };
  });

/** One order may sign for many groups. */
export const signOffs = (command: Command, commandIndex: number): Following<'sign-off'>[] => {
  const { id, role, scope, args, saw, attestation } = command;
  return scope.names.map((group) => ({
    kind: 'sign-off',
    subject: `sign-off/${id}/${group}`,
    data: {
      ...{ group, role, commandIndex },
      decision: args.decision ?? 'reject',
      boundTo: saw.evidence[group] ?? '',
      channel: attestation?.channel ?? 'cli',
    },
  }));
};
