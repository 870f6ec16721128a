import type { CohortState } from '../../../clients/platform/port.ts';
import type { AuditState } from '../../../clients/recorder/reader.ts';
import { earliestWallAt, isLate, isRunning, planHours } from '../../../domain/clock.ts';
import type { DeploymentFile } from '../../../domain/deployment-file.ts';
import { isSettled, statusOf } from '../../../domain/gate.ts';
import { pace, type Forecast, type Pace } from '../../../domain/pace.ts';
import type { Role } from '../../../domain/roles.ts';
import { GATES, type Gate } from '../../../domain/runbook/gates.ts';
import type { MilestoneRow, RunbookWindow } from '../../../domain/runbook/milestone.ts';
import { rowOwners, ROWS } from '../../../domain/runbook/rows.ts';
import { stateViewOf } from '../../../domain/state-view.ts';
import type {
  AgentCounts,
  CohortView,
  DeploymentView,
  HoldView,
  MilestoneView,
  TaskView,
  WatchItemView,
  WaveView,
} from '../../../domain/view.ts';
import { manifestSetDigestOf, waitingFor, type Waiting } from '../../../domain/waiting.ts';
import { forecastsOf } from './forecasts.ts';

export interface StatusFacts {
  view: DeploymentView;
  /** Null when it cannot be read: then nobody can say who is waited for. */
  file: DeploymentFile | null;
  /** What the platform says the agents are; null when it does not answer. */
  platform: CohortState[] | null;
  nowMs: number;
  /** How far the log is published and witnessed; null when it does not say. */
  audit: AuditState | null;
  /** What could not be read, in words. */
  notes: string[];
}

/** How a row stands in front of the reader. */
export type RowState = 'met' | 'late' | 'missed' | 'waived' | 'not-applicable' | 'overdue' | 'next' | 'pending';

export interface RowStatus {
  row: MilestoneRow;
  state: RowState;
  recorded: MilestoneView | null;
  owners: Role[];
}

/** Everything that `status` shows, as data; the screen and `--json` are two views of it. */
export interface StatusModel {
  facts: StatusFacts;
  planNow: number | null;
  running: boolean;
  window: RunbookWindow;
  gate: Gate | null;
  pace: Pace;
  forecasts: Forecast[];
  rows: RowStatus[];
  waiting: Waiting[];
  tasks: TaskView[];
  watchItems: WatchItemView[];
  holds: HoldView[];
  waves: WaveView[];
  cohorts: CohortView[];
  agents: AgentCounts;
}

export function statusModel(facts: StatusFacts): StatusModel {
  const { view, file, nowMs } = facts;
  // The clock of a closed deployment means nothing any more; it shows when it was closed.
  const closedMs = view.header.closedAt === null ? null : Date.parse(view.header.closedAt);
  const planNow = planHours(view.clock, closedMs ?? nowMs);
  // Who may approve for how long is the file's to say; without one, approvals are shown as the log has them.
  const state = stateViewOf(view, file ?? NO_LIMITS, manifestSetDigestOf(view));
  const forecasts = planNow === null ? [] : forecastsOf({ view, state, planNow });
  const tasks = Object.values(view.tasks).filter((t) => t.closed === null);
  const rows = rowStates(view, nowMs, state.window);
  const closed = closedMs !== null;
  return {
    facts,
    planNow,
    running: isRunning(view.clock),
    window: state.window,
    gate: GATES.find((g) => g.window === state.window) ?? null,
    pace: pace({
      forecasts: closed ? [] : forecasts,
      blockedBy: closed
        ? []
        : [
            ...tasks.filter((t) => t.cohort === null).map((t) => t.sentence),
            ...(view.clock.stoppedAtMs === null ? [] : ['the T-clock stands still']),
          ],
      overdue: closed ? [] : rows.filter((r) => r.state === 'overdue').map((r) => r.row.id),
    }),
    forecasts,
    rows,
    waiting: file === null ? [] : waitingFor(view, file, nowMs),
    tasks,
    watchItems: Object.values(view.watchItems).filter((w) => w.closed === null),
    holds: Object.values(view.holds).filter((h) => h.released === null),
    waves: Object.values(view.waves),
    cohorts: Object.values(view.cohorts),
    agents: facts.platform === null ? view.agents : agentsAt(facts.platform),
  };
}

const NO_LIMITS = { limits: { approvalValidDays: Number.POSITIVE_INFINITY } } as DeploymentFile;

function rowStates(view: DeploymentView, nowMs: number, window: RunbookWindow): RowStatus[] {
  const statuses = Object.fromEntries(Object.values(view.milestones).map((m) => [m.row, m.status]));
  let next: number | null = null;
  return ROWS.map((row): RowStatus => {
    const status = statusOf(row.id, statuses);
    const base = { row, recorded: view.milestones[row.id] ?? null, owners: rowOwners(row) };
    if (isSettled(status) || status === 'missed') return { ...base, state: status };
    const { clock } = view;
    const started = clock.startedAtMs !== null;
    const due = earliestWallAt(clock, row.duePlanHours, nowMs);
    if (started && row.duePlanHours >= 0 && isLate({ dueMs: due, doneMs: nowMs, speed: clock.speed }))
      return { ...base, state: 'overdue' };
    // All rows that are due at the same hour as the first open one of the window are next.
    if (row.window === window && view.header.closedAt === null) next ??= row.duePlanHours;
    return { ...base, state: row.window === window && row.duePlanHours === next ? 'next' : 'pending' };
  });
}

/** By the platform's own count of modes; who does not run yet is provisioning, whatever its mode. */
function agentsAt(cohorts: readonly CohortState[]): AgentCounts {
  const counts: AgentCounts = { total: 0, provisioning: 0, shadow: 0, live: 0, paused: 0, halted: 0, terminated: 0 };
  for (const c of cohorts) {
    const running = c.byLifecycle.running ?? 0;
    const ended = c.byLifecycle.terminated ?? 0;
    counts.total += c.agents;
    counts.terminated += ended;
    counts.provisioning += c.agents - running - ended;
    if (running === 0) continue;
    for (const mode of ['live', 'shadow', 'paused', 'halted'] as const) counts[mode] += Math.min(running, c.byMode[mode] ?? 0);
  }
  return counts;
}
