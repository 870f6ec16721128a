import { isClientError } from '../clients/error.ts';
import type { ItemResult, ItemsReply } from '../clients/platform/port.ts';
import type { EntryData, NewEntry } from '../domain/entry.ts';
import { FAILURES, type FailureCode } from '../domain/failure.ts';
import { sideEffectKey, type Operation } from '../domain/ids.ts';
import type { ManifestAgent } from '../domain/manifest/manifest.ts';
import type { Authority, StepResult } from './contract.ts';
import { pause } from './boundary.ts';
import type { Deployment } from './deployment.ts';
import { firstIndex, record } from './entries.ts';

export interface BulkWrite {
  operation: Operation;
  cohort: string;
  /** Distinguishes the calls of one operation: `sample`, `0`, `1`, …, `all`. */
  part: string;
  /** Of the agents' keys: the credential generation, or the attempt of what a retry must really do again. */
  generation: number;
  /** Log index of the order that allows it. */
  authority: number;
  agents: readonly ManifestAgent[];
  /** See `roundOf`. */
  round: string;
  call(items: { key: string; agent: string; managerEmail: string }[]): Promise<ItemsReply>;
  /** Entries that belong before the call: the phase that begins with it. */
  before?: NewEntry[];
}

/** Part of entry ids, not of keys: what was refused once may be done under a retry, and the log must say both. */
export const roundOf = ({ authority }: { authority: Authority }): string =>
  authority.renewed === undefined ? '' : `/${authority.renewed}`;

export interface Refusal {
  code: FailureCode;
  detail: string;
}

/** A final answer of the platform's; undefined for whatever may succeed when it is tried again. */
export const finalRefusal = (error: unknown): Refusal | undefined =>
  isClientError(error) && !FAILURES[error.code].retryable ? { code: error.code, detail: error.message } : undefined;

/** Longest wait between two tries at a limited platform, so that a moved limit is noticed. */
const LONGEST_WAIT_MS = 10_000;

/**
 * One bulk write to the platform: intent in the log, the call, one outcome per agent in the log. Done only when the
 * outcomes have their indexes. A repeated attempt first looks up what became of its keys, and sends the same keys again.
 */
export async function bulkWrite(d: Deployment, attempt: number, w: BulkWrite): Promise<StepResult> {
  const { tenant, entry, signal } = d;
  const keyOf = (agent: string) => sideEffectKey(d.name, w.cohort, agent, w.operation, w.generation);
  const about = { cohort: w.cohort };
  const subject = `${w.cohort}/${w.operation}/${w.part}/${w.generation}${w.round}`;
  const intents = await record(
    tenant.recorder,
    [
      entry(
        'intent',
        `${subject}/intent`,
        { operation: w.operation, key: keyOf(`chunk-${w.part}`), agents: w.agents.map((a) => a.id), authority: w.authority },
        about,
      ),
      ...(w.before ?? []),
    ],
    signal,
  );
  const intent = firstIndex(intents);

  const results = new Map<string, ItemResult>();
  const keep = (items: readonly ItemResult[]) => {
    for (const item of items) if (item.status !== 'rate_limited') results.set(item.agent, item);
  };
  // Also in the first attempt after a retry: the call before it may have been carried out and never answered.
  if (attempt > 1 || w.round !== '')
    keep(
      await tenant.platform.lookup(
        w.agents.map((a) => keyOf(a.id)),
        signal,
      ),
    );

  const found = async (keys: string[]): Promise<boolean> => {
    try {
      keep(await tenant.platform.lookup(keys, signal));
      return true;
    } catch (error) {
      if (finalRefusal(error) === undefined) throw error;
      return false;
    }
  };

  let refusal: Refusal | undefined;
  let unknown = false;
  for (;;) {
    const open = w.agents.filter((a) => !results.has(a.id));
    if (open.length === 0) break;
    try {
      const reply = await w.call(open.map((a) => ({ key: keyOf(a.id), agent: a.id, managerEmail: a.managerEmail })));
      keep(reply.items);
      const stuck = open.every((a) => !results.has(a.id));
      const waitMs = reply.retryAfterMs ?? (stuck ? 1000 : undefined);
      if (waitMs !== undefined) await pause(Math.min(waitMs, LONGEST_WAIT_MS));
    } catch (error) {
      if (isClientError(error, 'platform_limited')) await pause(Math.min(error.retryAfterMs ?? 1000, LONGEST_WAIT_MS));
      else {
        refusal = finalRefusal(error);
        if (refusal === undefined) throw error;
        // Answered with what is no answer, so it may have been carried out.
        if (refusal.code === 'platform_reply_invalid') unknown = !(await found(open.map((a) => keyOf(a.id))));
        break;
      }
    }
  }

  const outcomes = w.agents.map((agent) => {
    const data = outcomeOf(w, keyOf(agent.id), intent, results.get(agent.id), refusal, unknown);
    // What a later attempt finds out is another entry.
    const said = data.result === 'unknown' ? 'unknown' : 'outcome';
    return entry('outcome', `${w.cohort}/${agent.id}/${w.operation}/${w.generation}${w.round}/${said}`, data, {
      ...about,
      agent: agent.id,
    });
  });
  await record(tenant.recorder, outcomes, signal);
  const all = [...results.values()];
  if (unknown && refusal) return { ...summed(w.operation, all, refusal), code: 'side_effect_unknown' };
  return summed(w.operation, all, results.size === w.agents.length ? undefined : refusal);
}

function outcomeOf(
  w: BulkWrite,
  key: string,
  intent: number,
  item: ItemResult | undefined,
  refusal: Refusal | undefined,
  unknown: boolean,
): EntryData['outcome'] {
  const base = { operation: w.operation, key, intent };
  if (item === undefined) return { ...base, result: unknown ? 'unknown' : 'not-applied', ...refusal };
  const { agentId, managerId, vaultRef, version, fingerprint, verdict } = item;
  const said = {
    ...(agentId === undefined ? {} : { agentId }),
    ...(managerId === undefined ? {} : { manager: managerId }),
    ...(vaultRef === undefined ? {} : { vaultRef }),
    ...(version === undefined ? {} : { version }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(verdict === undefined ? {} : { verdict }),
  };
  if (item.status === 'done') return { ...base, result: 'applied', ...said };
  return {
    ...base,
    result: 'not-applied',
    code: codeOf(w.operation, item),
    ...said,
  };
}

function codeOf(operation: Operation, item: ItemResult): FailureCode {
  if (item.status === 'fenced') return 'fenced';
  if (item.status === 'conflict') return 'agent_in_other_deployment';
  if (operation === 'bind') return 'manager_unresolved';
  return operation === 'smoke' ? 'smoke_failed' : 'platform_refused';
}

/** An agent that was stopped alone (`fenced`) does not hold its cohort back; anything else that failed does. */
function summed(operation: Operation, items: readonly ItemResult[], refusal: Refusal | undefined): StepResult {
  const done = items.filter((i) => i.status === 'done').length;
  if (refusal) return { done, ...refusal };
  const failed = items.filter(
    (i) =>
      (i.status !== 'done' && i.status !== 'fenced') || (operation === 'smoke' && i.status === 'done' && i.verdict !== 'ALLOW'),
  );
  const [first] = failed;
  if (first === undefined) return { done };
  const code = operation === 'smoke' ? 'smoke_failed' : codeOf(operation, first);
  return {
    done,
    code,
    detail: `${failed.length} of ${items.length}: ${first.agent} ${first.verdict ?? first.status}`.slice(0, 300),
  };
}
