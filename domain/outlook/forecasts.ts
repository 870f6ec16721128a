import { formatT } from '../clock.ts';
import { plural } from '../describe/words.ts';
import { isSignedOff } from '../authority/quorum.ts';
import type { DeploymentStateView } from '../authority/context.ts';
import { forecast, measureRate, type Forecast, type Sample } from '../pace.ts';
import { row } from '../runbook/rows.ts';
import type { DeploymentView } from '../view.ts';

interface Given {
  view: DeploymentView;
  state: DeploymentStateView;
  planNow: number;
}

/** What is counted in the open window, and when it will be done at the rate measured so far. */
export function forecastsOf({ view, state, planNow }: Given): Forecast[] {
  switch (state.window) {
    case 'provision':
      return provisioning(view, planNow);
    case 'validate':
      return [signing(view, state, planNow)].filter((f) => f !== null);
    case 'golive':
      return [goingLive(view, planNow)].filter((f) => f !== null);
    case 'countdown':
    case 'after':
      return [];
  }
}

/** Each of the three until its row is settled, and from when there is something to measure. */
function provisioning(view: DeploymentView, planNow: number): Forecast[] {
  const cohorts = countable(view);
  const total = cohorts.reduce((sum, c) => sum + c.agents, 0);
  const done = (count: 'bound' | 'minted' | 'smoked'): number => cohorts.reduce((sum, c) => sum + c.counts[count], 0);
  const preflight = view.milestones['W1.06']?.donePlanHours ?? null;
  const firstMint = view.series.minted.points[0]?.planHours ?? null;
  const since = (from: number | null, count: 'bound' | 'smoked'): Sample[] =>
    from === null
      ? []
      : [
          { atPlanHours: from, done: 0 },
          { atPlanHours: planNow, done: done(count) },
        ];
  const minted = [
    ...view.series.minted.points.map((p) => ({ atPlanHours: p.planHours, done: p.minted })),
    { atPlanHours: planNow, done: view.progress.minted },
  ];
  const lines = [
    { unit: 'agents bound to their managers', rowId: 'W1.09', count: 'bound' as const, samples: since(preflight, 'bound') },
    { unit: 'credentials', rowId: 'W1.12', count: 'minted' as const, samples: lastHour(minted) },
    { unit: 'no-ops with ALLOW', rowId: 'W1.12', count: 'smoked' as const, samples: since(firstMint, 'smoked') },
  ];
  return lines
    .filter(({ rowId, count }) => view.milestones[rowId] === undefined && done(count) > 0)
    .map(({ unit, rowId, count, samples }) =>
      forecast({
        unit,
        done: done(count),
        total,
        ratePerPlanHour: measureRate(samples),
        nowPlanHours: planNow,
        duePlanHours: row(rowId).duePlanHours,
      }),
    );
}

/** Isolated and parked cohorts do not count: their gate opens without them. */
const countable = (view: DeploymentView) =>
  Object.values(view.cohorts).filter((c) => c.phase !== 'isolated' && c.phase !== 'parked');

/** The last plan hour tells more than the whole run. */
function lastHour(samples: Sample[]): Sample[] {
  const end = samples.at(-1)?.atPlanHours ?? 0;
  const recent = samples.filter((s) => s.atPlanHours >= end - 1);
  return recent.length >= 2 ? recent : samples;
}

function signing(view: DeploymentView, state: DeploymentStateView, planNow: number): Forecast | null {
  const groups = Object.keys(view.groupEvidence);
  if (groups.length === 0) return null;
  const signed = groups.filter((group) => isSignedOff(state, group)).length;
  return counted(
    `${signed} of ${plural(groups.length, 'cohort group')} signed by all three`,
    signed === groups.length,
    row('W2.11').duePlanHours,
    planNow,
  );
}

function goingLive(view: DeploymentView, planNow: number): Forecast | null {
  const promised = Object.values(view.cohorts).filter((c) =>
    ['signed-off', 'ramping', 'live', 'handed-over'].includes(c.phase ?? ''),
  );
  if (promised.length === 0) return null;
  const live = promised.filter((c) => c.phase === 'live' || c.phase === 'handed-over').length;
  return counted(
    `${live} of ${plural(promised.length, 'cohort')} live and stable`,
    live === promised.length,
    row('W3.12').duePlanHours,
    planNow,
  );
}

/** People and holds have no rate: a count, and when it is due. */
function counted(sentence: string, done: boolean, duePlanHours: number, planNow: number): Forecast {
  const late = !done && planNow > duePlanHours;
  return {
    doneAtPlanHours: done ? planNow : null,
    slackMinutes: late ? Math.round((duePlanHours - planNow) * 60) : null,
    sentence: done ? `${sentence}, done` : `${sentence}, ${late ? 'was due at' : 'due at'} ${formatT(duePlanHours)}`,
  };
}
