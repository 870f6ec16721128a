import type { CommandKind } from '../command.ts';
import { SHAPES } from '../mode.ts';
import { chunkCount } from '../set/chunk.ts';
import { STOPPING_KINDS } from '../stop/stop.ts';
import type { CommandView } from '../view.ts';
import type { InjectedFault } from './stopping-table.ts';

/** Workflows of one type, all runs of an execution that continued as new together. */
export interface WorkflowTypeFigures {
  type: string;
  executions: number;
  runs: number;
  events: number;
  worstCaseEvents: number;
  activities: number;
  /** Events of the longest single run. */
  largestRun: number;
}

/** What the exported histories of a deployment's workflows hold, counted. */
export interface HistoryFigures {
  executions: number;
  runs: number;
  events: number;
  /** As if every completion had been given a workflow task of its own. */
  worstCaseEvents: number;
  activities: number;
  activitiesByName: Record<string, number>;
  largestPayloadBytes: number;
  /** Where the largest payload stands. */
  largestPayload: { workflowId: string; event: string } | null;
  largestRun: { workflowId: string; type: string; events: number } | null;
  types: WorkflowTypeFigures[];
}

/** What a run cost, as far as somebody measured it. */
export interface RunFigures {
  /** Null when no histories were exported. */
  histories: HistoryFigures | null;
  /** Of the engine's processes together. */
  peakRssMb: number | null;
  /** Each process at its own highest; also those that are not in the sum, as the customer's witness. */
  peakRssMbByPart?: Record<string, number>;
  /** Given by whoever started the run; else from the first entry of the log to the last. */
  wallSeconds?: number;
  /** What was done to it on purpose. */
  faults?: readonly InjectedFault[];
}

export const NOTHING_MEASURED: RunFigures = { histories: null, peakRssMb: null };

/** All workflows of a deployment together; see the budget in the design. */
const EVENTS_PER_COHORT = 130;
const EVENTS_PER_CHUNK = 6;
/** create, mint, no-op: each over the smoke sample and the chunks of the rest. */
const CHUNKED_OPERATIONS = 3;
/** Taken in, decided, entered and told, at worst each in a task of its own: a click in Slack is an order like any other. */
const EVENTS_PER_CLICK = 10;
/** An order and the workflow that most of them start: a stop, what mends it, the wave in which a cohort comes back. */
const EVENTS_PER_INTERVENTION = 30;

const AFTERWARDS = ['resume', 'lift', 'reissue', 'reconcile', 'incident'] as const satisfies readonly CommandKind[];
/** Orders of a night on which something is stopped. */
const INTERVENTIONS: ReadonlySet<string> = new Set([...STOPPING_KINDS, ...AFTERWARDS]);

export interface EventBudget {
  perCohort: number;
  perChunkAndOperation: number;
  /** Calls in bulk that the cohorts need, over all three operations. */
  chunkCalls: number;
  perClick: number;
  /** Orders that came through the gateway: as many as people chose to give, whatever the number of cohorts. */
  clicks: number;
  perIntervention: number;
  /** Orders about stops and what comes after them, and promotions beyond one for each wave. None of these is a click as well. */
  interventions: number;
  allowed: number;
  recorded: number;
  worstCase: number;
  within: boolean;
}

type Order = Pick<CommandView, 'kind'> & { attestation: object | null };

/**
 * allowed = 130 × cohorts + 6 × chunks × operations + 10 × clicks + 30 × interventions
 * @example one cohort of 60, signed three times: a sample of 1 and two chunks, three operations: 130 + 6 × 9 + 30 = 214
 */
export function eventBudget(
  cohorts: readonly { agents: number }[],
  orders: readonly Order[],
  histories: HistoryFigures,
): EventBudget {
  const chunks = cohorts.reduce((sum, { agents }) => sum + (agents > 0 ? 1 + chunkCount(agents) : 0), 0);
  const chunkCalls = chunks * CHUNKED_OPERATIONS;
  const clicks = orders.filter((o) => o.attestation !== null && !INTERVENTIONS.has(o.kind)).length;
  const promotions = orders.filter((o) => o.kind === 'promote').length;
  const interventions = orders.filter((o) => INTERVENTIONS.has(o.kind)).length + Math.max(0, promotions - SHAPES.length);
  const allowed =
    EVENTS_PER_COHORT * cohorts.length +
    EVENTS_PER_CHUNK * chunkCalls +
    EVENTS_PER_CLICK * clicks +
    EVENTS_PER_INTERVENTION * interventions;
  return {
    perCohort: EVENTS_PER_COHORT,
    perChunkAndOperation: EVENTS_PER_CHUNK,
    chunkCalls,
    perClick: EVENTS_PER_CLICK,
    clicks,
    perIntervention: EVENTS_PER_INTERVENTION,
    interventions,
    allowed,
    recorded: histories.events,
    worstCase: histories.worstCaseEvents,
    within: histories.worstCaseEvents <= allowed,
  };
}

/**
 * The value below which a share of the numbers lies, by nearest rank; null of nothing.
 * @example quantile([1, 2, 3, 4], 0.5) // 2
 */
export function quantile(numbers: readonly number[], share: number): number | null {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}
