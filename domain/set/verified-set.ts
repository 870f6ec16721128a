import type { Manifest } from '../manifest/manifest.ts';
import type { Approval, ApprovingRole } from './approval.ts';
import type { DiscrepancyReport } from './discrepancy.ts';
import type { IndexEntry } from './index-file.ts';
import type { Problem } from './problem.ts';

declare const verified: unique symbol;

export interface SetContent {
  /** `sha256:<hex>` over the sorted lines `sha256  size  key`. */
  digest: string;
  customer: string;
  deployment: string;
  version: number;
  frozenAt: string;
  agents: number;
  manifests: Manifest[];
  index: IndexEntry[];
  signer: { person: string; keyId: string };
  approvals: Approval[];
  /** Roles whose approval is not there yet; empty where approvals were required. */
  approvalsMissing: ApprovingRole[];
  /** What is wrong with approvals that do not count, where they are not needed or only reported. */
  approvalProblems: Problem[];
}

/** A set whose every byte is what was signed. Only `audit/verify-set` makes one, and every cohort is made from one. */
export type VerifiedSet = SetContent & { readonly [verified]: true };

export type SetVerdict =
  | { status: 'verified'; set: VerifiedSet }
  | {
      status: 'refused';
      problems: Problem[];
      /** Problems beyond the cap. */
      omitted: number;
      report: DiscrepancyReport;
    };
