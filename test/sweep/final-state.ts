import { parseEnvelope, envelopeDigest } from '../../audit/envelope.ts';
import type { DeploymentView } from '../../domain/view.ts';
import type { JournalEvent } from '../../rehearsal/platform/events.ts';
import { historiesOf } from '../support/stack/histories.ts';
import type { TestStack } from '../support/stack/stack.ts';

/** What must not depend on whether anything died on the way. */
export const finalState = (view: DeploymentView) => ({
  result: view.header.result,
  agents: view.agents,
  cohorts: Object.values(view.cohorts).map(({ id, mode, livePercent, phase, holds, unknown }) => ({
    ...{ id, mode, livePercent, phase, holds, unknown: Object.keys(unknown) },
  })),
  milestones: Object.fromEntries(
    Object.values(view.milestones)
      .map(({ row, status }) => [row, status === 'late' ? 'met' : status] as const)
      .sort(),
  ),
  signOffs: view.signOffs
    .filter((s) => s.current)
    .map(({ group, role, decision }) => `${group} ${role} ${decision}`)
    .sort(),
});

/** Agents with the credentials that are live at the end, by the platform's journal. */
export function liveCredentials(events: readonly JournalEvent[]): Map<string, Set<number>> {
  const live = new Map<string, Set<number>>();
  for (const event of events) {
    if (event.op === 'create') for (const { agent } of event.items) live.set(agent, live.get(agent) ?? new Set());
    if (event.op !== 'mint' && event.op !== 'revoke') continue;
    for (const item of event.items) {
      const own = live.get(item.agent) ?? new Set<number>();
      if ('replaces' in item) {
        if (item.replaces !== null) own.delete(item.replaces);
        own.add(item.version);
      } else if (item.version !== null) own.delete(item.version);
      live.set(item.agent, own);
    }
  }
  return live;
}

/** Digests of the orders that Temporal accepted for the deployment; each is owed exactly one answer. */
export async function ordersHandedIn({ client, customers }: TestStack<'acme'>): Promise<Set<string>> {
  const runs = await historiesOf(client, customers.acme.name);
  const digests = new Set<string>();
  for (const { workflowExecutionSignaledEventAttributes: signal } of runs.flatMap(({ events }) => events)) {
    if (signal?.signalName !== 'command') continue;
    for (const { data } of signal.input?.payloads ?? []) {
      const { envelope } = JSON.parse(Buffer.from(data ?? '').toString('utf8')) as { envelope: string };
      const parsed = parseEnvelope(envelope);
      if (!('problem' in parsed)) digests.add(envelopeDigest(parsed));
    }
  }
  return digests;
}
