import { designated, recipients } from '../../domain/drill/recipients.ts';
import type { Grant } from '../authority.ts';
import type { Deployment } from '../deployment.ts';
import type { SnapshotLines } from './bosses.ts';
import { readTrials } from './items.ts';
import { announce, carryOut, ITEMS_AT_ONCE } from './queue-write.ts';

export interface Asked {
  designated: string;
  /** Managers with a bound agent whose queue took no item. */
  notAsked: string[];
}

/** One synthetic escalation for every manager with a bound agent who has none yet. All calls at once, so that all wait equally long. */
export async function askManagers(d: Deployment, grant: Grant, lines: SnapshotLines): Promise<Asked> {
  const managers = recipients((await d.tenant.platform.queues(d.name.deployment, d.signal)).queues);
  const bosses = await lines.above(managers);
  const chosen = (await d.view()).drill?.designated ?? designated(d.name, managers, bosses) ?? '';
  const before = new Set((await readTrials(d)).items.map(({ manager }) => manager));
  const open = managers.filter((manager) => !before.has(manager));
  if (open.length === 0) return { designated: chosen, notAsked: [] };

  const at = new Date(d.now()).toISOString();
  const trials = open.map((manager) => ({ manager, leaveUnanswered: manager === chosen }));
  const calls = [];
  for (let i = 0; i < trials.length; i += ITEMS_AT_ONCE)
    calls.push({ at, operation: 'drill' as const, items: trials.slice(i, i + ITEMS_AT_ONCE) });
  const announced = await announce(d, grant, calls);
  const results = (await Promise.all(announced.map((one) => carryOut(d, grant, one)))).flat();
  return { designated: chosen, notAsked: open.filter((_, i) => results[i]?.status !== 'done') };
}
