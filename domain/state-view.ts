import { newStateView, own, subjects, type Decision, type DeploymentStateView } from './authority/context.ts';
import { needsPersonal } from './authority/quorum.ts';
import { isRunning } from './clock.ts';
import type { DeploymentFile } from './deployment-file.ts';
import type { FailureCode } from './failure.ts';
import type { Role } from './roles.ts';
import type { GateId } from './runbook/gates.ts';
import type { RunbookWindow } from './runbook/milestone.ts';
import { approvalValidUntil } from './set/approval.ts';
import type { CommandView, DeploymentView, EvidenceView, SignOffView } from './view.ts';

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
      ...Object.fromEntries(toConfirm(view).map(({ row, evidence }) => [row, evidence.digest])),
    },
    haltedBy: haltedBy(view),
    personalFor: file.personalFor,
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
      ...(h.kind === 'hold' ? {} : { kind: h.kind }),
    };
    if (h.releasedFor.length > 0) state.holds.exempt[h.holdId] = [...h.releasedFor].sort();
    if (h.released) state.holds.tombstones[h.holdId] = { by: h.released.by, at: h.released.at };
  }
  for (const a of view.approvals) {
    if (a.manifestSetDigest !== setDigest) continue;
    voice(state, subjects.set, a.role, a.person, a.decision);
    const command = view.commands[a.commandId];
    if (a.decision === 'approve' && command) state.setApprovedUntil[a.role] = validUntil(command, file);
  }
  for (const s of view.signOffs) if (s.current) signature(state, s, principal(view, s.delegation));
  const shown = Object.fromEntries(toConfirm(view).map(({ row, index }) => [row, index]));
  for (const command of Object.values(view.commands)) {
    // What was said before the facts were known is about other facts.
    if (command.kind === 'confirm' && command.index < (shown[command.scope?.names[0] ?? ''] ?? 0)) continue;
    count(state, command, principal(view, command.delegation));
  }
  return state;
}

const EXPLAIN = 'explain:';
const ACCEPT = 'accept:';
/** Subject of the evidence that lies before whoever explains why a row is not met by facts alone. */
export const explainSubject = (row: string): string => `${EXPLAIN}${row}`;
/** Subject of the document that whoever confirms a row accepts with it. */
export const acceptSubject = (row: string): string => `${ACCEPT}${row}`;

/** Documents to which the confirmation of a row is bound. */
const toConfirm = (view: DeploymentView): (EvidenceView & { row: string })[] =>
  Object.values(view.evidence).flatMap((e) => {
    const prefix = [EXPLAIN, ACCEPT].find((p) => e.subject.startsWith(p));
    return prefix === undefined ? [] : [{ ...e, row: e.subject.slice(prefix.length) }];
  });

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

function voice(
  state: DeploymentStateView,
  subject: string,
  role: Role,
  person: string,
  decision: 'approve' | 'reject',
  behind: string | null = null,
): void {
  const [to, from] = decision === 'approve' ? [state.decided, state.rejected] : [state.rejected, state.decided];
  to[subject] = { ...to[subject], [role]: person };
  const other: Decision = { ...from[subject] };
  delete other[role];
  from[subject] = other;
  if (behind !== null) state.behind[subject] = { ...state.behind[subject], [role]: behind };
  else delete state.behind[subject]?.[role];
}

function signature(
  state: DeploymentStateView,
  { group, role, person, decision, channel }: SignOffView,
  behind: string | null,
): void {
  voice(state, subjects.sign(group), role, person, decision, behind);
  if (!needsPersonal(state, group)) return;
  const others = (own(state.personal, group) ?? []).filter((other) => other !== role);
  state.personal[group] = decision === 'approve' && channel === 'cli' ? [...others, role] : others;
}

function count(
  state: DeploymentStateView,
  { kind, outcome, role, person, scope, args }: CommandView,
  behind: string | null,
): void {
  if (outcome !== 'applied' || role === null || scope === null) return;
  const name = scope.names[0] ?? '';
  if (kind === 'confirm') voice(state, subjects.confirm(name), role, person, 'approve', behind);
  if (kind === 'lift') voice(state, subjects.lift(args.holdId ?? '', scope), role, person, 'approve', behind);
  if (kind === 'waive') voice(state, subjects.waive(name), role, person, 'approve', behind);
  if (kind === 'approve' && scope.level === 'deployment')
    voice(state, subjects.goAhead, role, person, args.decision ?? 'approve');
}

const principal = ({ delegations }: DeploymentView, delegation: string | null): string | null =>
  delegation === null ? null : (own(delegations, delegation)?.principal ?? null);
