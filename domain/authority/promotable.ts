import type { Scope } from '../command.ts';
import type { CohortPhase } from '../entry.ts';
import { isSettled, statusOf } from '../gate.ts';
import { effectiveMode, holdsOn, liftOf, type Hold } from '../hold.ts';
import { WAVES } from '../runbook/waves.ts';
import type { CohortView, DeploymentStateView } from './context.ts';
import { lackingSignatures } from './quorum.ts';

export interface Promotable {
  /** Cohorts that go into the wave, in order of their names. */
  cohorts: string[];
  /** The others of the scope, each with the reason in operator's words. */
  leftOut: Record<string, string>;
  /** Of those left out, the ones that are live already or on their way there. */
  liveAlready: string[];
  /** Of those left out, the ones on which a stop stands that a promotion does not lift. */
  stopped: string[];
  /** Rollbacks that end for these cohorts: a person who may promote is what lifts them. */
  lifts: { hold: Hold; cohorts: string[] }[];
}

interface Named extends CohortView {
  id: string;
  group: string;
}

/**
 * Which cohorts of a scope a promotion lets go live now: signed for by all three, on the way in shadow (or left behind by
 * their wave), and with no hold on them but those that a promotion itself lifts:
 * rollbacks, unless they came after the order was given (`givenAt`). Computed from the same state by who judges the order and by who carries it out.
 */
export const promotable = (state: DeploymentStateView, scope: Scope, givenAt?: string): Promotable => {
  const result: Promotable = { cohorts: [], leftOut: {}, liveAlready: [], stopped: [], lifts: [] };
  for (const cohort of cohortsIn(state, scope)) {
    const holds = holdsOn(state.holds, { cohort: cohort.id, group: cohort.group, wave: cohort.shape });
    const lifts = holds.filter((hold) => liftOf(hold) === 'promote' && !(Date.parse(hold.since) > Date.parse(givenAt ?? '')));
    const inTheWay = holds.filter((hold) => !lifts.includes(hold));
    const why = notPromotable(state, cohort, scope, inTheWay, lifts.length > 0);
    if (why === null) {
      result.cohorts.push(cohort.id);
      for (const hold of lifts) liftFor(result, hold, cohort.id);
      continue;
    }
    result.leftOut[cohort.id] = why;
    if (inTheWay.some((hold) => hold.kind !== undefined)) result.stopped.push(cohort.id);
    else if (isLiveOrRamping(cohort)) result.liveAlready.push(cohort.id);
  }
  return result;
};

/** All cohorts that a scope of level wave, group or cohort means. */
export const cohortsIn = (state: DeploymentStateView, { level, names }: Scope): Named[] =>
  Object.entries(state.groups)
    .flatMap(([group, cohorts]) => Object.entries(cohorts).map(([id, view]) => ({ ...view, id, group })))
    .filter(({ id, group, shape }) => {
      const name = { wave: shape, group, cohort: id }[level as 'wave' | 'group' | 'cohort'];
      return name !== undefined && names.includes(name);
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));

/** With its signatures there and no hold on it, `held` means that it was signed late, or that its wave went on without it. */
const IN_SHADOW: readonly CohortPhase[] = ['shadow', 'signed-off', 'held'];

export const isLiveOrRamping = ({ phase }: { phase: CohortPhase | null }): boolean =>
  phase === 'ramping' || phase === 'live' || phase === 'handed-over';

const liftFor = ({ lifts }: Promotable, hold: Hold, cohort: string): void => {
  const known = lifts.find((lift) => lift.hold.id === hold.id);
  if (known) known.cohorts.push(cohort);
  else lifts.push({ hold, cohorts: [cohort] });
};

const notPromotable = (
  state: DeploymentStateView,
  cohort: Named,
  scope: Scope,
  inTheWay: readonly Hold[],
  rolledBack: boolean,
): string | null => {
  const unsigned = lackingSignatures(state, cohort.group);
  const wasLive = rolledBack && isLiveOrRamping(cohort);
  if (isLiveOrRamping(cohort) && !wasLive && inTheWay.length === 0) return 'it is live already, or on its way there';
  if (unsigned !== '') return `group ${cohort.group} lacks ${unsigned}`;
  if (effectiveMode('live', inTheWay) !== 'live') return inTheWay.map((h) => `${h.kind ?? 'hold'} ${h.id}: ${h.why}`).join('; ');
  if (!wasLive && !IN_SHADOW.includes(cohort.phase)) return `it is ${cohort.phase}`;
  const { promoted } = WAVES[cohort.shape];
  const early = scope.level !== 'wave' && !isSettled(statusOf(promoted, state.milestones));
  return early ? `the ${cohort.shape} wave is not promoted yet` : null;
};
