import { log } from '@temporalio/activity';
import { ruleMs } from '../../domain/clock.ts';
import { approvalWatchItems } from '../../domain/approval-path/limits.ts';
import type { DeploymentFile } from '../../domain/deployment-file.ts';
import type { NewEntry } from '../../domain/entry.ts';
import { openOrders } from '../../domain/escalation/asks.ts';
import { escalations } from '../../domain/escalation/due.ts';
import type { DeploymentView } from '../../domain/view.ts';
import { pause } from '../boundary.ts';
import type { PeopleActivities } from '../contract.ts';
import { openDeploymentContext, type Deployment } from '../deployment.ts';
import { record } from '../entries.ts';
import type { Ports } from '../ports.ts';

const SHORTEST_ROUND_MS = 250;
const LONGEST_ROUND_MS = 15_000;

export const peopleActivities = (ports: Ports): PeopleActivities => ({
  async watchPeople({ name }) {
    let d = await openDeploymentContext(ports, name);
    for (;;) {
      const view = await d.view();
      const { entries, nextAtMs } = peopleEntries(d, view, d.file);
      if (entries.length > 0) await record(d.tenant.recorder, entries, d.signal);
      else if (view.header.closedAt !== null) return;
      await pause(entries.length > 0 ? SHORTEST_ROUND_MS : roundMs(d, nextAtMs));
      d.signal.throwIfAborted();
      d = await renewed(ports, d);
    }
  },
});

/** What is to be written now about whom nobody answered, and how the approval path stands. */
export function peopleEntries(
  d: Pick<Deployment, 'entry' | 'now'>,
  view: DeploymentView,
  file: DeploymentFile,
): { entries: NewEntry[]; nextAtMs: number | null } {
  const now = d.now();
  const orders = openOrders(view, file, now);
  const { raise, close, nextAtMs } = escalations(view, file, now, orders);
  const items = approvalWatchItems(view, file, now, orders);
  return {
    nextAtMs,
    entries: [
      ...raise.map((r) => d.entry('escalation.raised', `escalation/${r.escalation}/${r.level}`, r)),
      ...close.map((c) => d.entry('escalation.closed', `escalation/${c.escalation}/closed`, c)),
      ...items.map((i) => d.entry('watch-item', `watch/${i.id}${i.closed === true ? '/closed' : ''}`, i)),
    ],
  };
}

/** Until the next level is due, but looking often enough that what is new is seen well before its first level. */
function roundMs(d: Deployment, nextAtMs: number | null): number {
  const longest = Math.min(LONGEST_ROUND_MS, ruleMs('escalate-on-call', d.file.speed) / 4);
  return Math.max(SHORTEST_ROUND_MS, Math.min(longest, (nextAtMs ?? Number.POSITIVE_INFINITY) - d.now()));
}

/** People are replaced by a new version of the file in mid-run; while the bucket is away, the old one says who is who. */
async function renewed(ports: Ports, d: Deployment): Promise<Deployment> {
  try {
    return await openDeploymentContext(ports, d.name);
  } catch (error) {
    d.signal.throwIfAborted();
    log.warn('the deployment file cannot be read now', { error: error instanceof Error ? error.message : String(error) });
    return d;
  }
}
