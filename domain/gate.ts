import type { MilestoneStatus } from './entry.ts';
import { GATES, type GateId } from './runbook/gates.ts';
import type { RunbookWindow } from './runbook/milestone.ts';
import { row, rowsOf } from './runbook/rows.ts';

export type MilestoneStates = Readonly<Record<string, MilestoneStatus>>;

/** A row that nobody has recorded yet is waived when this version does not build it, else pending. */
export const statusOf = (rowId: string, milestones: MilestoneStates): MilestoneStatus => {
  const recorded = Object.hasOwn(milestones, rowId) ? milestones[rowId] : undefined;
  return recorded ?? (row(rowId).waivedBecause === undefined ? 'pending' : 'waived');
};

/** Lets a gate open: met, met late, waived by a signed command or because it is not built, or not applicable. `missed` does not. */
export const isSettled = (status: MilestoneStatus): boolean =>
  status === 'met' || status === 'late' || status === 'waived' || status === 'not-applicable';

/**
 * The exit rows of a window that keep its gate shut (for the countdown: that keep the clock from starting), in runbook order.
 * Cohorts that are held or isolated by name do not show here: their rows are met without them.
 */
export const unmetExits = (window: RunbookWindow, milestones: MilestoneStates): string[] =>
  rowsOf(window).flatMap((r) => (r.kind === 'exit' && !isSettled(statusOf(r.id, milestones)) ? [r.id] : []));

export const gateReady = (gateId: GateId, milestones: MilestoneStates): boolean =>
  GATES.some((gate) => gate.id === gateId && unmetExits(gate.window, milestones).length === 0);
