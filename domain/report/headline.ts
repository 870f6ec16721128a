import { number, plural } from '../describe/words.ts';
import type { AgentCounts, DeploymentView } from '../view.ts';
import type { ReportCohort } from './cohorts.ts';
import { STANDINGS, type Standing } from './standing.ts';

interface Result {
  agents: AgentCounts;
  cohorts: readonly Pick<ReportCohort, 'standing'>[];
  result: DeploymentView['header']['result'];
}

/**
 * The result in one sentence.
 * @example 'All 1,200 agents are live, in 24 cohorts.'
 * @example '1,153 of 1,200 agents are live, in 23 of 24 cohorts; 1 cohort is isolated.'
 */
export function headlineOf({ agents, cohorts, result }: Result): string {
  const all = cohorts.length;
  if (all === 0) return 'Nothing is planned yet.';
  const count = (standing: Standing): number => cohorts.filter((c) => c.standing === standing).length;
  const live = count('live');
  if (live === all && agents.live === agents.total)
    return `All ${number(agents.total)} agents are live, in ${plural(all, 'cohort')}.`;
  const rest = STANDINGS.filter((standing) => standing !== 'live' && count(standing) > 0).map((standing) => {
    const n = count(standing);
    return `${plural(n, 'cohort')} ${n === 1 ? 'is' : 'are'} ${STANDING_WORDS[standing]}`;
  });
  const others = rest.length > 1 ? `${rest.slice(0, -1).join(', ')} and ${rest.at(-1) ?? ''}` : (rest[0] ?? '');
  if (agents.live === 0) {
    const none = result === null ? 'No agent is live yet' : 'No agent went live';
    return `${none}: ${others}.`;
  }
  return `${number(agents.live)} of ${plural(agents.total, 'agent')} are live, in ${live} of ${plural(all, 'cohort')}; ${others}.`;
}

/** As they read after "is". */
export const STANDING_WORDS: Record<Standing, string> = {
  live: 'live',
  ramping: 'on the ramp',
  shadow: 'in shadow',
  provisioning: 'being provisioned',
  held: 'held',
  parked: 'parked',
  isolated: 'isolated',
  paused: 'paused',
  halted: 'halted',
  terminated: 'terminated',
};
