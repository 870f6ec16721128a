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

/** Roles that have not signed for a group. */
export const missingSignatures = ({ decided }: Decisions, group: string): Role[] =>
  missing(GROUP_SIGNERS, own(decided, subjects.sign(group)) ?? {});

type Groups = Pick<DeploymentStateView, 'groups' | 'personalFor'>;

/** Does a group hold a shape for which the deployment file asks for one signature with a person's own key? */
export const needsPersonal = ({ groups, personalFor }: Groups, group: string): boolean =>
  Object.values(own(groups, group) ?? {}).some(({ shape }) => personalFor.includes(shape));

type Signed = Decisions & Groups & Pick<DeploymentStateView, 'personal'>;

/** All three signatures are there, and somebody attested to each where one must be personal: any of the three signs once more. */
export const lacksPersonal = (state: Signed, group: string): boolean =>
  needsPersonal(state, group) && missingSignatures(state, group).length === 0 && (own(state.personal, group) ?? []).length === 0;

/** Everything that a group needs from people before it may be promoted. */
export const isSignedOff = (state: Signed, group: string): boolean =>
  missingSignatures(state, group).length === 0 && !lacksPersonal(state, group);

/** What it lacks, to follow "lacks"; empty once it is signed off. @example 'the signature of CFO' */
export const lackingSignatures = (state: Signed, group: string): string => {
  const missing = missingSignatures(state, group);
  if (missing.length > 0) return `the signature of ${missing.map(titleOf).join(', ')}`;
  return lacksPersonal(state, group) ? 'a personal signature: all three came through Slack' : '';
};

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

interface Voice {
  person: string;
  role: Role;
  /** In whose place they speak. */
  principal: string | undefined;
  file: DeploymentFile;
  /** For the sentence. */
  what: string;
}

/**
 * A role decides once, and a person counts once, whatever roles they hold: with who speaks counts who stands behind them,
 * so that nobody gets a second voice by lending it.
 */
export const refuseSecondVoice = (
  already: Decision,
  behind: Decision,
  { person, principal, role, file, what }: Voice,
): Refusal | null => {
  const before = already[role];
  if (before !== undefined) return refuse('already_done', `${titleOf(role)} (${before}) has decided about ${what} before.`);
  for (const [other, counted] of Object.entries(already) as [Role, string][]) {
    const both = [counted, behind[other]].flatMap((id) => id ?? []);
    const twice = [person, principal].find((id) => id !== undefined && both.some((one) => samePerson(file, one, id)));
    if (twice !== undefined) return refuse('person_counted_twice', `${twice} has been counted for ${what} as ${titleOf(other)}.`);
  }
  return null;
};

const missing = (roles: readonly Role[], decision: Decision): Role[] => roles.filter((role) => decision[role] === undefined);
