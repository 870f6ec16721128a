import type { Command } from '../command.ts';
import { isSettled, statusOf } from '../gate.ts';
import { HARD_STOPS } from '../runbook/gates.ts';
import { RUNBOOK_WINDOWS, type MilestoneRow } from '../runbook/milestone.ts';
import { findRow, rowOwners } from '../runbook/rows.ts';
import { own, refuse, subjects, type AuthorityContext, type Decision, type Refusal } from './context.ts';
import { titleOf } from './order.ts';
import { principalOf } from './delegation.ts';
import { lacksPersonal, missingApprovals, refuseSecondVoice, validApprovals, waiversOf } from './quorum.ts';
import { cohortExists } from './scope.ts';

/** What people decide: approvals, sign-offs, confirmations, waivers. Signature, role, age and scope were checked before. */

/** C3 (level `set`) and W1.02, the go-ahead (level `deployment`). */
export const refuseApprove = (command: Command, ctx: AuthorityContext): Refusal | null => {
  const bad = refuseDecisionArgument(command);
  if (bad !== null) return bad;
  return command.scope.level === 'set' ? refuseSetApproval(command, ctx) : refuseGoAhead(command, ctx);
};

const refuseSetApproval = (command: Command, ctx: AuthorityContext): Refusal | null => {
  const { state, nowIso, manifestSetDigest } = ctx;
  const other = command.scope.names.find((digest) => digest !== manifestSetDigest);
  if (other !== undefined)
    return refuse('stale_binding', `The order is about manifest set ${other}; now it is ${manifestSetDigest}.`);
  if (own(state.decided, subjects.goAhead) !== undefined) {
    return refuse('wrong_state', 'The go-ahead has been given on the approvals as they were.');
  }
  return refuseVoice(command, ctx, subjects.set, `manifest set ${manifestSetDigest}`, validApprovals(state, nowIso));
};

const refuseGoAhead = (command: Command, ctx: AuthorityContext): Refusal | null => {
  const { state, nowIso } = ctx;
  if (!state.started || state.window !== 'provision') {
    return refuse('wrong_state', 'The go-ahead is given once, after the clock was started and before gate 1.');
  }
  const lacking = missingApprovals(state, nowIso);
  if (lacking.length > 0) {
    return refuse('set_under_approved', `The manifest set lacks a valid approval by ${lacking.map(titleOf).join(', ')}.`);
  }
  return refuseVoice(command, ctx, subjects.goAhead, 'the go-ahead');
};

/** W2.11. One order may be about many groups; it is applied for all of them or for none. */
export const refuseSign = (command: Command, ctx: AuthorityContext): Refusal | null => {
  const bad = refuseDecisionArgument(command);
  if (bad !== null) return bad;
  for (const group of command.scope.names) {
    const digest = own(ctx.state.openEvidence, group);
    if (digest === undefined) return refuse('wrong_state', `There is nothing to sign for group ${group} yet.`);
    const refused =
      refuseEvidence(command, group, digest) ??
      refuseVoice(command, ctx, subjects.sign(group), `group ${group}`, signedBefore(command, ctx, group));
    if (refused !== null) return refused;
  }
  return null;
};

/** Where only a personal signature is missing, the role's own that was attested to does not stand in its way. */
const signedBefore = ({ attestation, role }: Command, { state }: AuthorityContext, group: string): Decision => {
  const before = { ...own(state.decided, subjects.sign(group)) };
  if (attestation === undefined && lacksPersonal(state, group)) delete before[role];
  return before;
};

/** Rows that a role confirms. C4 is confirmed by each standing role for itself, by one person for several if they hold several. */
export const refuseConfirm = (command: Command, ctx: AuthorityContext): Refusal | null => {
  const { state } = ctx;
  const name = command.scope.names[0] ?? '';
  const row = findRow(name);
  if (row?.confirmedBy !== 'confirm') return refuse('wrong_scope', `${name} is not a row that anybody confirms.`);
  if (row.waivedBecause !== undefined) return refuse('not_built', `${name} is ${row.waivedBecause}.`);
  const owners = rowOwners(row);
  if (!owners.includes(command.role)) {
    return refuse(
      'role_not_allowed',
      `${name} is confirmed by ${owners.map(titleOf).join(', ')}; not by ${titleOf(command.role)}.`,
    );
  }
  if (name === 'C4' && ((command.args.role ?? command.role) !== command.role || command.delegation !== undefined)) {
    return refuse('role_not_allowed', 'Each role confirms its own availability.');
  }
  if (RUNBOOK_WINDOWS.indexOf(row.window) > RUNBOOK_WINDOWS.indexOf(state.window)) {
    return refuse('wrong_state', `${name} belongs to a window that is not open yet.`);
  }
  if (isSettled(statusOf(name, state.milestones)))
    return refuse('already_done', `${name} is ${statusOf(name, state.milestones)}.`);
  const early = refuseBeforeFacts(row, ctx) ?? refuseWithoutWords(row, command);
  if (early !== null) return early;
  const unknown = Object.keys(command.args.noGo ?? {}).filter((cohort) => !cohortExists(state, cohort));
  if (unknown.length > 0) return refuse('wrong_scope', `There is no cohort ${unknown.join(', ')} in this deployment.`);
  const stale = refuseEvidence(command, name, own(state.openEvidence, name));
  if (stale !== null) return stale;
  if (name !== 'C4') return refuseRepeated(command, ctx, subjects.confirm(name), name);
  const already = own(state.decided, subjects.confirm(name)) ?? {};
  return already[command.role] === undefined ? null : refuse('already_done', `${titleOf(command.role)} has confirmed already.`);
};

