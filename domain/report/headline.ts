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
 * @example '1,153 of 1,200 agents are live: of 24 cohorts, 23 are live and 1 is isolated.'
 */
export function headlineOf({ agents, cohorts, result }: Result): string {
  const all = cohorts.length;
  if (all === 0) return 'Nothing is planned yet.';
  const counts = STANDINGS.map((standing) => ({ standing, n: cohorts.filter((c) => c.standing === standing).length }));
  const [live] = counts;
  if (live?.n === all && agents.live === agents.total)
    return `All ${number(agents.total)} agents are live, in ${plural(all, 'cohort')}.`;
  const parts = counts
    .filter(({ n }) => n > 0)
    .map(({ standing, n }) => `${number(n)} ${n === 1 ? 'is' : 'are'} ${STANDING_WORDS[standing]}`);
  const told = parts.length > 1 ? `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}` : (parts[0] ?? '');
  const none = result === null ? 'No agent is live yet' : 'No agent went live';
  const counted = agents.live === 0 ? none : `${number(agents.live)} of ${plural(agents.total, 'agent')} are live`;
  return `${counted}: of ${plural(all, 'cohort')}, ${told}.`;
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
