import type { z } from 'zod';
import type * as wire from '../../../clients/platform/wire.schema.ts';
import { Problem } from '../problem.ts';
import { demandGeneration } from '../route.ts';
import type { Call, Reply } from '../route.ts';
import type { Agent } from '../state/agent.ts';
import type { Cohort } from '../state/cohort.ts';
import type { ItemResult } from '../types.ts';

type BulkOperation = 'create' | 'bind' | 'mint' | 'smoke' | 'revoke';
interface Item {
  key: string;
  agent: string;
}
interface Bulk {
  deployment: string;
  cohort: string;
  generation: number;
}

/** Why an item had no effect. Nothing is remembered under its key, so it may be sent again. */
interface Refusal {
  status: Exclude<ItemResult['status'], 'done'>;
  detail: string;
}
export const no = (status: Refusal['status'], detail: string): Refusal => ({ status, detail });

/** What a bulk request comes to: effects to be journalled, and results for the items that have none. */
export interface Decided<Effect> {
  effects: (Effect & Item)[];
  /** In the request's order; null where the result will be that of the effect. */
  settled: { key: string; result: ItemResult | null }[];
}

/** Refuses a bulk request that was authorised before its deployment or cohort was stopped. */
export function demandAuthorised(call: Call<Bulk>, cohort: Cohort): void {
  const { generation, ceiling } = call.customer.fences.over(call.body.deployment, cohort.spec);
  demandGeneration(call, call.body.generation, generation, `cohort ${cohort.name}`);
  if (ceiling === 'terminated') throw new Problem('above_ceiling', `cohort ${cohort.name} may only be terminated`);
}

/** Looks at each item of a forward write in turn: already done, fenced by itself, refused, or to be done now. */
export const decide = <I extends Item, Effect extends object>(
  call: Call<Bulk & { items: I[] }>,
  operation: BulkOperation,
  effectOf: (item: I) => Effect | Refusal,
): Decided<Effect> =>
  decideFreely<I, Effect>(call, operation, (item) => {
    const fence = call.customer.fences.overAgent(call.body.deployment, item.agent);
    const isFenced = fence.generation > call.body.generation || fence.ceiling === 'terminated';
    return isFenced ? no('fenced', `this agent stands at generation ${fence.generation}`) : effectOf(item);
  });

/** The same for what only takes away: no fence stands in its way. */
export function decideFreely<I extends Item, Effect extends object>(
  call: Call<{ items: I[] }>,
  operation: BulkOperation,
  effectOf: (item: I) => Effect | Refusal,
): Decided<Effect> {
  demandDistinct(call.body.items);
  const decided: Decided<Effect> = { effects: [], settled: [] };
  for (const item of call.body.items) {
    const { key, agent } = item;
    const before = call.customer.operations.get(key);
    if (before) {
      const same = before.result.operation === operation && before.result.agent === agent;
      const result = same
        ? { ...before.result, replayed: true }
        : refused(item, no('conflict', 'the key was used for something else'));
      decided.settled.push({ key, result });
      continue;
    }
    const effect = effectOf(item);
    if (isRefusal(effect)) decided.settled.push({ key, result: refused(item, effect) });
    else {
      decided.effects.push({ key, agent, ...effect });
      decided.settled.push({ key, result: null });
    }
  }
  return decided;
}

/** The reply, after the effects have been committed. */
export function replyTo<Effect>(call: Call, decided: Decided<Effect>, retryAfterMs?: number): Reply {
  const items = decided.settled.flatMap(({ key, result }) => result ?? call.customer.operations.get(key)?.result ?? []);
  const body: z.infer<typeof wire.itemsReply> = retryAfterMs === undefined ? { items } : { items, retryAfterMs };
  return { body };
}

/** An agent that something can be done to, or why not. */
export function agentIn(cohort: Cohort, name: string): Agent | Refusal {
  const agent = cohort.agents.get(name);
  if (!agent) return no('refused', 'the cohort has no such agent');
  return agent.lifecycle === 'terminated' ? no('refused', 'the agent was terminated') : agent;
}

export const isRefusal = (value: object): value is Refusal => 'status' in value;

export const refused = ({ key, agent }: Item, { status, detail }: Refusal): ItemResult => ({ key, agent, status, detail });

function demandDistinct(items: readonly Item[]): void {
  const keys = new Set<string>();
  const agents = new Set<string>();
  for (const [index, { key, agent }] of items.entries()) {
    if (keys.has(key)) throw new Problem('invalid', `items.${index}.key: stands in the request twice`);
    if (agents.has(agent)) throw new Problem('invalid', `items.${index}.agent: stands in the request twice`);
    keys.add(key);
    agents.add(agent);
  }
}
