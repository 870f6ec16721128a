import type { Bosses } from './line.ts';
import { dueMs, isSilent, slaMs, type QueueItem } from './queue.ts';

/** W2.05: the share of managers who answer by themselves within the SLA. */
export const RESPONSE_TARGET = 0.8;
/** So many slow managers stand in the log by name; all of them are in the evidence. */
const NAMED = 300;
const HOUR_MS = 3_600_000;

/** Who let a question lie until it was passed on, who answered instead of them, and plan hours until somebody did. */
export interface SlowManager {
  manager: string;
  decidedBy: string | null;
  hours: number | null;
}

/** Where the drill stands, counted from the platform's own items. */
export interface DrillFigures {
  /** `sent`; `sla`: every first manager has answered or was passed over; `silent`: only those wait whom nobody answers; `decided`. */
  stage: 'sent' | 'sla' | 'silent' | 'decided';
  /** The manager whose item was to be left unanswered; counted among those asked, and not among those who answer. */
  designated: string;
  asked: number;
  /** Managers with a bound agent whose queue took no item. */
  notAsked: number;
  inTime: number;
  passedOn: number;
  undecided: number;
  /** Of the undecided: nobody up the line answered, so that the Customer Lead decides. */
  silent: number;
  slowCount: number;
  /** The first of them, by name. */
  slow: SlowManager[];
}

interface Seen {
  designated: string;
  notAsked: number;
  bosses: Bosses;
  /** The platform's time of the reading. */
  atMs: number;
  speed: number;
}

export function drillFigures(items: readonly QueueItem[], seen: Seen): DrillFigures {
  const { bosses, atMs, speed, designated, notAsked } = seen;
  const open = items.filter((item) => item.decidedAt === null);
  const silent = open.filter((item) => isSilent(item, bosses, atMs, speed));
  const mayStillAnswer = open.some((item) => item.level === 0 && !silent.includes(item));
  const slow = items
    .filter((item) => item.manager !== designated && isSlow(item, atMs, speed))
    .map((item) => slowManager(item, speed))
    .sort((a, b) => (a.manager < b.manager ? -1 : 1));
  return {
    stage: stageOf({ open: open.length, silent: silent.length, waiting: mayStillAnswer || notAsked > 0 }),
    designated,
    asked: items.length,
    notAsked,
    inTime: items.filter((item) => answeredInTime(item, speed)).length,
    passedOn: items.filter((item) => item.level > 0).length,
    undecided: open.length,
    silent: silent.length,
    slowCount: slow.length,
    slow: slow.slice(0, NAMED),
  };
}

function stageOf({ open, silent, waiting }: { open: number; silent: number; waiting: boolean }): DrillFigures['stage'] {
  if (waiting) return 'sent';
  if (open === 0) return 'decided';
  return open === silent ? 'silent' : 'sla';
}

/** Of those who could answer; 1 when nobody could. */
export const responseRate = ({ inTime, asked }: Pick<DrillFigures, 'inTime' | 'asked'>): number =>
  asked <= 1 ? 1 : inTime / (asked - 1);

const answeredInTime = (item: QueueItem, speed: number): boolean =>
  item.level === 0 && item.decidedAt !== null && Date.parse(item.decidedAt) - Date.parse(item.at) <= slaMs(speed);

const isSlow = (item: QueueItem, atMs: number, speed: number): boolean =>
  item.level > 0 || (item.decidedAt === null ? dueMs(item, speed) <= atMs : !answeredInTime(item, speed));

const slowManager = ({ manager, decidedBy, decidedAt, at }: QueueItem, speed: number): SlowManager => ({
  manager,
  decidedBy,
  hours: decidedAt === null ? null : Math.round(((Date.parse(decidedAt) - Date.parse(at)) * speed * 100) / HOUR_MS) / 100,
});
