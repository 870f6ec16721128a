import { missingApprovals, missingConfirmations } from '../../domain/authority/quorum.ts';
import { byEvidence, type Facts, type Probes } from './facts.ts';
import type { Settled } from './milestone.ts';

const now = (facts: Facts, reason: string): Settled => ({ status: 'met', doneAtMs: facts.nowMs, reason });

/** P1 to P7 are settled by `clock start`, which reads them at T-0. */
export const COUNTDOWN: Probes = {
  C2: byEvidence('set:frozen'),
  C3: (f) =>
    missingApprovals(f.state, new Date(f.nowMs).toISOString()).length > 0
      ? null
      : now(f, f.view.approvals.map((a) => `${a.role} (${a.person})`).join(', ')),
  C4: (f) => (missingConfirmations(f.state, 'C4').length > 0 ? null : now(f, 'all roles, for the whole 72 hours')),
};
