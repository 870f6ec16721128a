import type { CohortPhase } from '../entry.ts';
import type { FailureCode } from '../failure.ts';
import { agentCounts } from '../fold/agents.ts';
import type { Lifecycle, Mode, Shape } from '../mode.ts';
import type { AgentCounts, CohortView, DeploymentView } from '../view.ts';
import { standingOf, whyNotLive, type Standing } from './standing.ts';

/** The part of the platform's bulk state that the report rests on. */
export interface PlatformCohort {
  cohort: string;
  mode: Mode;
  livePercent: number;
  /** Registered. */
  agents: number;
  byLifecycle: Partial<Record<Lifecycle, number>>;
  byMode: Partial<Record<Mode, number>>;
}

export interface ReportCohort {
  id: string;
  group: string;
  shape: Shape;
  agents: number;
  /** Null as long as none of its agents runs. */
  mode: Mode | null;
  livePercent: number;
  /** Ids of the active holds that cover it. */
  holds: string[];
  phase: CohortPhase | null;
  standing: Standing;
  /** Why it is not live; null where it is. */
  reason: string | null;
  liftedBy: string | null;
  code: FailureCode | null;
  wave: string | null;
  /** Its agents by state; they add up. */
  counts: AgentCounts;
}

export interface CohortsOfReport {
  cohorts: ReportCohort[];
  agents: AgentCounts;
  /** Where the platform and the log do not say the same, in words. */
  differences: string[];
}

/** Cohorts in the order of the plan. What agents are is the platform's to say; without it the log's outcomes stand in. */
export function cohortsOf(view: DeploymentView, platform: readonly PlatformCohort[] | null): CohortsOfReport {
  const byName = new Map(platform?.map((p) => [p.cohort, p]));
  const cohorts = Object.values(view.cohorts).map((cohort) => cohortOf(view, cohort, byName.get(cohort.id)));
  const differences = platform === null ? [] : differencesOf(view, cohorts, platform);
  return { cohorts, agents: totalOf(cohorts.map((c) => c.counts)), differences };
}

function cohortOf(view: DeploymentView, known: CohortView, at: PlatformCohort | undefined): ReportCohort {
  const counts = at === undefined ? agentCounts(known) : platformCounts(known.agents, at);
  const cohort = at === undefined ? known : asThePlatformSays(known, at, counts.total - counts.provisioning);
  const { id, group, shape, agents, mode, livePercent, holds, phase, code, wave } = cohort;
  return {
    id,
    group,
    shape,
    agents,
    mode,
    livePercent,
    holds,
    phase,
    standing: standingOf(cohort),
    ...whyNotLive(view, cohort),
    code,
    wave,
    counts,
  };
}

const asThePlatformSays = (known: CohortView, { mode, livePercent }: PlatformCohort, running: number): CohortView => ({
  ...known,
  mode: running > 0 ? mode : null,
  livePercent: mode === 'live' ? livePercent : 0,
  counts: { ...known.counts, running },
});

/** The platform counts lifecycles and modes apart; an agent that does not run makes no calls, whatever its mode. */
function platformCounts(agents: number, { byLifecycle, byMode }: PlatformCohort): AgentCounts {
  const terminated = Math.min(agents, byLifecycle.terminated ?? 0);
  let left = Math.min(agents - terminated, byLifecycle.running ?? 0);
  const take = (mode: Mode): number => {
    const taken = Math.min(left, byMode[mode] ?? 0);
    left -= taken;
    return taken;
  };
  const [live, paused, halted] = [take('live'), take('paused'), take('halted')];
  const shadow = left;
  return {
    total: agents,
    provisioning: agents - terminated - live - paused - halted - shadow,
    shadow,
    live,
    paused,
    halted,
    terminated,
  };
}

const STATES = [
  'total',
  'provisioning',
  'shadow',
  'live',
  'paused',
  'halted',
  'terminated',
] as const satisfies readonly (keyof AgentCounts)[];

function totalOf(all: readonly AgentCounts[]): AgentCounts {
  const sum: AgentCounts = { total: 0, provisioning: 0, shadow: 0, live: 0, paused: 0, halted: 0, terminated: 0 };
  for (const counts of all) for (const state of STATES) sum[state] += counts[state];
  return sum;
}

function differencesOf(view: DeploymentView, cohorts: readonly ReportCohort[], platform: readonly PlatformCohort[]): string[] {
  const said = cohorts.flatMap(({ id, counts }) => {
    const known = view.cohorts[id];
    if (known === undefined) return [];
    if (!platform.some((p) => p.cohort === id)) return [`${id}: the platform does not know it.`];
    const log = agentCounts(known);
    const parts = STATES.filter((state) => state !== 'total' && log[state] !== counts[state]).map(
      (state) => `${counts[state]} ${state} (log: ${log[state]})`,
    );
    return parts.length === 0 ? [] : [`${id}: the platform says ${parts.join(', ')}.`];
  });
  const unknown = platform
    .filter((p) => view.cohorts[p.cohort] === undefined)
    .map((p) => `${p.cohort}: the log does not know it.`);
  return [...said, ...unknown];
}
