import { isClientError } from '../../clients/error.ts';
import type { ItemResult, ItemsReply } from '../../clients/platform/port.ts';
import { getEvidence, putJsonEvidence } from '../../clients/store/evidence.ts';
import type { PassOn } from '../../domain/drill/queue.ts';
import type { EntryData } from '../../domain/entry.ts';
import { deploymentId, sideEffectKey } from '../../domain/ids.ts';
import type { Grant } from '../authority.ts';
import { pause, refused } from '../boundary.ts';
import type { Deployment } from '../deployment.ts';
import { firstIndex, record } from '../entries.ts';
import { finalRefusal, type Refusal } from '../side-effect.ts';

export interface Trial {
  manager: string;
  leaveUnanswered: boolean;
}

/** What is done to queues in one call, as it lies beside the log before the call is made. `at` tells one call from the next. */
export type QueueWork = { at: string } & ({ operation: 'drill'; items: Trial[] } | { operation: 'reassign'; items: PassOn[] });

/** The platform takes at most this many items at once. */
export const ITEMS_AT_ONCE = 1000;
const LONGEST_WAIT_MS = 10_000;

export interface Announced {
  work: QueueWork;
  key: string;
  intent: number;
}

/** The intents of some calls, in the log together, each with its items beside it. */
export async function announce(d: Deployment, grant: Grant, calls: readonly QueueWork[]): Promise<Announced[]> {
  const announced = await Promise.all(
    calls.map(async (work) => {
      const { operation } = work;
      const items = { ...(await keep(d, work)), count: work.items.length };
      const hex = items.digest.slice('sha256:'.length, 'sha256:'.length + 16);
      const key = sideEffectKey(d.name, '*', hex, operation, 1);
      return {
        work,
        key,
        entry: d.entry('intent', intentId(key, d), { operation, key, agents: [], authority: grant.index, items }),
      };
    }),
  );
  const indexes = await record(
    d.tenant.recorder,
    announced.map((a) => a.entry),
    d.signal,
  );
  return announced.map(({ work, key }, i) => ({ work, key, intent: firstIndex(indexes.slice(i)) }));
}

/**
 * The call, and its one outcome: done when that is in the log. What every item came to lies beside it. A refusal of the whole
 * call is final for this activity: whoever called it tries again later.
 */
export async function carryOut(d: Deployment, grant: Grant, { work, key, intent }: Announced): Promise<ItemResult[]> {
  const { results, refusal } = await call(d, grant, work);
  const done = results.filter(({ status }) => status === 'done').length;
  const items = { ...(await keep(d, { operation: work.operation, results })), count: done };
  const base = { operation: work.operation, key, intent };
  const outcome: EntryData['outcome'] = refusal
    ? { ...base, result: 'not-applied', ...refusal }
    : { ...base, result: 'applied', items, ...(done < results.length ? { detail: notDone(results) } : {}) };
  await record(d.tenant.recorder, [d.entry('outcome', `${intentId(key, d)}/outcome`, outcome)], d.signal);
  if (refusal) throw refused(refusal.code, refusal.detail);
  return results;
}

/** What was announced by somebody who did not live to see its outcome: sent again with the same keys, which does nothing twice. */
export async function finishBegun(d: Deployment, grant: Grant): Promise<void> {
  for (const [key, { items, index }] of Object.entries((await d.view()).queueWrites)) {
    const bytes = await getEvidence(d.tenant.audit, items, d.signal);
    // Our own bytes, checked against the digest that stands in the log.
    if (bytes)
      await carryOut(d, grant, { work: JSON.parse(Buffer.from(bytes).toString('utf8')) as QueueWork, key, intent: index });
  }
}

const keep = (d: Deployment, value: unknown) => putJsonEvidence(d.tenant.audit, d.tenant.auditPrefix, value, d.signal);

/** The key begins with the deployment, as does every id. */
const intentId = (key: string, d: Deployment): string => key.slice(deploymentId(d.name).length + 1);

interface Called {
  results: ItemResult[];
  refusal?: Refusal;
}

async function call(d: Deployment, grant: Grant, work: QueueWork): Promise<Called> {
  for (;;) {
    try {
      return { results: (await send(d, grant, work)).items };
    } catch (error) {
      if (isClientError(error, 'platform_limited')) {
        await pause(Math.min(error.retryAfterMs ?? 1000, LONGEST_WAIT_MS));
        d.signal.throwIfAborted();
        continue;
      }
      const refusal = finalRefusal(error);
      if (refusal === undefined) throw error;
      // Answered with what is no answer, so it may have been carried out.
      return refusal.code === 'platform_reply_invalid' ? lookUp(d, work, refusal) : { results: [], refusal };
    }
  }
}

/** Where that is no answer either, the intent stays without an outcome, and `finishBegun` sees to it. */
async function lookUp(d: Deployment, work: QueueWork, refusal: Refusal): Promise<Called> {
  try {
    const results = await d.tenant.platform.lookup(keysOf(d, work), d.signal);
    return results.length > 0 ? { results } : { results, refusal };
  } catch (error) {
    const final = finalRefusal(error);
    throw final === undefined ? error : refused(final.code, final.detail);
  }
}

function send(d: Deployment, grant: Grant, work: QueueWork): Promise<ItemsReply> {
  const { deployment } = d.name;
  const { platform } = d.tenant;
  if (work.operation === 'reassign') {
    const items = work.items.map((item) => ({ key: passOnKey(d, item), escalation: item.escalation, to: item.to }));
    return platform.reassign(deployment, { items }, d.signal);
  }
  const items = work.items.map((item) => ({ key: trialKey(d, item), ...item }));
  return platform.drill(deployment, { generation: grant.fenceGeneration, items }, d.signal);
}

const keysOf = (d: Deployment, work: QueueWork): string[] =>
  work.operation === 'drill' ? work.items.map((i) => trialKey(d, i)) : work.items.map((i) => passOnKey(d, i));
const trialKey = (d: Deployment, { manager }: Trial): string => sideEffectKey(d.name, '*', manager, 'drill', 1);
const passOnKey = (d: Deployment, { escalation, level }: PassOn): string =>
  sideEffectKey(d.name, '*', escalation, 'reassign', level);

function notDone(results: readonly ItemResult[]): string {
  const counts = new Map<string, number>();
  for (const { status, code } of results) {
    const why = code ?? status;
    if (status !== 'done') counts.set(why, (counts.get(why) ?? 0) + 1);
  }
  return [...counts].map(([why, n]) => `${n} ${why.replaceAll('_', ' ')}`).join(', ');
}
