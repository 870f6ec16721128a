import { judge } from '../../domain/authority/judge.ts';
import { principalOf } from '../../domain/authority/delegation.ts';
import { record as judged } from '../../domain/authority/record.ts';
import type { NewEntry } from '../../domain/entry.ts';
import { stateViewOf } from '../../domain/state-view.ts';
import type { CommandResult, HandedIn } from '../contract.ts';
import { keptFile } from '../deployment-file.ts';
import type { Deployment } from '../deployment.ts';
import { record } from '../entries.ts';
import { applyOrder } from './command.ts';
import type { Effects } from './effect.ts';
import { signatureEffects, standing } from './effects.ts';
import {
  answeredBefore,
  answerId,
  appliedEntry,
  appliedResult,
  contextOf,
  openHandedIn,
  refusedEntry,
  type OpenedOrder,
} from './order.ts';

/**
 * The answers to as many orders, from the first on, as can be given at once: to one, or to a row of signatures, which change
 * nothing but what is signed. Executives sign for dozens of groups within minutes; none waits for the others' entries.
 */
export async function applyOrders(d: Deployment, orders: readonly HandedIn[]): Promise<CommandResult[]> {
  const signatures: OpenedOrder[] = [];
  for (const order of orders) {
    const opened = openHandedIn(d, order);
    if ('problem' in opened || opened.command.kind !== 'sign') break;
    signatures.push(opened);
  }
  if (signatures.length > 1) return applySignatures(d, signatures);
  const [first] = orders;
  return first === undefined ? [] : [await applyOrder(d, first)];
}

/** What is written about a signature, and what follows once that has its place in the log. */
interface Answer {
  entry: NewEntry;
  effects?: Effects;
  result(index: number): CommandResult;
}

/** Each is judged on what those before it changed. All are written at once, and at once what follows from them. */
async function applySignatures(d: Deployment, orders: readonly OpenedOrder[]): Promise<CommandResult[]> {
  const { recorder } = d.tenant;
  const [view, now, found] = await Promise.all([
    d.view(),
    standing(d),
    Promise.all(orders.map(({ command }) => recorder.find(answerId(d, command), d.signal))),
  ]);
  const kept = await keptFile(d, view);
  const context = contextOf(d, view);
  let state = stateViewOf(view, d.file, d.setDigest);

  const answers = new Map<string, Promise<Answer>>();
  for (const [i, order] of orders.entries()) {
    const { command, signer } = order;
    // A second click is the same order again.
    if (found[i] !== undefined || answers.has(command.id)) continue;
    const judgement = judge(command, { ...context, signer, state });
    state = judged(state, command, judgement, d.file, principalOf(command, view));
    answers.set(
      command.id,
      judgement.verdict === 'applied'
        ? appliedEntry(d, order, now, view).then((entry) => ({
            entry,
            effects: signatureEffects(d, command, now),
            result: (index) => appliedResult(command, index),
          }))
        : refusedEntry(d, order, judgement).then((entry) => ({
            entry,
            result: () => ({ outcome: 'refused', id: command.id, code: judgement.code }),
          })),
    );
  }

  const made = new Map(await Promise.all([...answers].map(async ([id, answer]) => [id, await answer] as const)));
  if (kept.entries.length > 0) await record(recorder, kept.entries, d.signal);
  const indexes = await record(
    recorder,
    [...made.values()].map((answer) => answer.entry),
    d.signal,
  );
  const indexOf = new Map([...made.keys()].map((id, i) => [id, indexes[i] ?? -1]));
  const following = [...made].flatMap(([id, { effects }]) => effects?.entries(indexOf.get(id) ?? -1) ?? []);
  await record(recorder, following, d.signal);

  const results: CommandResult[] = [];
  for (const [i, { command }] of orders.entries()) {
    const before = found[i];
    const answer = made.get(command.id);
    if (before) results.push(await answeredBefore(d, before, view));
    else results.push(answer?.result(indexOf.get(command.id) ?? -1) ?? { outcome: 'repeated', id: command.id });
  }
  return results;
}
