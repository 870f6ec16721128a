import { GROUP_SIGNERS } from '../authority/quorum.ts';
import type { Shape } from '../mode.ts';
import type { Role } from '../roles.ts';
import { GATES, type GateId } from '../runbook/gates.ts';
import type { DeploymentView, SignOffView } from '../view.ts';
import type { ReportCohort } from './cohorts.ts';
import { signaturesOf } from './standing.ts';

export interface ReportSignOff {
  group: string;
  person: string;
  role: Role;
  channel: SignOffView['channel'];
  /** Who delegated it to them; null: signed in a role of their own. */
  principal: string | null;
  /** Digest of the evidence that was signed. */
  boundTo: string;
  at: string;
  auditIndex: number;
  decision: SignOffView['decision'];
  /** False: the evidence changed afterwards, so it was asked for again. */
  current: boolean;
}

export interface ReportApproval {
  person: string;
  role: Role;
  decision: SignOffView['decision'];
  manifestSetDigest: string;
  at: string;
  auditIndex: number;
}

/** The unit of executive sign-off. */
export interface ReportGroup {
  id: string;
  cohorts: number;
  agents: number;
  live: number;
  /** By role, what was said last on the evidence as it is now; null: nothing. */
  signatures: {
    role: Role;
    decision: SignOffView['decision'] | null;
    person: string | null;
    channel: SignOffView['channel'] | null;
    at: string | null;
    auditIndex: number | null;
  }[];
  signed: boolean;
}

export interface ReportGate {
  id: GateId;
  name: string;
  duePlanHours: number;
  passedAt: string | null;
  passedPlanHours: number | null;
  by: string | null;
  auditIndex: number | null;
}

export interface ReportWave {
  id: string;
  shape: Shape | 'catch-up';
  cohorts: number;
  startedAt: string;
  auditIndex: number;
  steps: { percent: number; at: string; planHours: number; verdicts: Record<string, number> }[];
  closed: { at: string; live: number; left: string[] } | null;
}

export const signOffsOf = (view: DeploymentView): ReportSignOff[] =>
  view.signOffs.map(({ group, person, role, channel, delegation, boundTo, at, index, decision, current }) => ({
    group,
    person,
    role,
    channel,
    principal: delegation === null ? null : (view.delegations[delegation]?.principal ?? null),
    boundTo,
    at,
    auditIndex: index,
    decision,
    current,
  }));

export const approvalsOf = (view: DeploymentView): ReportApproval[] =>
  view.approvals.map(({ person, role, decision, manifestSetDigest, at, index }) => ({
    person,
    role,
    decision,
    manifestSetDigest,
    at,
    auditIndex: index,
  }));

/** In order of their names, each with its cohorts' sums. */
export function groupsOf(view: DeploymentView, cohorts: readonly ReportCohort[]): ReportGroup[] {
  const ids = [...new Set(cohorts.map((c) => c.group))].sort();
  return ids.map((id) => {
    const members = cohorts.filter((c) => c.group === id);
    const said = signaturesOf(view, id);
    const signatures = GROUP_SIGNERS.map((role) => {
      const one = said[role];
      return {
        role,
        decision: one?.decision ?? null,
        person: one?.person ?? null,
        channel: one?.channel ?? null,
        at: one?.at ?? null,
        auditIndex: one?.index ?? null,
      };
    });
    return {
      id,
      cohorts: members.length,
      agents: members.reduce((sum, c) => sum + c.agents, 0),
      live: members.reduce((sum, c) => sum + c.counts.live, 0),
      signatures,
      signed: signatures.every((s) => s.decision === 'approve'),
    };
  });
}

export const gatesOf = (view: DeploymentView): ReportGate[] =>
  GATES.map(({ id, name, planHours }) => {
    const passed = view.gates[id];
    return {
      id,
      name,
      duePlanHours: planHours,
      passedAt: passed?.at ?? null,
      passedPlanHours: passed?.planHours ?? null,
      by: passed?.by ?? null,
      auditIndex: passed?.index ?? null,
    };
  });

export const wavesOf = (view: DeploymentView): ReportWave[] =>
  Object.values(view.waves).map(({ wave, shape, cohorts, at, index, steps, closed }) => ({
    id: wave,
    shape,
    cohorts: cohorts.length,
    startedAt: at,
    auditIndex: index,
    steps: steps.map((step) => ({
      percent: step.percent,
      at: step.at,
      planHours: step.planHours,
      verdicts: countBy(step.verdicts),
    })),
    closed: closed && { at: closed.at, live: closed.live, left: closed.left },
  }));

function countBy(verdicts: Record<string, { verdict: string }>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { verdict } of Object.values(verdicts)) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return counts;
}
