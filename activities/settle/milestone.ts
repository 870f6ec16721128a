import { earliestWallAt, isLate, planHours, type ClockState } from '../../domain/clock.ts';
import type { EvidenceRef, MilestoneStatus, NewEntry } from '../../domain/entry.ts';
import { row } from '../../domain/runbook/rows.ts';
import type { Deployment } from '../deployment.ts';

/** How a row was settled. `met` becomes `late` by the clock. */
export interface Settled {
  status: Exclude<MilestoneStatus, 'pending' | 'late'>;
  /** When the fact came about, wall time; for a fact that was read, when it was read. */
  doneAtMs?: number;
  reason?: string;
  evidence?: EvidenceRef;
}

export function milestoneEntry(d: Deployment, clock: ClockState, rowId: string, settled: Settled): NewEntry {
  const { duePlanHours } = row(rowId);
  const { status, doneAtMs, reason, evidence } = settled;
  const countdown = duePlanHours < 0;
  // Before T-0 nobody knows when T-0 will be: countdown rows must be met, and are not judged by the hour.
  const dueMs =
    countdown && clock.startedAtMs === null ? (doneAtMs ?? d.now()) : (earliestWallAt(clock, duePlanHours, d.now()) ?? d.now());
  const late =
    status === 'met' && !countdown && doneAtMs !== undefined && isLate({ dueMs, doneMs: doneAtMs, speed: clock.speed });
  const donePlanHours = doneAtMs === undefined ? null : planHours(clock, doneAtMs);
  return d.entry('milestone', `milestone/${rowId}`, {
    row: rowId,
    status: late ? 'late' : status,
    dueAt: new Date(dueMs).toISOString(),
    duePlanHours,
    ...(doneAtMs === undefined ? {} : { doneAt: new Date(doneAtMs).toISOString() }),
    ...(donePlanHours === null ? {} : { donePlanHours }),
    ...(reason === undefined ? {} : { reason }),
    ...(evidence === undefined ? {} : { evidence }),
  });
}
