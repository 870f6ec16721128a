import { deploymentId, type DeploymentName } from '../ids.ts';
import { inFixedOrder } from '../set/hash.ts';
import type { Bosses } from './line.ts';

/** Every manager to whom an agent is bound gets one synthetic escalation. In order of name. */
export const recipients = (queues: readonly { manager: string; agents: number }[]): string[] =>
  queues.flatMap(({ manager, agents }) => (agents > 0 ? [manager] : [])).sort();

/**
 * The one who is told to let theirs lie, so that passing on is tried in every drill: always the same for a deployment and
 * its managers, and one who has somebody above them, if there is any.
 */
export function designated(name: DeploymentName, managers: readonly string[], bosses: Bosses): string | null {
  const withBoss = managers.filter((manager) => (bosses.get(manager) ?? null) !== null);
  const pool = (withBoss.length > 0 ? withBoss : managers).map((id) => ({ id }));
  return inFixedOrder(pool, `${deploymentId(name)}/drill`)[0]?.id ?? null;
}
