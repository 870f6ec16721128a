import { clause, list, number, plural, roleName } from '../describe/words.ts';
import type { DeploymentFile } from '../deployment-file.ts';
import { formatT } from '../clock.ts';
import type { Notice } from '../notice.ts';
import { outlookOf, WINDOW_NAMES, type Outlook } from '../outlook.ts';
import type { Pace } from '../pace.ts';
import { headlineOf } from '../report/headline.ts';
import { standingOf } from '../report/standing.ts';
import { TIME_RULES } from '../runbook/time-rules.ts';
import type { DeploymentView } from '../view.ts';
import { planTimeOf, short, type Made, type Told } from './told.ts';

const TONES: Record<Pace, Notice['tone']> = { 'on-track': 'good', behind: 'warn', blocked: 'bad' };
const MOST_NAMED = 4;

/** The deployment's one message, edited in place: where it is, whether it keeps its pace, who is waited for. */
export const rootNotice = (view: DeploymentView, file: DeploymentFile, nowMs: number): Notice =>
  rootOf(view, outlookOf(view, file, nowMs));

export function rootOf(view: DeploymentView, outlook: Outlook): Notice {
  const { customer, deployment, environment, result } = view.header;
  const name = `${customer}/${deployment}${environment === 'production' ? '' : ` (${environment ?? 'not opened'})`}`;
  if (result !== null)
    return { title: `${name}: closed, ${result}`, tone: result === 'failed' ? 'bad' : 'good', lines: [headline(view)] };
  return {
    title: `${name}: ${WINDOW_NAMES[outlook.window]}, ${outlook.pace}`,
    tone: TONES[outlook.pace],
    lines: [`${planTimeOf(outlook.planNow)}. ${headline(view)}`, ...standing(outlook), ...forecastOf(outlook)],
  };
}

/** At most one an hour, and only where something else is to be said than the last time; a forecast's minutes are not news. */
export function statusDue({ view, outlook, said, nowMs }: Told): Made[] {
  const hour = Math.floor(outlook.planNow ?? -1);
  // Every sixth hour has its own message, with the same facts and more.
  if (hour < 0 || hour % 6 === 0 || view.header.closedAt !== null) return [];
  const key = `status/${hour}`;
  const earlier = Object.values(view.notices).filter((n) => n.key.startsWith('status/'));
  const last = earlier.at(-1);
  const tooSoon = last?.made != null && nowMs - Date.parse(last.made.at) < TIME_RULES['hourly-post'].floorMs;
  if (view.notices[key] !== undefined || tooSoon) return [];
  const lines = standing(outlook);
  const before = last === undefined ? undefined : said[last.key]?.lines.filter((line) => !line.startsWith(FORECAST));
  if (before?.join() === lines.join()) return [];
  const notice: Notice = {
    title: `${formatT(hour)}: ${WINDOW_NAMES[outlook.window]}, ${outlook.pace}`,
    tone: TONES[outlook.pace],
    lines: [...lines, ...forecastOf(outlook)],
    thread: true,
  };
  return [{ key, notice }];
}

export const headline = ({ agents, cohorts, header }: DeploymentView): string =>
  headlineOf({ agents, cohorts: Object.values(cohorts).map((c) => ({ standing: standingOf(c) })), result: header.result });

/** What makes an hour different from the one before. */
export const standing = (outlook: Outlook): string[] => [
  `Pace: ${outlook.pace}${outlook.blockedBy.length === 0 ? '' : `, by ${list(outlook.blockedBy.map((why) => short(why)))}`}`,
  milestones(outlook),
  `Waiting for: ${waited(outlook)}`,
];

const FORECAST = 'Forecast: ';
/** Nothing where nothing is counted. */
export const forecastOf = ({ forecasts }: Outlook): string[] =>
  forecasts.length === 0 ? [] : [`${FORECAST}${forecasts.map((f) => f.sentence).join('; ')}`];

/** Rows that are over their time come first: they are what the window hangs on. */
function milestones({ rows }: Outlook): string {
  const overdue = rows.filter((r) => r.state === 'overdue').map(({ row }) => `${row.id} was due at ${formatT(row.duePlanHours)}`);
  const next = rows
    .filter((r) => r.state === 'next')
    .map(({ row }) => `${row.id} at ${formatT(row.duePlanHours)}, ${clause(row.title)}`);
  const late = overdue.length === 0 ? '' : `Over their time: ${list(overdue, MOST_NAMED)}. `;
  return `${late}Next milestone: ${next.length === 0 ? 'every row of the window is settled' : list(next, 2)}`;
}

export function waited({ waiting }: Outlook): string {
  if (waiting.length === 0) return 'nobody';
  return list(
    waiting.map((w) => short(`${roleName(w.role)} to ${w.what}`)),
    MOST_NAMED,
  );
}

export const agentsInWords = ({ agents }: DeploymentView): string =>
  agents.total === 0
    ? 'no agent is planned yet'
    : `${plural(agents.total, 'agent')}: ${(['live', 'shadow', 'provisioning', 'paused', 'halted', 'terminated'] as const)
        .filter((state) => agents[state] > 0)
        .map((state) => `${number(agents[state])} ${state}`)
        .join(', ')}`;
