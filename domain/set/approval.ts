import type { DeploymentFile, Person } from '../deployment-file.ts';
import type { Role } from '../roles.ts';
import type { Problem, ProblemCode } from './problem.ts';

/** The four executives of C3: CEO, CHRO (Customer Lead), CFO, CISO (Security Lead). One approval each, by four persons. */
export const APPROVING_ROLES = ['ceo', 'customer-lead', 'cfo', 'security-lead'] as const satisfies readonly Role[];
export type ApprovingRole = (typeof APPROVING_ROLES)[number];

export const isApprovingRole = (role: Role): role is ApprovingRole => (APPROVING_ROLES as readonly Role[]).includes(role);

/** An executive's approval that counts. */
export interface Approval {
  person: string;
  role: ApprovingRole;
  commandId: string;
  issuedAt: string;
  /** The earlier of what the deployment file allows and what the approval says itself. */
  validUntil: string;
  /** `sha256:<hex>` of the envelope. */
  envelope: string;
}

/** A deputy stands in for a role that its holder has left; the deployment file says so, signed under the root. */
export const holdsRole = (person: Person, role: Role): boolean => person.roles.includes(role) || person.deputyOf.includes(role);

export const personById = (file: DeploymentFile, id: string): Person | undefined =>
  file.people.find((person) => person.id === id);

const DAY_MS = 24 * 60 * 60 * 1000;

/** When an approval given at `issuedAt` stops counting. */
export function approvalValidUntil(issuedAt: string, expiresAt: string, validDays: number): string {
  return new Date(Math.min(Date.parse(issuedAt) + validDays * DAY_MS, Date.parse(expiresAt))).toISOString();
}

export const missingApprovals = (approvals: readonly Approval[]): ApprovingRole[] =>
  APPROVING_ROLES.filter((role) => !approvals.some((approval) => approval.role === role));

/** Wrong in a way that no other approval makes good: a file that was tampered with, or an executive who said no. */
const ALWAYS_REFUSED: readonly ProblemCode[] = [
  'approval_malformed',
  'approval_signature_invalid',
  'approval_misplaced',
  'approval_rejected',
];

/** The problems for which a set is refused: all of them while an approval is missing, then only those above. */
export const refusingProblems = (problems: readonly Problem[], missing: readonly ApprovingRole[]): Problem[] =>
  problems.filter((p) => missing.length > 0 || ALWAYS_REFUSED.includes(p.code));
