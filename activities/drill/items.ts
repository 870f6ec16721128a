import type { Escalation } from '../../clients/platform/port.ts';
import type { Deployment } from '../deployment.ts';
import { ITEMS_AT_ONCE } from './queue-write.ts';

export interface Read {
  items: Escalation[];
  /** The platform's clock less ours: never more than it really is, so that nothing is called due too early. */
  aheadMs: number;
}

/** Every synthetic escalation of the deployment; the pages only grow at their end. */
export async function readTrials(d: Deployment): Promise<Read> {
  const items: Escalation[] = [];
  for (;;) {
    const page = await d.tenant.platform.escalations(
      d.name.deployment,
      { limit: ITEMS_AT_ONCE, after: items.length, synthetic: true },
      d.signal,
    );
    items.push(...page.escalations);
    if (page.escalations.length < ITEMS_AT_ONCE) return { items, aheadMs: Date.parse(page.at) - d.now() };
  }
}

/** What live agents asked and nobody has decided, longest with its holder first, as far as `wanted` says. */
export async function readWaiting(d: Deployment, wanted: (last: Escalation, atMs: number) => boolean): Promise<Read> {
  const items: Escalation[] = [];
  for (;;) {
    const page = await d.tenant.platform.escalations(
      d.name.deployment,
      { limit: ITEMS_AT_ONCE, after: items.length, synthetic: false, open: true },
      d.signal,
    );
    items.push(...page.escalations);
    const last = page.escalations.at(-1);
    const more = last !== undefined && page.escalations.length === ITEMS_AT_ONCE && wanted(last, Date.parse(page.at));
    if (!more) return { items, aheadMs: Date.parse(page.at) - d.now() };
  }
}
