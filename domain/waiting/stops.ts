import { own, subjects } from '../authority/context.ts';
import { missingLifters } from '../authority/lifting.ts';
import { promotable } from '../authority/promotable.ts';
import { MACHINE } from '../authority/signer.ts';
import { list } from '../describe/words.ts';
import { activeHolds, covers, type Hold } from '../hold.ts';
import { modeRank } from '../mode.ts';
import { rolesAllowed } from '../runbook/commands.ts';
import { causeGoneSubject } from '../stop/triggers/standing.ts';
import type { CohortView, DeploymentView, HoldView } from '../view.ts';
import { ask, isApplied, type Situation, type Waiting } from './ask.ts';

/**
 * What golive stopped by itself waits for people: new credentials where a connector saw the wrong identity, two voices that
 * lift a halt once its cause is gone, and a promotion once it has landed. Who stopped something themselves knows what for;
 * once they have taken it back, what it held is promoted again like all else.
 */
export function afterStops(s: Situation): Waiting[] {
  const halts = activeHolds(s.state.holds).filter(({ by, kind }) => by === MACHINE && kind === 'halt');
  return [...halts.flatMap((halt) => [...reissues(s, halt), ...lifts(s, halt)]), ...promotions(s)];
}

const rowOf = ({ view }: Situation, { id }: Hold): string | undefined => own(view.commands, id)?.args.trigger;

function reissues(s: Situation, halt: Hold): Waiting[] {
  if (rowOf(s, halt) !== 'wrong-identity' || isCauseGone(s.view, halt.id)) return [];
  const stoppedAt = own(s.view.commands, halt.id)?.index ?? 0;
  return halt.scope.names.flatMap((cohort) => {
    const given = Object.values(s.view.commands).some(
      (c) => isApplied(c, 'reissue') && c.index > stoppedAt && c.scope?.names.includes(cohort) === true,
    );
    const role = 'connector-standby' as const;
    const what = `give ${cohort} new credentials: ${halt.why}`;
    return given
      ? []
      : [ask(s, { id: `reissue/${cohort}`, role, what, since: halt.since, verb: ['reissue', '--cohort', cohort] })];
  });
}

function lifts(s: Situation, halt: Hold): Waiting[] {
  if (!isCauseGone(s.view, halt.id)) return [];
  const voices = own(s.state.decided, subjects.lift(halt.id, halt.scope));
  return missingLifters(s.state, halt, halt.scope).map((role) =>
    ask(s, {
      ...{ id: `lift/${halt.id}/${role}`, role, since: own(s.view.evidence, causeGoneSubject(halt.id))?.at },
      what: `lift the halt of ${halt.scope.names.length > 0 ? list(halt.scope.names) : 'everything'}, whose cause is gone: ${halt.why}`,
      verb: ['lift', halt.id],
      ...(voices === undefined ? {} : { voices: [voices] }),
    }),
  );
}

const isCauseGone = ({ evidence }: DeploymentView, stop: string): boolean => own(evidence, causeGoneSubject(stop)) !== undefined;

/** From the first step of a ramp, by whoever may promote at this hour. */
function promotions(s: Situation): Waiting[] {
  if (!s.state.gatesPassed.includes('gate-2')) return [];
  const role = rolesAllowed('promote', 'cohort', s.plan)[0] ?? 'deployment-lead';
  return Object.values(s.view.cohorts)
    .filter((cohort) => isToPromote(s, cohort) && promotable(s.state, { level: 'cohort', names: [cohort.id] }).cohorts.length > 0)
    .map((cohort) =>
      ask(s, {
        ...{ id: `promote-again/${cohort.id}`, role, since: cohort.phaseAt, verb: ['promote', '--cohort', cohort.id] },
        what: `promote ${cohort.id} again: ${cohort.reason ?? 'it was stopped'}`,
      }),
    );
}

function isToPromote({ view }: Situation, cohort: CohortView): boolean {
  if (cohort.phase !== 'held' || underWay(view, cohort) || cameBackBefore(view, cohort)) return false;
  // On its way back still: what is promoted now would be about a state that is gone in a moment.
  if (cohort.mode !== null && modeRank(cohort.mode) < modeRank('shadow')) return false;
  const about = { cohort: cohort.id, group: cohort.group, wave: cohort.shape };
  const stops = Object.values(view.holds).filter((h) => h.kind !== 'hold' && covers(h.scope, about));
  if (isByStop(cohort)) return stops.length > 0 && stops.every((h) => isOver(view, h, cohort.id));
  // An alert made it leave its wave, and is over.
  const alerts = Object.values(view.triggers).filter(({ fired }) => fired.stop === null && fired.cohorts.includes(cohort.id));
  return cohort.code === 'not_stable' && alerts.length > 0 && alerts.every((t) => t.cleared !== null);
}

/** Stopped while it was up; or on its way up, where the platform refused what was authorised before. */
const isByStop = ({ code }: CohortView): boolean => code === 'stopped' || code === 'fenced' || code === 'precondition_failed';

/** It was taken back; or it ends by the promotion itself, has landed, and was golive's own or a drill. */
function isOver(view: DeploymentView, { holdId, kind, by, released, releasedFor }: HoldView, cohort: string): boolean {
  if (released !== null || releasedFor.includes(cohort)) return true;
  const promotes = by === MACHINE || own(view.commands, holdId)?.args.drill === true;
  return kind === 'rollback' && promotes && own(view.stops, holdId)?.landed?.verdict === 'pass';
}

/** A pause is about what it depends on. */
const STOPPED_FOR_CAUSE: readonly string[] = ['rollback', 'halt'];

/** What was stopped again for the same reason is asked for no more: somebody finds out why first, and then promotes it. */
function cameBackBefore({ commands, holds, waves }: DeploymentView, cohort: CohortView): boolean {
  const { id, group, shape } = cohort;
  if (!isByStop(cohort)) {
    const stops = Object.values(holds).filter((h) => h.kind !== 'hold' && covers(h.scope, { cohort: id, group, wave: shape }));
    // A wave that ended by a stop says nothing about how stable it would have been.
    return Object.values(waves).filter(({ cohorts }) => cohorts.includes(id)).length - stops.length > 2;
  }
  const rows = Object.values(commands).flatMap(({ person, outcome, kind, scope, args }) =>
    person === MACHINE && outcome === 'applied' && STOPPED_FOR_CAUSE.includes(kind) && scope?.names.includes(id) === true
      ? (args.trigger ?? [])
      : [],
  );
  return new Set(rows).size < rows.length;
}

/** Ordered since it was set aside, and not on its way yet. */
const underWay = ({ commands }: DeploymentView, { id, phaseAt }: CohortView): boolean =>
  Object.values(commands).some(
    (c) => isApplied(c, 'promote') && c.scope?.level === 'cohort' && c.scope.names.includes(id) && c.at > (phaseAt ?? ''),
  );
