import { planHoursAt } from '../clock.ts';
import type { DeploymentFile } from '../deployment-file.ts';
import { GROUP_SIGNERS } from '../authority/quorum.ts';
import { openOrders, type Ask } from '../escalation/asks.ts';
import { EXECUTIVE_ROLES, STANDING_ROLES, type Role } from '../roles.ts';
import { GATES } from '../runbook/gates.ts';
import { RUNBOOK_WINDOWS, type RunbookWindow } from '../runbook/milestone.ts';
import { personById } from '../set/approval.ts';
import type { CardView, CommandView, DeploymentView } from '../view.ts';

const HOUR_MS = 3_600_000;

/** How one role's decisions come about in one window, up to its gate. Hours are plan hours. */
export interface ApprovalPath {
  role: Role;
  window: RunbookWindow;
  /** Orders that were waited for, from asked to answered; null: none were. */
  answered: number;
  medianHours: number | null;
  mostHours: number | null;
  /** What is waited for now: cohort groups count one by one. */
  open: number;
  oldestHours: number | null;
  /** Cards that ran out before the role had signed; orders that came when they were no longer valid. */
  expiredCards: number;
  expiredOrders: number;
}

/** Only roles and windows of which there is something to tell, in the order of the runbook. */
export function approvalPaths(
  view: DeploymentView,
  file: DeploymentFile,
  nowMs: number,
  open: readonly Ask[] = openOrders(view, file, nowMs),
): ApprovalPath[] {
  const now = windowAt(view, nowMs);
  const commands = Object.values(view.commands);
  const cards = Object.values(view.cards).filter((card) => Date.parse(card.expiresAt) <= nowMs);
  return RUNBOOK_WINDOWS.flatMap((window) =>
    [...STANDING_ROLES, ...EXECUTIVE_ROLES].flatMap((role): ApprovalPath[] => {
      const hours = commands
        .filter((c) => c.role === role && c.askedAt !== null && windowAt(view, Date.parse(c.askedAt)) === window)
        .map((c) => hoursToAnswer(view, c))
        .sort((a, b) => a - b);
      const waiting = window === now ? open.filter((ask) => ask.owner === role) : [];
      const path: ApprovalPath = {
        role,
        window,
        answered: hours.length,
        medianHours: rounded(hours[Math.floor((hours.length - 1) / 2)]),
        mostHours: rounded(hours.at(-1)),
        open: waiting.reduce((sum, ask) => sum + ask.count, 0),
        oldestHours: rounded(oldest(view, waiting, nowMs)),
        expiredCards: cards.filter((c) => windowAt(view, Date.parse(c.expiresAt)) === window && ranOut(view, c, role)).length,
        expiredOrders: commands.filter((c) => isExpired(c, file, role) && windowAt(view, Date.parse(c.at)) === window).length,
      };
      return path.answered + path.open + path.expiredCards + path.expiredOrders > 0 ? [path] : [];
    }),
  );
}

/** The window that was open at a moment. */
export function windowAt(view: DeploymentView, atMs: number): RunbookWindow {
  const { startedAtMs } = view.clock;
  if (startedAtMs === null || atMs < startedAtMs) return 'countdown';
  const passed = GATES.filter(({ id }) => Date.parse(view.gates[id]?.at ?? '') <= atMs);
  return passed.at(-1)?.opens ?? 'provision';
}

const hoursToAnswer = (view: DeploymentView, { askedAt, at }: CommandView): number =>
  planHoursBetween(view, Date.parse(askedAt ?? at), Date.parse(at));

const oldest = (view: DeploymentView, asks: readonly Ask[], nowMs: number): number | undefined =>
  asks.length === 0 ? undefined : Math.max(...asks.map((ask) => planHoursBetween(view, Date.parse(ask.oldestSince), nowMs)));

/** Plan hours that passed between two moments, before T-0 as if the clock ran. */
function planHoursBetween({ clock, standstills }: DeploymentView, fromMs: number, toMs: number): number {
  const [from, to] = [planHoursAt(clock, standstills, fromMs), planHoursAt(clock, standstills, toMs)];
  return Math.max(0, from === null || to === null ? ((toMs - fromMs) * clock.speed) / HOUR_MS : to - from);
}

/** Its hour came before the role had signed what it showed, and it was neither replaced nor needed no more by then. */
function ranOut(view: DeploymentView, { group, boundTo, expiresAt, index }: CardView, role: Role): boolean {
  if (!GROUP_SIGNERS.includes(role) || Date.parse(view.gates['gate-2']?.at ?? '') <= Date.parse(expiresAt)) return false;
  const replaced = Object.values(view.cards).some((c) => c.group === group && c.index > index && c.at < expiresAt);
  const signed = view.signOffs.some((s) => s.group === group && s.role === role && s.boundTo === boundTo && s.at <= expiresAt);
  return !replaced && !signed;
}

/** A refusal says who gave the order; in which role is the order's own secret unless the person has only one. */
const isExpired = ({ outcome, code, person, role: given }: CommandView, file: DeploymentFile, role: Role): boolean =>
  outcome === 'refused' && code === 'command_expired' && (given ?? personById(file, person)?.roles[0]) === role;

const rounded = (hours: number | undefined): number | null => (hours === undefined ? null : Math.round(hours * 100) / 100);
