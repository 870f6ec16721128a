import type { EntryData } from '../entry.ts';
import { clause, number, plural } from './words.ts';

const DOWN = { paused: 'paused', shadow: 'back in shadow', halted: 'halted', terminated: 'terminated', live: 'live' } as const;

export function flippedWords({ stop, ceiling, outcomes, handedInAt, lastAt, drill }: EntryData['stop.flipped']): string {
  const took = lastAt === null ? '' : `, ${number(Date.parse(lastAt) - Date.parse(handedInAt))} ms after the order`;
  const left = outcomes['not-applied'] + outcomes.unknown;
  const rest = left === 0 ? '' : `; ${plural(left, 'flip')} could not be made`;
  return `${drill ? 'Drill' : 'Stop'} ${stop}: ${number(outcomes.applied)} ${DOWN[ceiling]}${took}${rest}`;
}

export const landedWords = ({ stop, verdict, checks }: EntryData['stop.landed']): string =>
  `Stop ${stop} ${verdict === 'pass' ? 'has landed' : 'has not landed'}: ${checks.map((c) => `${c.name} ${c.verdict}`).join(', ')}`;

export const questionableWords = ({ stop, count, owner }: EntryData['writes.questionable']): string =>
  `Stop ${stop}: ${plural(count, 'write')} cannot be vouched for; ${owner} deals with them`;

export const firedWords = ({ row, subject, because }: EntryData['trigger.fired']): string =>
  `Trigger ${row} fires for ${subject}: ${clause(because)}`;

export const openedWords = ({ incident, severity, title }: EntryData['incident.opened']): string =>
  `Incident ${incident} (SEV-${severity}): ${clause(title)}`;

export const notedWords = ({ incident, act, text, by }: EntryData['incident.noted']): string =>
  act === 'ack'
    ? `${by} takes on incident ${incident}`
    : `Incident ${incident}, ${act} by ${by}${text.trim() === '' ? '' : `: ${clause(text)}`}`;

export const closedWords = ({ incident, rootCause, followUps, by }: EntryData['incident.closed']): string =>
  `${by} closes incident ${incident}: ${clause(rootCause)}; ${plural(followUps.length, 'follow-up')}`;

export const attestedWords = ({ subject, agents }: EntryData['exit.attested']): string =>
  `Exit attestation of ${subject}: ${plural(agents, 'agent')}`;

export const breakerWords = ({ dependency, part, state, because }: EntryData['breaker.changed']): string =>
  state === 'open'
    ? `${part} asks ${dependency} no more for now: ${clause(because)}`
    : `${part} asks ${dependency} again${state === 'half-open' ? ', to see whether it answers' : ''}`;
