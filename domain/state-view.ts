import { newStateView, subjects, type Decision, type DeploymentStateView } from './authority/context.ts';
import { isRunning } from './clock.ts';
import type { DeploymentFile } from './deployment-file.ts';
import type { FailureCode } from './failure.ts';
import type { Role } from './roles.ts';
import type { GateId } from './runbook/gates.ts';
import type { RunbookWindow } from './runbook/milestone.ts';
import { approvalValidUntil } from './set/approval.ts';
import type { CommandView, DeploymentView, EvidenceView } from './view.ts';

/** What orders are judged against, taken from the fold of the log: nothing a workflow says has a part in it. */
export function stateViewOf(view: DeploymentView, file: DeploymentFile, setDigest: string): DeploymentStateView {
  const started = view.clock.startedAtMs !== null;
  const gatesPassed = Object.keys(view.gates) as GateId[];
  const state: DeploymentStateView = {
    ...newStateView(),
    started,
    window: windowOf(started, gatesPassed),
    gatesPassed,
    clockRunning: isRunning(view.clock),
    milestones: Object.fromEntries(Object.values(view.milestones).map((m) => [m.row, m.status])),
    openEvidence: {
      ...Object.fromEntries(Object.values(view.groupEvidence).map((g) => [g.group, g.evidence.digest])),
      ...Object.fromEntries(toExplain(view).map(({ row, evidence }) => [row, evidence.digest])),
    },
    haltedBy: haltedBy(view),
  };
  for (const c of Object.values(view.cohorts)) {
    state.groups[c.group] = { ...state.groups[c.group], [c.id]: { shape: c.shape, phase: c.phase ?? 'registered' } };
  }
  for (const h of Object.values(view.holds)) {
    state.holds.added[h.holdId] = {
      id: h.holdId,
      scope: h.scope,
      ceiling: h.ceiling,
      by: h.by,
      why: h.why,
      since: h.at,
      releasedBy: h.releasedBy,
    };
    if (h.released) state.holds.tombstones[h.holdId] = { by: h.released.by, at: h.released.at };
  }
  for (const a of view.approvals) {
    if (a.manifestSetDigest !== setDigest) continue;
    voice(state, subjects.set, a.role, a.person, a.decision);
    const command = view.commands[a.commandId];
    if (a.decision === 'approve' && command) state.setApprovedUntil[a.role] = validUntil(command, file);
  }
  for (const s of view.signOffs) if (s.current) voice(state, subjects.sign(s.group), s.role, s.person, s.decision);
  const explained = Object.fromEntries(toExplain(view).map(({ row, index }) => [row, index]));
  for (const command of Object.values(view.commands)) {
    // What was said before the facts were known explains other facts.
    if (command.kind === 'confirm' && command.index < (explained[command.scope?.names[0] ?? ''] ?? 0)) continue;
    count(state, command);
  }
  return state;
}

const EXPLAIN = 'explain:';
/** Subject of the evidence that lies before whoever explains why a row is not met by facts alone. */
export const explainSubject = (row: string): string => `${EXPLAIN}${row}`;

const toExplain = (view: DeploymentView): (EvidenceView & { row: string })[] =>
  Object.values(view.evidence).flatMap((e) =>
    e.subject.startsWith(EXPLAIN) ? [{ ...e, row: e.subject.slice(EXPLAIN.length) }] : [],
  );

function windowOf(started: boolean, gates: readonly GateId[]): RunbookWindow {
  if (gates.includes('gate-3')) return 'after';
  if (gates.includes('gate-2')) return 'golive';
  if (gates.includes('gate-1')) return 'validate';
  return started ? 'provision' : 'countdown';
}

/** The task that the whole run waits on, if there is one. */
function haltedBy(view: DeploymentView): FailureCode | null {
  const open = Object.values(view.tasks).find((t) => t.closed === null && t.cohort === null);
  return open?.code ?? null;
}

function validUntil(command: CommandView, file: DeploymentFile): string {
  const { issuedAt, expiresAt } = command;
  return issuedAt === null || expiresAt === null ? '' : approvalValidUntil(issuedAt, expiresAt, file.limits.approvalValidDays);
}

function voice(state: DeploymentStateView, subject: string, role: Role, person: string, decision: 'approve' | 'reject'): void {
  const [to, from] = decision === 'approve' ? [state.decided, state.rejected] : [state.rejected, state.decided];
  to[subject] = { ...to[subject], [role]: person };
  const other: Decision = { ...from[subject] };
  delete other[role];
  from[subject] = other;
}

function count(state: DeploymentStateView, { kind, outcome, role, person, scope, args }: CommandView): void {
  if (outcome !== 'applied' || role === null || scope === null) return;
  const name = scope.names[0] ?? '';
  if (kind === 'confirm') voice(state, subjects.confirm(name), role, person, 'approve');
  if (kind === 'waive') voice(state, subjects.waive(name), role, person, 'approve');
  if (kind === 'approve' && scope.level === 'deployment')
    voice(state, subjects.goAhead, role, person, args.decision ?? 'approve');
}
