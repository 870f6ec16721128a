import type { DeploymentStateView } from './authority/context.ts';
import { earliestWallAt, isLate, planHours } from './clock.ts';
import type { DeploymentFile } from './deployment-file.ts';
import { isSettled, statusOf } from './gate.ts';
import { forecastsOf } from './outlook/forecasts.ts';
import { pace, type Forecast, type Pace } from './pace.ts';
import type { Role } from './roles.ts';
import { GATES, type Gate } from './runbook/gates.ts';
import type { MilestoneRow, RunbookWindow } from './runbook/milestone.ts';
import { rowOwners, ROWS } from './runbook/rows.ts';
import { stateViewOf } from './state-view.ts';
import type { DeploymentView, MilestoneView, TaskView } from './view.ts';
import { manifestSetDigestOf, waitingFor, type Waiting } from './waiting.ts';

/** As the runbook heads them. */
export const WINDOW_NAMES: Record<RunbookWindow, string> = {
  countdown: 'COUNTDOWN',
  provision: 'PROVISION',
  validate: 'VALIDATE',
  golive: 'GO LIVE',
  after: 'AFTER-CARE',
};

/** How a row stands in front of the reader. */
export type RowState = 'met' | 'late' | 'missed' | 'waived' | 'not-applicable' | 'overdue' | 'next' | 'pending';

interface RowStatus {
  row: MilestoneRow;
  state: RowState;
  recorded: MilestoneView | null;
  owners: Role[];
}

/** How a deployment stands at a moment, and where it is going: what `status` shows, and what the channel is told every hour. */
export interface Outlook {
  /** Null before T-0. */
  planNow: number | null;
  state: DeploymentStateView;
  window: RunbookWindow;
  gate: Gate | null;
  pace: Pace;
  /** Named things that someone must do before work can go on. */
  blockedBy: string[];
  forecasts: Forecast[];
  rows: RowStatus[];
  waiting: Waiting[];
  /** Open ones. */
  tasks: TaskView[];
}

/** @param file null when it cannot be read: then nobody can say who is waited for. */
export function outlookOf(view: DeploymentView, file: DeploymentFile | null, nowMs: number): Outlook {
  // The clock of a closed deployment means nothing any more; it shows when it was closed.
  const closedMs = view.header.closedAt === null ? null : Date.parse(view.header.closedAt);
  const closed = closedMs !== null;
  const planNow = planHours(view.clock, closedMs ?? nowMs);
  // Who may approve for how long is the file's to say; without one, approvals are shown as the log has them.
  const state = stateViewOf(view, file ?? NO_LIMITS, manifestSetDigestOf(view));
  const forecasts = planNow === null ? [] : forecastsOf({ view, state, planNow });
  const tasks = Object.values(view.tasks).filter((t) => t.closed === null);
  const rows = rowStates(view, nowMs, state.window);
  const blockedBy = [
    ...tasks.filter((t) => t.cohort === null).map((t) => t.sentence),
    ...(view.clock.stoppedAtMs === null ? [] : ['the T-clock stands still']),
  ];
  return {
    planNow,
    state,
    window: state.window,
    gate: GATES.find((g) => g.window === state.window) ?? null,
    pace: closed
      ? 'on-track'
      : pace({ forecasts, blockedBy, overdue: rows.filter((r) => r.state === 'overdue').map((r) => r.row.id) }),
    blockedBy: closed ? [] : blockedBy,
    forecasts,
    rows,
    waiting: file === null ? [] : waitingFor(view, file, nowMs),
    tasks,
  };
}

const NO_LIMITS = {
  limits: { approvalValidDays: Number.POSITIVE_INFINITY },
  personalFor: [] as DeploymentFile['personalFor'],
} as DeploymentFile;

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