/** A confirmation that rests on what comes first, or explains facts that are not there, means nothing yet. */
const refuseBeforeFacts = ({ id, after, owner, shown }: MilestoneRow, { state }: AuthorityContext): Refusal | null => {
  if (after !== undefined && !isSettled(statusOf(after, state.milestones)))
    return refuse('wrong_state', `${id} is confirmed once ${after} is settled.`);
  if (own(state.openEvidence, id) !== undefined) return null;
  if (shown !== undefined) return refuse('wrong_state', `${id} is confirmed on ${shown}, which is not there yet.`);
  return owner === 'auto' ? refuse('wrong_state', `There is nothing to explain about ${id}: it is met by facts.`) : null;
};

const refuseWithoutWords = ({ id, report, owner }: MilestoneRow, { args, reason }: Command): Refusal | null => {
  if (report !== undefined && args.evidence === undefined)
    return refuse('report_missing', `${id} is confirmed with the digest of ${report}.`);
  return owner === 'auto' && reason.trim() === ''
    ? refuse('malformed_command', `An explanation of ${id} needs a reason; it stands in the report.`)
    : null;
};

/** Two orders by two persons waive a row: the Deployment Lead's and the owner's. Hard stops stay. */
export const refuseWaive = (command: Command, ctx: AuthorityContext): Refusal | null => {
  const { state, role } = { ...ctx, role: command.role };
  const name = command.scope.names[0] ?? '';
  if (HARD_STOPS.includes(name))
    return refuse('cannot_be_waived', `${name} is a hard stop: the set must be what was signed and approved.`);
  const status = statusOf(name, state.milestones);
  if (isSettled(status)) return refuse('already_done', `${name} is ${status}.`);
  const waivers = waiversOf(name);
  if (!waivers.includes(role)) {
    return refuse(
      'role_not_allowed',
      `${name} is waived by ${waivers.map(titleOf).join(' and ')} together; not by ${titleOf(role)}.`,
    );
  }
  if (command.reason.trim() === '') return refuse('malformed_command', 'A waiver needs a reason; it stands in the report.');
  return refuseRepeated(command, ctx, subjects.waive(name), `waiving ${name}`);
};

/** What lay in front of the person must be what lies there now. Without anything there, nothing can be stale. */
export const refuseEvidence = (command: Command, subject: string, digest: string | undefined): Refusal | null => {
  const saw = own(command.saw.evidence, subject);
  if (digest === undefined || saw === digest) return null;
  return refuse('stale_binding', `The evidence for ${subject} is ${digest}; the order was given on ${saw ?? 'none'}.`);
};

/**
 * A role that rejected may approve later, and the other way round; but whoever was counted in another role, for or
 * against, is not counted again.
 */
const refuseVoice = (
  command: Command,
  ctx: AuthorityContext,
  subject: string,
  what: string,
  decided: Decision = own(ctx.state.decided, subject) ?? {},
): Refusal | null => {
  const rejected = own(ctx.state.rejected, subject) ?? {};
  const [same, opposite] = command.args.decision === 'reject' ? [rejected, decided] : [decided, rejected];
  const elsewhere = { ...opposite };
  delete elsewhere[command.role];
  const voice = voiceOf(command, ctx, what);
  const behind = own(ctx.state.behind, subject) ?? {};
  return refuseSecondVoice(same, behind, voice) ?? refuseSecondVoice(elsewhere, behind, voice);
};

/** What is only ever said once, for. */
export const refuseRepeated = (command: Command, ctx: AuthorityContext, subject: string, what: string): Refusal | null =>
  refuseSecondVoice(own(ctx.state.decided, subject) ?? {}, own(ctx.state.behind, subject) ?? {}, voiceOf(command, ctx, what));

const voiceOf = (command: Command, { file, among }: AuthorityContext, what: string) => ({
  ...{ person: command.person, role: command.role, file, what },
  principal: principalOf(command, among),
});

const refuseDecisionArgument = ({ kind, args }: Command): Refusal | null =>
  args.decision === 'approve' || args.decision === 'reject'
    ? null
    : refuse('malformed_command', `golive ${kind} must say approve or reject.`);
