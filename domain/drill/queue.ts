import { ruleMs } from '../clock.ts';
import { nextUp, type Bosses } from './line.ts';

/** What lies in a manager's queue, as the platform tells it. */
export interface QueueItem {
  id: string;
  /** Whose queue it came to first, and how often it was passed on since. */
  manager: string;
  level: number;
  assignedTo: string;
  /** ISO 8601, by the platform's clock. */
  at: string;
  assignedAt: string;
  decidedAt: string | null;
  decidedBy: string | null;
}

/** Items that one call is about: a document beside the log, like any evidence, because they are many and no agents. */
export interface QueueItems {
  ref: string;
  digest: string;
  /** Of an intent: how many; of an outcome: how many of them took effect. */
  count: number;
}

/** One item that goes to somebody else's queue. */
export interface PassOn {
  escalation: string;
  to: string;
  /** How often it will have been passed on. */
  level: number;
}

/** How long whoever has an item may let it lie. Of wall time, also while the T-clock stands still: queues do not. */
export const slaMs = (speed: number): number => Math.ceil(ruleMs('escalation-sla', speed));

export const dueMs = ({ assignedAt }: QueueItem, speed: number): number => Date.parse(assignedAt) + slaMs(speed);

/** Open, overdue, and nobody is left above whoever has it. */
export const isSilent = (item: QueueItem, bosses: Bosses, atMs: number, speed: number): boolean =>
  item.decidedAt === null && dueMs(item, speed) <= atMs && nextUp(bosses, item) === null;

/** The open items that are due by a moment and have somebody to go to. */
export const overdue = (items: readonly QueueItem[], bosses: Bosses, byMs: number, speed: number): PassOn[] =>
  items.flatMap((item) => {
    if (item.decidedAt !== null || dueMs(item, speed) > byMs) return [];
    const to = nextUp(bosses, item);
    return to === null ? [] : [{ escalation: item.id, to, level: item.level + 1 }];
  });

/** When the first open item that can still be passed on is due; null: there is none. */
export function nextDueMs(items: readonly QueueItem[], bosses: Bosses, speed: number): number | null {
  const dues = items.flatMap((item) => (item.decidedAt === null && nextUp(bosses, item) !== null ? [dueMs(item, speed)] : []));
  return dues.length === 0 ? null : dues.reduce((first, due) => Math.min(first, due));
}
