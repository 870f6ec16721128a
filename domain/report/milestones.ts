import { wallAt } from '../clock.ts';
import type { EvidenceRef, MilestoneStatus } from '../entry.ts';
import { statusOf } from '../gate.ts';
import type { Role } from '../roles.ts';
import type { MilestoneKind, RunbookWindow } from '../runbook/milestone.ts';
import { ROWS } from '../runbook/rows.ts';
import type { DeploymentView } from '../view.ts';

export interface ReportMilestone {
  id: string;
  window: RunbookWindow;
  title: string;
  kind: MilestoneKind;
  owner: Role | 'auto';
  /** Null while nobody can say: the clock was never started. */
  dueAt: string | null;
  doneAt: string | null;
  duePlanHours: number;
  donePlanHours: number | null;
  status: MilestoneStatus;
  reason: string | null;
  /** Waived because this version of golive does not do it, and not by anybody's order. */
  notBuilt: boolean;
  evidence: EvidenceRef | null;
  auditIndex: number | null;
}

/** Every row of the runbook, once, in its order; also those about which the log says nothing. */
export function milestonesOf(view: DeploymentView): ReportMilestone[] {
  const statuses = Object.fromEntries(Object.values(view.milestones).map((m) => [m.row, m.status]));
  return ROWS.map(({ id, window, title, kind, owner, duePlanHours, waivedBecause }) => {
    const known = view.milestones[id];
    const status = statusOf(id, statuses);
    const due = wallAt(view.clock, duePlanHours);
    const notBuilt = status === 'waived' && waivedBecause !== undefined;
    return {
      id,
      window,
      title,
      kind,
      owner,
      dueAt: known?.dueAt ?? (due === null ? null : new Date(due).toISOString()),
      doneAt: known?.doneAt ?? null,
      duePlanHours,
      donePlanHours: known?.donePlanHours ?? null,
      status,
      reason: known?.reason ?? (notBuilt ? waivedBecause : null),
      notBuilt,
      evidence: known?.evidence ?? null,
      auditIndex: known?.index ?? null,
    };
  });
}
