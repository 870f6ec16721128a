import type { DeploymentFile } from '../deployment-file.ts';
import type { Role } from '../roles.ts';
import { findRow, rowOwners } from '../runbook/rows.ts';
import { APPROVING_ROLES } from '../set/approval.ts';
import { own, refuse, subjects, type Decision, type DeploymentStateView, type Refusal } from './context.ts';
import { samePerson, titleOf } from './order.ts';

/** W2.11: who signs off a group; all of them, each another person. (C3: APPROVING_ROLES.) */
export const GROUP_SIGNERS: readonly Role[] = ['customer-lead', 'security-lead', 'cfo'];

type Decisions = Pick<DeploymentStateView, 'decided' | 'setApprovedUntil'>;

/** Roles whose approval is missing, or too old at `nowIso`; empty once C3 is met. */
export const missingApprovals = (state: Decisions, nowIso: string): Role[] =>
  missing(APPROVING_ROLES, validApprovals(state, nowIso));

/** The approvals that still count at `nowIso`. */
export const validApprovals = ({ decided, setApprovedUntil }: Decisions, nowIso: string): Decision => {
  const approvals = Object.entries(own(decided, subjects.set) ?? {}) as [Role, string][];
  return Object.fromEntries(approvals.filter(([role]) => Date.parse(setApprovedUntil[role] ?? '') >= Date.parse(nowIso)));
};

/** Roles that have not signed for a group; empty once it may be promoted. */
export const missingSignatures = ({ decided }: Decisions, group: string): Role[] =>
  missing(GROUP_SIGNERS, own(decided, subjects.sign(group)) ?? {});

/**
 * The roles that waive a row together: its owner and the Deployment Lead. Where that is one and the same role,
 * the Customer Lead is the other, so that nobody waives a row of their own.
 */
export const waiversOf = (rowId: string): Role[] => {
  const found = findRow(rowId);
  const owner = found === undefined ? 'deployment-lead' : (rowOwners(found)[0] ?? 'deployment-lead');
  return ['deployment-lead', owner === 'deployment-lead' ? 'customer-lead' : owner];
};

/** Roles whose order to waive a row is missing; empty once it is waived. */
export const missingWaivers = ({ decided }: Decisions, rowId: string): Role[] =>
  missing(waiversOf(rowId), own(decided, subjects.waive(rowId)) ?? {});

/** Roles whose confirmation of a row is missing; empty once it is met. */
export const missingConfirmations = ({ decided }: Decisions, rowId: string): Role[] => {
  const found = findRow(rowId);
  return found === undefined ? [] : missing(rowOwners(found), own(decided, subjects.confirm(rowId)) ?? {});
};

/** A role decides once, and a person counts once, whatever roles they hold. `what` is for the sentence. */
export const refuseSecondVoice = (
  already: Decision,
  { person, role, file, what }: { person: string; role: Role; file: DeploymentFile; what: string },
): Refusal | null => {
  const before = already[role];
  if (before !== undefined) return refuse('already_done', `${titleOf(role)} (${before}) has decided about ${what} before.`);
  const other = (Object.entries(already) as [Role, string][]).find(([, counted]) => samePerson(file, counted, person));
  if (other === undefined) return null;
  return refuse('person_counted_twice', `${person} has been counted for ${what} as ${titleOf(other[0])}.`);
};

const missing = (roles: readonly Role[], decision: Decision): Role[] => roles.filter((role) => decision[role] === undefined);
