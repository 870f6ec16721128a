import { clause, roleName } from '../describe/words.ts';
import { ESCALATION_LEVELS } from '../entry.ts';
import { buttonValue, type Notice } from '../notice.ts';
import type { EscalationView } from '../view.ts';
import { personName, timeOf, type Made, type Told } from './told.ts';

type Raised = EscalationView['raised'][number];

export const escalationKey = (escalation: string, level: string): string => `escalation/${escalation}/${level}`;

/** One message per level that was told. */
export const escalationsDue = (told: Told): Made[] =>
  Object.values(told.view.escalations).flatMap((e) =>
    e.raised.flatMap((raised) => {
      const key = escalationKey(e.escalation, raised.level);
      return told.view.notices[key] === undefined ? [{ key, notice: escalationNotice(told, e, raised) }] : [];
    }),
  );

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

/** In whose hands it is since this level was told; null: nobody's. */
const takenOn = ({ acknowledged }: EscalationView, raised: Raised): EscalationView['acknowledged'] =>
  acknowledged !== null && acknowledged.index > raised.index ? acknowledged : null;

export function escalationNotice(told: Told, e: EscalationView, raised: Raised): Notice {
  const { view, file } = told;
  const taken = takenOn(e, raised);
  const facts = [
    { label: 'Waiting for', value: roleName(e.owner) },
    { label: 'Since', value: timeOf(told, e.since) },
    { label: 'Told', value: raised.told.map((id) => personName(file, id)).join(', ') },
  ];
  const base = { facts, thread: true };
  if (e.closed !== null)
    return {
      ...base,
      title: `Done: ${e.what}`,
      tone: 'good',
      lines: [`${clause(e.closed.how)}, ${timeOf(told, e.closed.at)}, entry #${e.closed.index}`],
    };
  if (taken !== null) {
    const by = personName(file, taken.by);
    const whose = taken.handedTo === null ? `Taken on by ${by}` : `Handed to ${personName(file, taken.handedTo)} by ${by}`;
    return { ...base, title: `${whose}: ${e.what}`, tone: 'info', lines: [`${timeOf(told, taken.at)}, entry #${taken.index}`] };
  }
  const value = buttonValue(view.header.deployment, e.escalation);
  return {
    ...base,
    title: `Nobody has acted: ${e.what}`,
    tone: ESCALATION_LEVELS.indexOf(raised.level) >= ESCALATION_LEVELS.indexOf('platform-lead') ? 'bad' : 'warn',
    lines: ['Whoever takes it on says so here; otherwise the next ones are told.'],
    mention: raised.told,
    buttons: [
      { action: 'ack', label: 'I take it on', value, style: 'primary' },
      { action: 'hand-over', label: 'Hand over', value },
    ],
  };
}
