import { condition, log, patched, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import type { CommandResult } from '../activities/contract.ts';
import { newClock, remainingMs } from '../domain/clock.ts';
import { deploymentId } from '../domain/ids.ts';
import { newState, type CohortStanding, type DeploymentState } from './deployment-state.ts';
import {
  commandSignal,
  reportSignal,
  stateQuery,
  type CohortReport,
  type CommandMessage,
  type DeploymentInput,
} from './messages/deployment.ts';
import { isReport, readCommand } from './messages/read.ts';
import { passOn, stopIn } from './pass-on.ts';
import { summary } from './summary.ts';

export type Applied = Extract<CommandResult, { outcome: 'applied' }>;

/** One run of the deployment workflow: its state, and what arrived and is not yet acted on. */
export interface DeploymentRun {
  input: DeploymentInput;
  state: DeploymentState;
  /** Rises whenever the clock was changed by an order, so that waits are computed anew. */
  clockChanges: number;
  commands: CommandMessage[];
  reports: CohortReport[];
  /** Stops on their way to workflows of their own. */
  passing: Promise<void>[];
  /** The run is about to end: what is in hand is finished, and nothing else is begun beside it. */
  closing: boolean;
}

/** Registers the handlers before anything is awaited; they only enqueue. */
export function openRun(input: DeploymentInput): DeploymentRun {
  const run: DeploymentRun = {
    input,
    // An older version may have carried a state that lacks what is new.
    state: { ...newState(newClock(input.speed)), ...input.state },
    clockChanges: 0,
    commands: [],
    reports: [],
    passing: [],
    closing: false,
  };
  for (const message of input.pending ?? []) take(run, message);
  setHandler(commandSignal, (message: unknown) => take(run, readCommand(message)));
  setHandler(reportSignal, (report: unknown) => void (isReport(report) && run.reports.push(report)));
  setHandler(stateQuery, () => run.state);
  return run;
}

/** What stops waits for nothing here; all else is answered in its order. */
function take(run: DeploymentRun, message: CommandMessage): void {
  const stop = stopIn(message);
  // A history from before there were stops has them among the other orders.
  if (stop === undefined || !patched('stops are passed on')) run.commands.push(message);
  else run.passing.push(passOn(stop, message));
}

/** Handed on together at most: a payload has at most 64 KB. */
const ORDERS_AT_ONCE = 25;
const CHARACTERS_AT_ONCE = 40_000;

/** Applies the orders that arrived first, in their order; each leaves the queue when it is answered and carried out. */
export async function applyNext(
  run: DeploymentRun,
  apply: (orders: CommandMessage[]) => Promise<CommandResult[]>,
  act: (order: Applied) => Promise<void>,
): Promise<void> {
  if (run.commands.length === 0) return;
  for (const result of await apply(firstOf(run.commands))) {
    run.commands.shift();
    if (result.outcome === 'applied' && !run.state.answered.includes(result.id)) {
      run.state.answered.push(result.id);
      remember(run, result);
      await act(result);
    } else if (result.outcome === 'refused') log.info('order refused', { id: result.id, code: result.code });
  }
}

function firstOf(commands: readonly CommandMessage[]): CommandMessage[] {
  let characters = 0;
  const rest = commands.findIndex(({ envelope }, i) => i > 0 && (characters += envelope.length) > CHARACTERS_AT_ONCE);
  return commands.slice(0, Math.min(rest === -1 ? commands.length : rest, ORDERS_AT_ONCE));
}

const BACK_FROM: readonly CohortStanding[] = ['live', 'done'];

/** What an order changes in the deployment's own state; what it does to others is the stages' business. */
function remember(run: DeploymentRun, order: Applied): void {
  const { state } = run;
  const target = order.scope.names[0];
  switch (order.kind) {
    case 'clock':
      if (order.clock) state.clock = order.clock;
      run.clockChanges++;
      return;
    case 'approve':
      if (order.scope.level === 'deployment' && order.rejected !== true) state.goAhead = order.index;
      return;
    case 'go':
      if (target === 'gate-1' || target === 'gate-2' || target === 'gate-3') state.gates[target] = order.index;
      return;
    case 'confirm':
      if (target !== undefined && !state.confirmed.includes(target)) state.confirmed.push(target);
      return;
    case 'promote':
      // Single agents go where their cohort is: no wave.
      if (order.scope.level === 'agent') return;
      state.promotions.push({ scope: order.scope, index: order.index });
      // Whom a stop took back from live goes up again; for everybody else that goes this is what they are already.
      for (const cohort of order.promotes ?? [])
        if (BACK_FROM.includes(state.standing[cohort] ?? 'new')) state.standing[cohort] = 'signed-off';
      return;
    case 'retry':
      state.retries++;
      return;
    default:
      return;
  }
}

/** Waits for a plan hour; the clock may be stopped or moved meanwhile. */
export async function untilPlan(run: DeploymentRun, hours: number, why: string): Promise<void> {
  for (;;) {
    const left = remainingMs(run.state.clock, hours, Date.now());
    if (left !== null && left <= 0) return;
    const seen = run.clockChanges;
    const changed = () => run.clockChanges !== seen;
    if (left === null) await condition(changed);
    else await condition(changed, Math.ceil(left), summary(why));
  }
}

const DEPLOYMENT = defineSearchAttributeKey('GoliveDeployment', 'KEYWORD');
const WINDOW = defineSearchAttributeKey('GoliveWindow', 'KEYWORD');
const PACE = defineSearchAttributeKey('GolivePace', 'KEYWORD');

export function tag(run: DeploymentRun, pace: 'on-track' | 'blocked'): void {
  const pairs: SearchAttributePair[] = [
    { key: DEPLOYMENT, value: deploymentId(run.input.name) },
    { key: WINDOW, value: run.state.stage },
    { key: PACE, value: pace },
  ];
  upsertSearchAttributes(pairs);
}
