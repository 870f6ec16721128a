import type { DeploymentFile, DeploymentLimits } from '../deployment-file.ts';
import { plural, roleName } from '../describe/words.ts';
import type { EntryData } from '../entry.ts';
import { LATE_GRACE } from '../runbook/time-rules.ts';
import { openOrders, type Ask } from '../escalation/asks.ts';
import type { DeploymentView, WatchItemView } from '../view.ts';
import { approvalPaths, windowAt, type ApprovalPath } from './path.ts';

/** Watch items of the approval path, by the beginning of their id. */
export const APPROVAL_PATH = 'approval-path/';

const MEASURES: {
  name: string;
  limit: keyof DeploymentLimits & ('approvalLatencyHours' | 'approvalBacklog' | 'approvalOldestHours');
  of: (path: ApprovalPath) => number | null;
  hours: boolean;
  words: (value: number, limit: number) => string;
}[] = [
  {
    name: 'latency',
    limit: 'approvalLatencyHours',
    of: (p) => p.medianHours,
    hours: true,
    words: (value, limit) => `takes ${value} h of plan to answer, by the median; the limit is ${limit} h`,
  },
  {
    name: 'backlog',
    limit: 'approvalBacklog',
    of: (p) => p.open,
    hours: false,
    words: (value, limit) => `has ${plural(value, 'decision')} open; the limit is ${limit}`,
  },
  {
    name: 'oldest',
    limit: 'approvalOldestHours',
    of: (p) => p.oldestHours,
    hours: true,
    words: (value, limit) => `is waited for since ${value} h of plan; the limit is ${limit} h`,
  },
];

/**
 * The watch items that the approval path asks for now: opened when a role is over a limit of the deployment file in the open
 * window, closed when it is under it again or the window is over. Before T-0 nothing is due by the hour, so nothing is judged.
 */
export function approvalWatchItems(
  view: DeploymentView,
  file: DeploymentFile,
  nowMs: number,
  orders: readonly Ask[] = openOrders(view, file, nowMs),
): EntryData['watch-item'][] {
  const window = windowAt(view, nowMs);
  const ended = window === 'countdown' || window === 'after' || view.header.closedAt !== null;
  const paths = ended ? [] : approvalPaths(view, file, nowMs, orders).filter((path) => path.window === window);
  const over = paths.flatMap((path) => overLimit(path, file));
  const items = Object.values(view.watchItems).filter((w) => w.id.startsWith(APPROVAL_PATH));
  const open = items.filter((w) => w.closed === null);
  return [
    ...over
      .filter(({ about }) => !open.some((w) => isAbout(w, about)))
      .map(({ about, text }) => ({
        id: `${about}/${1 + items.filter((w) => isAbout(w, about)).length}`,
        text,
        owner: 'deployment-lead' as const,
      })),
    ...open
      .filter((w) => !over.some(({ about }) => isAbout(w, about)))
      .map(({ id, text, owner }) => ({ id, text: `${text}; no longer`, owner, closed: true })),
  ];
}

function overLimit(path: ApprovalPath, { limits, speed }: DeploymentFile): { about: string; text: string }[] {
  return MEASURES.flatMap(({ name, limit, of, hours, words }) => {
    const value = of(path);
    // As with every due time, what the engine itself takes is no delay of theirs.
    const grace = hours ? (LATE_GRACE.wallMs * speed) / 3_600_000 : 0;
    if (value === null || value <= limits[limit] + grace) return [];
    const about = `${APPROVAL_PATH}${name}/${path.role}/${path.window}`;
    return [{ about, text: `${roleName(path.role)} ${words(value, limits[limit])}.` }];
  });
}

const isAbout = ({ id }: WatchItemView, about: string): boolean => id.startsWith(`${about}/`);
