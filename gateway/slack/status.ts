import { formatT, planHours } from '../../domain/clock.ts';
import { plural, roleName, list } from '../../domain/describe/words.ts';
import { waitingFor } from '../../domain/waiting.ts';
import type { Facts } from './customer.ts';

const MOST = 8;

/** How far it is and who is waited for, from the log alone. */
export function statusLines({ view, file }: Facts, nowMs: number): string[] {
  const plan = planHours(view.clock, nowMs);
  const { total, provisioning, shadow, live } = view.agents;
  const waiting = waitingFor(view, file, nowMs);
  const holds = Object.values(view.holds).filter((hold) => hold.released === null);
  return [
    `${file.customer}/${file.deployment} at ${plan === null ? 'T-0 not reached' : formatT(plan)}`,
    `${plural(total, 'agent')}: ${provisioning} provisioning, ${shadow} in shadow, ${live} live`,
    ...(waiting.length === 0 ? ['Nobody is waited for.'] : []),
    ...waiting.slice(0, MOST).map(({ role, persons, what }) => `Waiting for ${roleName(role)} (${list(persons)}) to ${what}`),
    ...holds.slice(0, MOST).map(({ holdId, why, releasedBy }) => `Hold ${holdId}: ${why} (${roleName(releasedBy)} releases it)`),
  ];
}
