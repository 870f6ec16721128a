import { clause, roleName } from '../describe/words.ts';
import { incidentIn } from '../escalation/asks.ts';
import { ESCALATION_LEVELS } from './entries.ts';
import { buttonValue, type Notice } from '../notice.ts';
import type { EscalationView, Recorded } from '../view.ts';
import { takeIncidentOn, takesIncidents } from './stops.ts';
import { personName, timeOf, type Made, type Told } from './told.ts';

type Raised = EscalationView['raised'][number];

/** The one message of an escalation, edited as it climbs. */
const escalationKey = (escalation: string): string => `escalation/${escalation}`;
/** What its levels are told besides; the pager's alerts have the same keys. */
export const levelKey = (escalation: string, { level }: Raised): string => `${escalationKey(escalation)}/${level}`;

export const escalationsDue = (told: Told): Made[] =>
  Object.values(told.view.escalations)
    .filter((e) => e.closed === null)
    .flatMap((e): Made[] => [
      { key: escalationKey(e.escalation), notice: escalationNotice(told, e) },
      // Somebody took it on before the others were called.
      ...(takenOn(e) === null ? e.raised.slice(1).map((raised) => climbed(told, e, raised)) : []),
    ])
    .filter(({ key }) => told.view.notices[key] === undefined);

/** An edit calls nobody: whoever is told next is called by a line of their own. */
const climbed = (told: Told, e: EscalationView, raised: Raised): Made => ({
  key: levelKey(e.escalation, raised),
  notice: {
    title: `${standing(told, e).words}: ${e.what}`,
    tone: isOpen(told, e) ? toneOf(raised) : 'info',
    lines: [
      `Told: ${raised.told.map((id) => personName(told.file, id)).join(', ')}. It is taken on at the message of this escalation.`,
    ],
    ...(isOpen(told, e) ? { mention: raised.told } : {}),
    thread: true,
  },
});

/** Every message about escalations as it reads now; the words of one that waited for its turn are those of its turn. */
export const escalationsNow = (told: Told): Made[] =>
  Object.values(told.view.escalations).flatMap((e) => [
    { key: escalationKey(e.escalation), notice: escalationNotice(told, e) },
    ...e.raised.slice(1).map((raised) => climbed(told, e, raised)),
  ]);

const toneOf = ({ level }: Raised): 'warn' | 'bad' =>
  ESCALATION_LEVELS.indexOf(level) >= ESCALATION_LEVELS.indexOf('platform-lead') ? 'bad' : 'warn';

/** Whoever was handed one hears of it at once, and by name. */
export const handedOverDue = (told: Told): Made[] =>
  Object.values(told.view.escalations).flatMap(({ acknowledged, closed, what, owner, since }): Made[] => {
    if (acknowledged?.handedTo == null || closed !== null) return [];
    const { by, handedTo, index } = acknowledged;
    const key = `handed/${index}`;
    const notice: Notice = {
      title: `For ${personName(told.file, handedTo)}: ${what}`,
      tone: 'warn',
      lines: [
        `Handed over by ${personName(told.file, by)}, entry #${index}. ${roleName(owner)} is waited for since ${timeOf(told, since)}.`,
      ],
      mention: [handedTo],
      thread: true,
    };
    return told.view.notices[key] === undefined ? [{ key, notice }] : [];
  });

/** In whose hands it is since the last level was told; null: nobody's. */
export const takenOn = ({ acknowledged, raised }: EscalationView): EscalationView['acknowledged'] =>
  acknowledged !== null && acknowledged.index > (raised.at(-1)?.index ?? 0) ? acknowledged : null;

const isOpen = ({ view }: Told, e: EscalationView): boolean =>
  e.closed === null && view.header.closedAt === null && takenOn(e) === null;

/** Where it stands, to be followed by what it is about, and the entry that says so. */
function standing(told: Told, e: EscalationView): { words: string; lines: string[] } {
  const { view, file } = told;
  const from = (r: Recorded): string => `${timeOf(told, r.at)}, entry #${r.index}`;
  if (e.closed !== null) return { words: 'Done', lines: [`${clause(e.closed.how)}, ${from(e.closed)}`] };
  if (view.header.closedAt !== null) return { words: 'Open at the close', lines: [] };
  const { acknowledged } = e;
  if (acknowledged === null)
    return { words: 'Nobody has acted', lines: ['Whoever takes it on says so here; otherwise the next ones are told.'] };
  const { by, handedTo } = acknowledged;
  const whose =
    handedTo === null
      ? `Taken on by ${personName(file, by)}`
      : `Handed to ${personName(file, handedTo)} by ${personName(file, by)}`;
  return { words: takenOn(e) === null ? `${whose}, and still not done` : whose, lines: [from(acknowledged)] };
}

export function escalationNotice(told: Told, e: EscalationView): Notice {
  const { view, file } = told;
  const { words, lines } = standing(told, e);
  const names = (persons: readonly string[]): string => persons.map((id) => personName(file, id)).join(', ');
  const last = e.raised.at(-1);
  const base = {
    title: `${words}: ${e.what}`,
    lines,
    facts: [
      { label: 'Waiting for', value: roleName(e.owner) },
      { label: 'Since', value: timeOf(told, e.since) },
      { label: 'Told', value: e.raised.map((r) => `${names(r.told)} (${r.level}, ${timeOf(told, r.at)})`).join('; ') },
    ],
    thread: true,
  };
  if (!isOpen(told, e)) return { ...base, tone: e.closed === null ? 'info' : 'good' };
  const value = buttonValue(view.header.deployment, e.escalation);
  const incident = incidentIn(e.about);
  return {
    ...base,
    tone: last === undefined ? 'warn' : toneOf(last),
    mention: last?.told ?? [],
    buttons: [
      // Who takes on the incident has taken on this as well; not the other way round.
      incident !== undefined && takesIncidents(told)
        ? takeIncidentOn(told, incident)
        : { action: 'ack', label: 'I take it on', value, style: 'primary' },
      { action: 'hand-over', label: 'Hand over', value },
    ],
  };
}
