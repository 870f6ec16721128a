import type { JournalEvent } from '../../../rehearsal/platform/events.ts';

/** The credentials that are valid now, by agent that was ever created: what was minted, without what was revoked or replaced since. */
export function liveCredentials(journal: readonly JournalEvent[]): Map<string, number[]> {
  const live = new Map<string, number[]>();
  const keep = (agent: string, wanted: (version: number) => boolean) => live.set(agent, (live.get(agent) ?? []).filter(wanted));
  for (const event of journal) {
    if (event.op === 'create') for (const { agent } of event.items) keep(agent, () => true);
    if (event.op === 'revoke') for (const { agent, version } of event.items) keep(agent, (other) => other !== version);
    if (event.op !== 'mint') continue;
    for (const { agent, version, replaces } of event.items)
      keep(agent, (other) => other !== replaces)
        .get(agent)
        ?.push(version);
  }
  return live;
}
