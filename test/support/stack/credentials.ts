import type { JournalEvent } from '../../../rehearsal/platform/events.ts';

/** The credentials that are valid now, by agent: what was minted, without what was revoked or replaced since. */
export function liveCredentials(journal: readonly JournalEvent[]): Map<string, number[]> {
  const live = new Map<string, number[]>();
  const drop = (agent: string, version: number | null) =>
    live.set(
      agent,
      (live.get(agent) ?? []).filter((other) => other !== version),
    );
  for (const event of journal) {
    if (event.op === 'revoke') for (const { agent, version } of event.items) drop(agent, version);
    if (event.op !== 'mint') continue;
    for (const { agent, version, replaces } of event.items) {
      drop(agent, replaces);
      live.set(agent, [...(live.get(agent) ?? []), version]);
    }
  }
  return live;
}
