import type { DeploymentView } from '../../view.ts';
import { causeGoneSubject, type Standing, type StandingTrigger } from './standing.ts';
import type { WatchedRow } from './thresholds.ts';

/** A person who lifts such a stop rests on evidence that its cause is gone, which only the watch writes. */
const ENDED_BY_EVIDENCE: readonly WatchedRow[] = ['audit-integrity', 'wrong-identity', 'manifest-drift'];

/**
 * Stops of the machine that nobody but the machine can see through: dependents of a connector that it has to let go on, and
 * halts whose cause it has to find gone. Who was terminated since waits for nothing.
 */
export function awaited(
  { evidence, cohorts }: Pick<DeploymentView, 'evidence' | 'cohorts'>,
  standing: Standing,
): StandingTrigger[] {
  return standing.opened().filter(({ row, stop, cohorts: stopped }) => {
    if (stop === null) return false;
    const resumed = row === 'connector-outage';
    const unproven = ENDED_BY_EVIDENCE.includes(row) && evidence[causeGoneSubject(stop)] === undefined;
    const somebody = stopped.length === 0 || stopped.some((cohort) => cohorts[cohort]?.mode !== 'terminated');
    return (resumed || unproven) && somebody;
  });
}
