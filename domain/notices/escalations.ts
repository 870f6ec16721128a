import { clause, roleName } from '../describe/words.ts';
import { ESCALATION_LEVELS } from '../entry.ts';
import { buttonValue, type Notice } from '../notice.ts';
import type { EscalationView } from '../view.ts';
import { personName, timeOf, type Made, type Told } from './told.ts';

type Raised = EscalationView['raised'][number];

/** The one message of an escalation, edited as it climbs. */
export const escalationKey = (escalation: string): string => `escalation/${escalation}`;
/** What its levels are told besides; the pager's alerts have the same keys. */
export const levelKey = (escalation: string, { level }: Raised): string => `${escalationKey(escalation)}/${level}`;

export const escalationsDue = (told: Told): Made[] =>
  Object.values(told.view.escalations)
    .filter((e) => e.closed === null)
    .flatMap((e): Made[] => [
      { key: escalationKey(e.escalation), notice: escalationNotice(told, e) },
      ...e.raised.slice(1).map((raised) => climbed(told, e, raised)),
    ])
    .filter(({ key }) => told.view.notices[key] === undefined);

/** An edit calls nobody: whoever is told now is called by a line of their own. */
const climbed = ({ file }: Told, { escalation, what }: EscalationView, raised: Raised): Made => ({
  key: levelKey(escalation, raised),
  notice: {
    title: `Still nobody: ${what}`,
    tone: toneOf(raised),
    lines: [
      `Now told: ${raised.told.map((id) => personName(file, id)).join(', ')}. Take it on at the message of this escalation.`,
    ],
    mention: raised.told,
    thread: true,
  },
});

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

export function escalationNotice(told: Told, e: EscalationView): Notice {
  const { view, file } = told;
  const names = (persons: readonly string[]): string => persons.map((id) => personName(file, id)).join(', ');
  const last = e.raised.at(-1);
  const taken = takenOn(e);
  const base = {
    facts: [
      { label: 'Waiting for', value: roleName(e.owner) },
      { label: 'Since', value: timeOf(told, e.since) },
      { label: 'Told', value: e.raised.map((r) => `${names(r.told)} (${r.level}, ${timeOf(told, r.at)})`).join('; ') },
    ],
    thread: true,
  };
  if (e.closed !== null)
    return {
      ...base,
      title: `Done: ${e.what}`,
      tone: 'good',
      lines: [`${clause(e.closed.how)}, ${timeOf(told, e.closed.at)}, entry #${e.closed.index}`],
    };
  if (view.header.closedAt !== null) return { ...base, title: `Open at the close: ${e.what}`, tone: 'warn', lines: [] };
  if (taken !== null) {
    const whose =
      taken.handedTo === null
        ? `Taken on by ${names([taken.by])}`
        : `Handed to ${names([taken.handedTo])} by ${names([taken.by])}`;
    return { ...base, title: `${whose}: ${e.what}`, tone: 'info', lines: [`${timeOf(told, taken.at)}, entry #${taken.index}`] };
  }
  const value = buttonValue(view.header.deployment, e.escalation);
  return {
    ...base,
    title: `Nobody has acted: ${e.what}`,
    tone: last === undefined ? 'warn' : toneOf(last),
    lines: ['Whoever takes it on says so here; otherwise the next ones are told.'],
    mention: last?.told ?? [],
    buttons: [
      { action: 'ack', label: 'I take it on', value, style: 'primary' },
      { action: 'hand-over', label: 'Hand over', value },
    ],
  };
}
