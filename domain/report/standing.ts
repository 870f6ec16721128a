import { GROUP_SIGNERS } from '../authority/quorum.ts';
import { clause, list, plural, roleName } from '../describe/words.ts';
import { FAILURES } from '../failure.ts';
import type { Role } from '../roles.ts';
import type { CohortView, DeploymentView, SignOffView } from '../view.ts';

/** Where a cohort stands, in one word that a reader who never saw a phase understands. */
export const STANDINGS = [
  'live',
  'ramping',
  'shadow',
  'provisioning',
  'held',
  'parked',
  'isolated',
  'paused',
  'halted',
  'terminated',
] as const;
export type Standing = (typeof STANDINGS)[number];

/** A cohort counts as live when all of its agents are and nothing set it aside. What a stop did outweighs everything else. */
export function standingOf({ mode, phase, livePercent, counts }: CohortView): Standing {
  if (mode === 'terminated' || mode === 'halted' || mode === 'paused') return mode;
  if (phase === 'isolated' || phase === 'held' || phase === 'parked') return phase;
  if (mode === 'live') return livePercent >= 100 ? 'live' : 'ramping';
  return mode === 'shadow' && counts.running > 0 ? 'shadow' : 'provisioning';
}

export interface Why {
  reason: string | null;
  liftedBy: string | null;
}

/** Why a cohort is not live, and what would make it so: what was said about it, else its holds, else its signatures, else how far it is. */
export function whyNotLive(view: DeploymentView, cohort: CohortView): Why {
  if (standingOf(cohort) === 'live') return { reason: null, liftedBy: null };
  const { reason, liftedBy } = said(cohort) ?? heldBy(view, cohort) ?? unsigned(view, cohort) ?? onItsWay(cohort);
  return { reason, liftedBy: liftedBy?.replaceAll('--cohort NAME', `--cohort ${cohort.id}`) ?? null };
}

function said({ reason, liftedBy, code }: CohortView): Why | null {
  const sentence = reason ?? (code === null ? null : FAILURES[code].sentence);
  if (sentence === null || sentence === '') return null;
  return { reason: sentence, liftedBy: liftedBy ?? (code === null ? null : FAILURES[code].next) };
}

function heldBy(view: DeploymentView, cohort: CohortView): Why | null {
  const hold = view.holds[cohort.holds[0] ?? ''];
  if (hold === undefined) return null;
  return {
    reason: `Held by ${hold.by}: ${clause(hold.why)}.`,
    liftedBy: `${roleName(hold.releasedBy)}: golive release ${hold.holdId}`,
  };
}

function unsigned(view: DeploymentView, { group, phase }: CohortView): Why | null {
  if (phase !== 'shadow' || view.groupEvidence[group] === undefined) return null;
  const signatures = signaturesOf(view, group);
  const against = GROUP_SIGNERS.filter((role) => signatures[role]?.decision === 'reject');
  const open = GROUP_SIGNERS.filter((role) => signatures[role]?.decision !== 'approve');
  if (open.length === 0) return null;
  const names = list(open.map(roleName));
  const reason = against.length > 0 ? `Rejected by ${list(against.map(roleName))}.` : `Not signed by ${names}.`;
  return { reason, liftedBy: `${names}: golive sign ${group}; then golive promote ${group}` };
}

function onItsWay({ phase, livePercent, unknown, group }: CohortView): Why {
  const open = Object.keys(unknown).length;
  if (open > 0)
    return { reason: `The outcome of ${plural(open, 'side effect')} is not known.`, liftedBy: FAILURES.side_effect_unknown.next };
  if (phase === 'signed-off') return { reason: 'Signed off; its wave has not started.', liftedBy: `golive promote ${group}` };
  if (phase === 'ramping') return { reason: `On its ramp, at ${livePercent} %.`, liftedBy: null };
  if (phase === 'shadow') return { reason: 'Runs in shadow.', liftedBy: null };
  return { reason: phase === null ? 'Nothing was done with it yet.' : `On its way: ${phase}.`, liftedBy: null };
}

/** What each role said last about a group, on the evidence as it is now. */
export function signaturesOf(view: DeploymentView, group: string): Partial<Record<Role, SignOffView>> {
  const last: Partial<Record<Role, SignOffView>> = {};
  for (const signOff of view.signOffs) if (signOff.group === group && signOff.current) last[signOff.role] = signOff;
  return last;
}
