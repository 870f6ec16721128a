import { newClock, rebaseline } from '../clock.ts';
import type { EntryData, RecordedEntry } from '../entry.ts';
import type { DeploymentView } from '../view.ts';
import { clockStarted, clockStopped } from './clock.ts';
import { cohortPhase, planRecorded } from './cohorts.ts';
import { holdAdded, holdReleased } from './holds.ts';
import { commandApplied, commandAt, commandRefused, groupEvidence, signOff } from './orders.ts';
import { intent, outcome } from './outcomes.ts';
import { drillMeasured, queueIntent, queueOutcome } from './queues.ts';
import { own, placeOf, put } from './record.ts';
import { interceptVerdicts, writesApproved } from './running.ts';
import { escalationClosed, escalationRaised, noticeMade, noticeSent, turnedAway } from './people.ts';
import { sample } from './series.ts';
import {
  breakerChanged,
  exitAttested,
  incidentClosed,
  incidentNoted,
  incidentOpened,
  stopFlipped,
  stopLanded,
  triggerCleared,
  triggerFired,
  writesQuestionable,
} from './stops.ts';
import { verdict, waveClosed, waveStarted, waveStep } from './waves.ts';

/**
 * Takes one entry into the view, which is changed in place: a fold runs over 100,000 entries. Entries come in the order
 * of the log, each once. The answer depends on nothing else, so every process that folds sees the same.
 */
export function fold(view: DeploymentView, entry: RecordedEntry): void {
  const place = placeOf(entry);
  const { figures } = view;
  figures.entries += 1;
  figures.byKind[entry.kind] = (figures.byKind[entry.kind] ?? 0) + 1;
  figures.first ??= place;
  figures.last = place;
  apply(view, entry);
  sample(view, entry.at);
}

/** The view as it is served: without what only folding on needs. */
export const withoutLedger = (view: DeploymentView): DeploymentView => ({ ...view, ledger: {} });

function apply(view: DeploymentView, entry: RecordedEntry): void {
  const place = placeOf(entry);
  switch (entry.kind) {
    case 'deployment.opened':
      return opened(view, entry, entry.data);
    case 'set.verified':
      view.set.verified = { ...entry.data, ...place };
      return;
    case 'set.refused':
      view.set.refused = { ...entry.data, ...place };
      return;
    case 'plan.recorded':
      return planRecorded(view, entry, entry.data);
    case 'clock.started':
      return clockStarted(view, entry.data);
    case 'clock.stopped':
      return clockStopped(view, Date.parse(entry.at));
    case 'clock.rebaselined':
      view.clock = rebaseline(view.clock, entry.data.shiftHours);
      return;
    case 'command.applied':
      return commandApplied(view, entry, entry.data);
    case 'command.refused':
      return commandRefused(view, entry, entry.data);
    case 'direct.adopted':
      put(view.direct, entry.data.record.digest, { ...entry.data, ...place });
      return;
    case 'milestone':
      return milestone(view, entry, entry.data);
    case 'gate.passed':
      put(view.gates, entry.data.gate, { ...entry.data, by: commandAt(view, entry.data.commandIndex)?.person ?? null, ...place });
      return;
    case 'intent':
      queueIntent(view, entry, entry.data);
      return intent(view, entry.data);
    case 'outcome':
      queueOutcome(view, entry.data);
      return outcome(view, entry, entry.data);
    case 'cohort.phase':
      return cohortPhase(view, entry, entry.data);
    case 'wave.started':
      return waveStarted(view, entry, entry.data);
    case 'wave.step':
      return waveStep(view, entry, entry.data);
    case 'verdict':
      return verdict(view, entry, entry.data);
    case 'wave.closed':
      return waveClosed(view, entry, entry.data);
    case 'hold.added':
      return holdAdded(view, entry, entry.data);
    case 'hold.released':
      return holdReleased(view, entry, entry.data);
    case 'group.evidence':
      return groupEvidence(view, entry, entry.data);
    case 'sign-off':
      return signOff(view, entry, entry.data);
    case 'evidence':
      put(view.evidence, entry.data.subject, { ...entry.data, ...place });
      return;
    case 'writes.approved':
      return writesApproved(view, entry, entry.data);
    case 'intercept.verdicts':
      return interceptVerdicts(view, entry, entry.data);
    case 'drill.measured':
      return drillMeasured(view, entry, entry.data);
    case 'watch-item': {
      const { id, text, owner, closed } = entry.data;
      const known = own(view.watchItems, id);
      put(view.watchItems, id, { ...(known ?? place), id, text, owner, closed: closed ? place : null });
      return;
    }
    case 'task.opened':
      put(view.tasks, entry.data.taskId, { ...entry.data, cohort: entry.cohort ?? null, closed: null, ...place });
      return;
    case 'task.closed': {
      const task = own(view.tasks, entry.data.taskId);
      if (task) task.closed = { how: entry.data.how, ...place };
      return;
    }
    case 'card.issued':
      put(view.cards, entry.data.card, { ...entry.data, ...place });
      return;
    case 'notice.made':
      return noticeMade(view, entry, entry.data);
    case 'notice.sent':
      return noticeSent(view, entry, entry.data);
    case 'gateway.refused':
      return turnedAway(view, entry.data);
    case 'escalation.raised':
      return escalationRaised(view, entry, entry.data);
    case 'escalation.closed':
      return escalationClosed(view, entry, entry.data);
    case 'stop.flipped':
      return stopFlipped(view, entry, entry.data);
    case 'stop.landed':
      return stopLanded(view, entry, entry.data);
    case 'writes.questionable':
      return writesQuestionable(view, entry, entry.data);
    case 'trigger.fired':
      return triggerFired(view, entry, entry.data);
    case 'trigger.cleared':
      return triggerCleared(view, entry, entry.data);
    case 'incident.opened':
      return incidentOpened(view, entry, entry.data);
    case 'incident.noted':
      return incidentNoted(view, entry, entry.data);
    case 'incident.closed':
      return incidentClosed(view, entry, entry.data);
    case 'exit.attested':
      return exitAttested(view, entry, entry.data);
    case 'breaker.changed':
      return breakerChanged(view, entry, entry.data);
    case 'deployment.closed':
      view.header.closedAt = entry.at;
      view.header.result = entry.data.result;
      view.header.brief = entry.data.brief ?? null;
      return;
  }
}

function opened(view: DeploymentView, entry: RecordedEntry, data: EntryData['deployment.opened']): void {
  Object.assign(view.header, {
    customer: entry.customer,
    deployment: entry.deployment,
    environment: data.environment,
    logOrigin: data.logOrigin,
    runbook: data.runbook,
    manifestSetDigest: data.manifestSetDigest,
    deploymentFile: data.deploymentFile,
    speed: data.speed,
    startedBy: data.startedBy,
    openedAt: entry.at,
  } satisfies Partial<DeploymentView['header']>);
  if (view.clock.startedAtMs === null) view.clock = newClock(data.speed);
}

function milestone(view: DeploymentView, entry: RecordedEntry, data: EntryData['milestone']): void {
  put(view.milestones, data.row, {
    row: data.row,
    status: data.status,
    dueAt: data.dueAt,
    doneAt: data.doneAt ?? null,
    duePlanHours: data.duePlanHours,
    donePlanHours: data.donePlanHours ?? null,
    reason: data.reason ?? null,
    evidence: data.evidence ?? null,
    ...placeOf(entry),
  });
}
