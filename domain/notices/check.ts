import type { Notice, NoticeAdapter } from '../notice.ts';
import type { DeploymentFile } from '../deployment-file.ts';
import type { DeploymentView } from '../view.ts';
import type { Made, Told } from './told.ts';

/** Adapters that the deployment file asks for, whether or not this worker has what they need. */
export const adaptersOf = (file: DeploymentFile): Exclude<NoticeAdapter, 'pager'>[] => [
  ...(file.slack === undefined ? [] : (['slack'] as const)),
  ...(file.alsoTo ?? []),
];

export const checkKey = (adapter: NoticeAdapter): string => `check/${adapter}`;

/** In the window that validates: a message that is delivered, and in Slack found again and edited. */
export const checksDue = ({ view, file, outlook }: Told): Made[] =>
  outlook.state.gatesPassed.includes('gate-1')
    ? adaptersOf(file).flatMap((adapter) => {
        const key = checkKey(adapter);
        return view.notices[key] === undefined ? [{ key, notice: checkNotice('delivered') }] : [];
      })
    : [];

export function checkNotice(state: 'delivered' | 'edited'): Notice {
  return {
    title: 'Delivery check',
    tone: state === 'edited' ? 'good' : 'info',
    lines: [
      state === 'edited'
        ? 'This message was delivered, found again and edited.'
        : 'This message shows that what golive says arrives here.',
    ],
    thread: true,
  };
}

/** Adapters that were checked, with the entry that says so; null as long as one is missing. */
export function checked(
  { notices }: Pick<DeploymentView, 'notices'>,
  file: DeploymentFile,
  editedRevision: string,
): { adapter: NoticeAdapter; entry: number; at: string }[] | null {
  const found = adaptersOf(file).flatMap((adapter) => {
    const sent = notices[checkKey(adapter)]?.sent[adapter];
    const done = sent !== undefined && (adapter !== 'slack' || sent.revision === editedRevision);
    return done ? [{ adapter, entry: sent.index, at: sent.at }] : [];
  });
  return found.length === adaptersOf(file).length ? found : null;
}
