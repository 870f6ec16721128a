import type { Message, Place } from '../../clients/notify/port.ts';
import type { NewEntry } from '../../domain/entry.ts';
import { deploymentId } from '../../domain/ids.ts';
import type { Notice, NoticeAdapter } from '../../domain/notice.ts';
import { adaptersFor } from '../../domain/notices/due.ts';
import type { DeploymentView, NoticeView, Recorded } from '../../domain/view.ts';
import type { Deployment } from '../deployment.ts';
import { subjectOf } from './make.ts';

type MadeView = NoticeView & { made: Recorded };

/** What was made and not sent, in the order in which it was made. */
export const unsent = ({ notices }: DeploymentView, adapter: NoticeAdapter): MadeView[] =>
  Object.values(notices).filter(
    (n): n is MadeView => n.made !== null && n.sent[adapter] === undefined && adaptersFor(n.key).includes(adapter),
  );

/** Persons are called by the names that Slack has for them. */
export const slackMessage = ({ name, file }: Deployment, key: string, notice: Notice): Message => ({
  deployment: deploymentId(name),
  key,
  notice,
  mention: (notice.mention ?? []).flatMap((id) => file.people.find((p) => p.id === id)?.slack ?? []),
});

/** That it was sent: one entry for each time that the message was given other words. */
export function sentEntry(
  d: Deployment,
  { notices }: DeploymentView,
  sent: { key: string; adapter: NoticeAdapter; revision: string; place?: Place },
): NewEntry {
  const before = notices[sent.key]?.sent[sent.adapter]?.index ?? 'first';
  return d.entry('notice.sent', `${subjectOf(sent.key)}/${sent.adapter}/${before}`, sent);
}
