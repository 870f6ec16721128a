import type { Pager, Webhook } from '../../clients/notify/port.ts';
import { deploymentId } from '../../domain/ids.ts';
import { pagesOf } from '../../domain/notices/pages.ts';
import type { DeploymentView } from '../../domain/view.ts';
import type { Deployment } from '../deployment.ts';
import { record } from '../entries.ts';
import type { Gatherer } from './gather.ts';
import { revisionOf } from './make.ts';
import { sentEntry, unsent } from './outgoing.ts';

/**
 * Teams takes what is said, and can be asked nothing: what was being sent when this process died is sent again.
 * False: there is nothing to send.
 */
export async function sendNext(d: Deployment, teams: Webhook, gatherer: Gatherer, view: DeploymentView): Promise<boolean> {
  const [next] = unsent(view, 'teams');
  if (next === undefined) return false;
  const { key } = next;
  const notice = await gatherer.words(d, next.made.index);
  await teams.send({ deployment: deploymentId(d.name), key, notice, mention: [] }, d.signal);
  await record(d.tenant.recorder, [sentEntry(d, view, { key, adapter: 'teams', revision: revisionOf(notice) })], d.signal);
  return true;
}

/** An alert is resolved when somebody has it in hand, or nobody need. A receiver takes the same one once. */
export async function pageNext(d: Deployment, pager: Pager, view: DeploymentView): Promise<boolean> {
  for (const { key, endsAt, ...alert } of pagesOf(view)) {
    const sent = view.notices[key]?.sent.pager?.revision;
    // Nobody is paged for what is over, and each is told once that it is.
    if (sent === 'resolved' || (sent === 'firing') === (endsAt === null)) continue;
    const status = sent === undefined ? 'firing' : 'resolved';
    const { name, file } = d;
    await pager.page(
      {
        ...alert,
        key: `${name.customer}/${name.deployment}/${key}`,
        status,
        ...(status === 'resolved' && endsAt !== null ? { endsAt } : {}),
        labels: { ...alert.labels, customer: name.customer, deployment: name.deployment, environment: file.environment },
      },
      d.signal,
    );
    await record(d.tenant.recorder, [sentEntry(d, view, { key, adapter: 'pager', revision: status })], d.signal);
    return true;
  }
  return false;
}
