import { formatT } from './clock.ts';
import { commandWords, scopeWords } from './describe/command.ts';
import { interceptWords } from './describe/intercept.ts';
import { drillWords } from './describe/drill.ts';
import { directWords } from './describe/direct.ts';
import { outcomeWords } from './describe/outcomes.ts';
import {
  attestedWords,
  breakerWords,
  closedWords,
  firedWords,
  flippedWords,
  landedWords,
  notedWords,
  openedWords,
  questionableWords,
} from './describe/stops.ts';
import { clause, list, number, plural, roleName } from './describe/words.ts';
import type { EntryData, NewEntry } from './entry.ts';
import { findRow } from './runbook/rows.ts';

/**
 * One entry in operator's words, or null when it says nothing to them: an intent is half a fact, and what was done to
 * single agents is told per cohort (`describeRun`).
 */
export function describe(entry: NewEntry): string | null {
  const cohort = entry.cohort === undefined ? '' : `${entry.cohort}: `;
  switch (entry.kind) {
    case 'deployment.opened': {
      const { environment, startedBy, speed } = entry.data;
      const fast = speed === 1 ? '' : `, ${number(speed)} times as fast as the clock`;
      return `${startedBy} opens the deployment ${entry.customer}/${entry.deployment} (${environment}${fast})`;
    }
    case 'set.verified':
      return `The manifest set is what was signed by ${entry.data.signer}: ${plural(entry.data.manifests, 'manifest')}, ${plural(entry.data.agents, 'agent')}`;
    case 'set.refused':
      return `The manifest set is refused: ${plural(entry.data.problems, 'problem')}`;
    case 'plan.recorded': {
      const { cohorts, managers, forecastMintHours } = entry.data;
      const agents = cohorts.reduce((sum, planned) => sum + planned.agents, 0);
      const minting = `minting takes ${Math.round(forecastMintHours * 10) / 10} h at the platform's limit`;
      return `Planned: ${plural(agents, 'agent')} in ${plural(cohorts.length, 'cohort')} for ${plural(managers, 'manager')}; ${minting}`;
    }
    case 'clock.started':
      return `The T-clock ${entry.data.planHours === 0 ? 'starts' : 'goes on'} at ${formatT(entry.data.planHours)}`;
    case 'clock.stopped':
      return `The T-clock stands still at ${formatT(entry.data.planHours)}: ${clause(entry.data.reason)}`;
    case 'clock.rebaselined':
      return `The T-clock is set back by ${entry.data.shiftHours} h: ${clause(entry.data.reason)}`;
    case 'command.applied':
      // A signature is told by its sign-offs, group by group; what is said about an incident by the incident's own entries.
      return ['sign', 'incident'].includes(entry.data.command.kind) ? null : commandWords(entry.data.command);
    case 'command.refused':
      return `Refused: ${entry.data.kind} by ${entry.actor}. ${entry.data.sentence}`;
    case 'direct.adopted':
      return directWords(entry.data);
    case 'milestone':
      return milestoneWords(entry.data);
    case 'gate.passed':
      return `${entry.data.gate.replace(/^gate-/, 'Gate ')} is passed at ${formatT(entry.data.planHours)}`;
    case 'intent':
      return null;
    case 'outcome': {
      if (entry.agent !== undefined && entry.agent !== '*') return null;
      return `${cohort}${outcomeWords(entry.data, entry.data.items?.count ?? 0)}`;
    }
    case 'cohort.phase':
      return phaseWords(cohort, entry.data);
    case 'wave.started': {
      const { wave, cohorts, ramp } = entry.data;
      return `Wave ${wave} starts with ${plural(cohorts.length, 'cohort')}, by ${ramp.join(', ')} %`;
    }
    case 'wave.step':
      return `Wave ${entry.data.wave} is at ${entry.data.percent} %`;
    case 'verdict': {
      const { subject, verdict, reasons, samples } = entry.data;
      return `${subject}: ${verdict} on ${plural(samples, 'sample')}${reasons.length > 0 ? ` (${list(reasons.map(clause))})` : ''}`;
    }
    case 'wave.closed': {
      const { wave, live, left } = entry.data;
      return `Wave ${wave} is done: ${plural(live, 'cohort')} live${left.length > 0 ? `, left behind: ${list(left)}` : ''}`;
    }
    case 'hold.added': {
      const { scope, why, ceiling, releasedBy, by } = entry.data;
      const lift = by === undefined ? `; ${roleName(releasedBy)} may release it` : '';
      return `Hold on ${scopeWords(scope)}, at most ${ceiling}: ${clause(why)}${lift}`;
    }
    case 'hold.released': {
      const { holdId, by, cohorts } = entry.data;
      return `Hold ${holdId} is released by ${by}${cohorts === undefined ? '' : ` for ${list(cohorts)}`}`;
    }
    case 'group.evidence': {
      const { group, cohorts, agents } = entry.data;
      return `${group} can be signed: ${plural(cohorts.length, 'cohort')}, ${plural(agents, 'agent')}`;
    }
    case 'sign-off':
      return `${roleName(entry.data.role)} ${entry.data.decision === 'approve' ? 'signs' : 'rejects'} ${entry.data.group}`;
    case 'evidence':
      return `${entry.data.subject}: ${clause(entry.data.summary)}`;
    case 'writes.approved':
      return `${plural(entry.data.count, 'write')} approved by managers`;
    case 'intercept.verdicts':
      return `${cohort}${interceptWords(entry.data.verdicts)}`;
    case 'drill.measured':
      return drillWords(entry.data.figures);
    case 'watch-item':
      return `Watch item ${entry.data.closed ? 'closed' : 'opened'}: ${clause(entry.data.text)} (${roleName(entry.data.owner)})`;
    case 'task.opened':
      return `Waiting for ${roleName(entry.data.owner)}: ${clause(entry.data.sentence)}. ${entry.data.next}`;
    case 'task.closed':
      return `${entry.data.taskId} needs nobody any more: ${clause(entry.data.how)}`;
    case 'card.issued':
    case 'notice.made':
    case 'notice.sent':
      return null;
    case 'gateway.refused': {
      const counts = Object.entries(entry.data.counts).map(
        ([reason, count]) => `${reason.replaceAll('_', ' ')} ${number(count)}`,
      );
      return `The gateway turned away: ${list(counts, 6)}`;
    }
    case 'escalation.raised': {
      const { what, owner, told, level } = entry.data;
      return `Nobody acted: ${roleName(owner)} is to ${clause(what)}; told ${list(told)} (${level.replaceAll('-', ' ')})`;
    }
    case 'escalation.closed':
      return `${entry.data.escalation} needs nobody any more: ${clause(entry.data.how)}`;
    case 'stop.flipped':
      return flippedWords(entry.data);
    case 'stop.landed':
      return landedWords(entry.data);
    case 'writes.questionable':
      return questionableWords(entry.data);
    case 'trigger.fired':
      return firedWords(entry.data);
    case 'trigger.cleared':
      return `Trigger ${entry.data.row} is quiet for ${entry.data.subject}: ${clause(entry.data.because)}`;
    case 'incident.opened':
      return openedWords(entry.data);
    case 'incident.noted':
      return notedWords(entry.data);
    case 'incident.closed':
      return closedWords(entry.data);
    case 'exit.attested':
      return attestedWords(entry.data);
    case 'breaker.changed':
      return breakerWords(entry.data);
    case 'deployment.closed':
      return `The deployment is closed: ${entry.data.result.replaceAll('-', ' ')}`;
  }
}

