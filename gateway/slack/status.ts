import { roleName } from '../../domain/describe/words.ts';
import { rootNotice } from '../../domain/notices/status.ts';
import type { Facts } from './customer.ts';

const MOST_HOLDS = 10;

/** What the channel's own message says, as it is at this moment, and the holds with the ids by which they are released. */
export function statusLines({ view, file }: Facts, nowMs: number): string[] {
  const { title, lines, facts = [] } = rootNotice(view, file, nowMs);
  const holds = Object.values(view.holds).filter((hold) => hold.released === null);
  return [
    title,
    ...lines,
    ...facts.map(({ label, value }) => `${label}: ${value}`),
    ...holds
      .slice(0, MOST_HOLDS)
      .map(({ holdId, why, releasedBy }) => `Hold ${holdId}: ${why} (${roleName(releasedBy)} releases it)`),
    ...(holds.length > MOST_HOLDS ? [`and ${holds.length - MOST_HOLDS} more holds`] : []),
  ];
}
