import type { DeploymentView } from '../../view.ts';
import { WATCHED_ROWS, type WatchedRow } from './thresholds.ts';

/** One trigger as the log knows it: the latest firing of a row about a subject. */
export interface StandingTrigger {
  row: WatchedRow;
  subject: string;
  /** Of the firing in the log; -1 while it is on its way there. */
  index: number;
  firedAtMs: number;
  cohorts: readonly string[];
  stop: string | null;
  open: boolean;
}

/** Subject of what shows that the cause of a stop is gone, by the stop. */
export const causeGoneSubject = (stop: string): string => `cause-gone:${stop}`;

/** What the log says of triggers and of the stops that they made. */
export interface Standing {
  last(row: WatchedRow, subject: string): StandingTrigger | undefined;
  open(row: WatchedRow, subject: string): StandingTrigger | undefined;
  opened(row?: WatchedRow): StandingTrigger[];
  /** Does that stop not hold the cohort any more? */
  letGo(stop: string, cohort: string): boolean;
  letGoWhole(stop: string): boolean;
}

/** `known`: what was fired or cleared and is still on its way into the log. A stop that was refused stops nobody. */
export function standingOf(
  { triggers, holds, commands }: Pick<DeploymentView, 'triggers' | 'holds' | 'commands'>,
  known: readonly StandingTrigger[] = [],
): Standing {
  const all = new Map<string, StandingTrigger>();
  const refused = (stop: string) => Object.hasOwn(commands, stop) && commands[stop]?.outcome === 'refused';
  for (const { fired, cleared, index, at } of Object.values(triggers)) {
    const { row, subject, cohorts } = fired;
    if (!isWatched(row)) continue;
    const stop = fired.stop !== null && refused(fired.stop) ? null : fired.stop;
    all.set(`${row}/${subject}`, { row, subject, cohorts, stop, index, firedAtMs: Date.parse(at), open: cleared === null });
  }
  for (const trigger of known) all.set(`${trigger.row}/${trigger.subject}`, trigger);
  const last = (row: WatchedRow, subject: string) => all.get(`${row}/${subject}`);
  const hold = (stop: string) => (Object.hasOwn(holds, stop) ? holds[stop] : undefined);
  const letGoWhole = (stop: string) => hold(stop)?.released != null;
  return {
    last,
    open: (row, subject) => {
      const trigger = last(row, subject);
      return trigger?.open === true ? trigger : undefined;
    },
    opened: (row) => [...all.values()].filter((t) => (row === undefined || t.row === row) && t.open),
    letGo: (stop, cohort) => letGoWhole(stop) || hold(stop)?.releasedFor.includes(cohort) === true,
    letGoWhole,
  };
}

/**
 * Rows that fired for a cohort and are not over, in words: while there is one it rises no further. One whose stop has let it
 * go is over, whether or not the watch has come to write that.
 */
export function openAlerts(view: Pick<DeploymentView, 'triggers' | 'holds' | 'commands'>, cohort: string): string[] {
  const standing = standingOf(view);
  return Object.values(view.triggers).flatMap(({ fired, cleared }) => {
    const over = cleared !== null || (fired.stop !== null && standing.letGo(fired.stop, cohort));
    return over || !fired.cohorts.includes(cohort) ? [] : [`${fired.row}, ${fired.because}`];
  });
}

const isWatched = (row: string): row is WatchedRow => (WATCHED_ROWS as readonly string[]).includes(row);

/**
 * Since when what a cohort does is its own again: after it was last promoted, and after a stop let it go. What was measured
 * before is about another time, and never counts twice.
 */
export function freshSinceMs(
  { holds, waves, triggers }: Pick<DeploymentView, 'holds' | 'waves' | 'triggers'>,
  cohort: string,
): number {
  const times = [
    ...Object.values(waves).flatMap((w) => (w.cohorts.includes(cohort) ? [w.at, ...(w.steps[0] ? [w.steps[0].at] : [])] : [])),
    ...Object.values(triggers).flatMap(({ fired, cleared }) =>
      cleared && (fired.subject === cohort || fired.cohorts.includes(cohort)) ? [cleared.at] : [],
    ),
    ...Object.values(holds).flatMap(({ released, scope }) =>
      released && (scope.level !== 'cohort' || scope.names.includes(cohort)) ? [released.at] : [],
    ),
  ];
  return times.reduce((last, at) => Math.max(last, Date.parse(at)), 0);
}
