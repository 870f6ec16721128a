import type { EntryData, RecordedEntry } from '../entry.ts';
import type { DeploymentView, NoticeView } from '../view.ts';
import { own, placeOf, put } from './record.ts';

/** What people were told, whom nobody answered, and who acts for whom. */

function noticeOf(view: DeploymentView, key: string): NoticeView {
  const known = own(view.notices, key);
  if (known) return known;
  const fresh: NoticeView = { key, made: null, sent: {} };
  put(view.notices, key, fresh);
  return fresh;
}

export function noticeMade(view: DeploymentView, entry: RecordedEntry, { key }: EntryData['notice.made']): void {
  noticeOf(view, key).made ??= placeOf(entry);
}

export function noticeSent(view: DeploymentView, entry: RecordedEntry, data: EntryData['notice.sent']): void {
  const { sent } = noticeOf(view, data.key);
  const place = data.place ?? sent[data.adapter]?.place ?? null;
  sent[data.adapter] = { revision: data.revision, place, ...placeOf(entry) };
}

export function turnedAway(view: DeploymentView, { counts }: EntryData['gateway.refused']): void {
  for (const [reason, count] of Object.entries(counts)) put(view.turnedAway, reason, (own(view.turnedAway, reason) ?? 0) + count);
}

export function escalationRaised(view: DeploymentView, entry: RecordedEntry, data: EntryData['escalation.raised']): void {
  const { escalation, about, what, owner, since, level, told } = data;
  const known = own(view.escalations, escalation) ?? {
    ...{ escalation, about, what, owner, since, raised: [], acknowledged: null, closed: null },
  };
  known.raised.push({ level, told, ...placeOf(entry) });
  put(view.escalations, escalation, known);
}

export function escalationClosed(view: DeploymentView, entry: RecordedEntry, data: EntryData['escalation.closed']): void {
  const known = own(view.escalations, data.escalation);
  if (known) known.closed = { how: data.how, ...placeOf(entry) };
}

export const isRevoked = ({ delegations }: DeploymentView, delegation: string | null): boolean =>
  delegation !== null && own(delegations, delegation)?.revoked != null;

/** The orders among people: who took an escalation on, who acts for whom. */
export function orderAmongPeople(view: DeploymentView, entry: RecordedEntry, data: EntryData['command.applied']): void {
  const { id, kind, person, args } = data.command;
  const place = placeOf(entry);
  if (kind === 'ack') {
    const known = own(view.escalations, args.escalation ?? '');
    if (known) known.acknowledged = { by: person, handedTo: args.handTo ?? null, ...place };
  }
  if (kind === 'delegate' && args.delegation) {
    put(view.delegations, id, { ...args.delegation, id, principal: person, revoked: null, ...place });
  }
  if (kind === 'revoke') {
    const known = own(view.delegations, args.delegationId ?? '');
    if (known) known.revoked ??= { by: person, ...place };
    for (const signOff of view.signOffs) if (isRevoked(view, signOff.delegation)) signOff.current = false;
  }
}