function milestoneWords(data: EntryData['milestone']): string | null {
  const { row, status, donePlanHours, duePlanHours, reason } = data;
  const title = clause(findRow(row)?.title ?? row);
  const because = reason === undefined || reason === '' ? '' : ` (${clause(reason)})`;
  const at = donePlanHours === undefined ? '' : ` at ${formatT(donePlanHours)}`;
  switch (status) {
    case 'pending':
      return null;
    case 'met':
      return `${row} is met${at}: ${title}`;
    case 'late':
      return `${row} is met late${at}, due ${formatT(duePlanHours)}: ${title}${because}`;
    case 'missed':
      return `${row} is missed, due ${formatT(duePlanHours)}: ${title}${because}`;
    case 'waived':
      return `${row} is waived${because}: ${title}`;
    case 'not-applicable':
      return `${row} does not apply${because}: ${title}`;
  }
}

const PHASES: Record<EntryData['cohort.phase']['phase'], string> = {
  registered: 'registered',
  creating: 'agents are being created',
  binding: 'agents are being bound to their managers',
  sampling: 'the sample is being credentialled and tested',
  minting: 'credentials are being minted',
  ready: 'ready: every agent is credentialled and answers ALLOW',
  shadow: 'running in shadow',
  'signed-off': 'signed off',
  ramping: 'on its ramp',
  live: 'live',
  'handed-over': 'handed over',
  isolated: 'isolated',
  held: 'held',
  parked: 'parked',
};

function phaseWords(cohort: string, { phase, reason, liftedBy }: EntryData['cohort.phase']): string {
  const why = reason === undefined || reason === '' ? '' : `: ${clause(reason)}`;
  const lift = liftedBy === undefined || liftedBy === '' ? '' : `. ${liftedBy}`;
  return `${cohort}${PHASES[phase]}${why}${lift}`;
}
