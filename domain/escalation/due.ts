import { isRunning, planHoursAt, ruleMs } from '../clock.ts';
import type { DeploymentFile } from '../deployment-file.ts';
import type { EntryData } from '../entry.ts';
import { ESCALATION_LEVELS, type EscalationLevel } from '../notices/entries.ts';
import type { TimeRuleId } from '../runbook/time-rules.ts';
import type { DeploymentView, EscalationView } from '../view.ts';
import { isTimeless, openAsks, openOrders, type Ask } from './asks.ts';
import { howItEnded } from './ended.ts';
import { toldAt } from './told.ts';

const HOUR_MS = 3_600_000;

/** After how long a level is told. */
const RULES: Record<EscalationLevel, TimeRuleId> = {
  'on-call': 'escalate-on-call',
  'deployment-lead': 'escalate-deployment-lead',
  'platform-lead': 'escalate-platform-lead',
  executives: 'escalate-executives',
};

export interface Escalations {
  /** To be told now. */
  raise: EntryData['escalation.raised'][];
  close: EntryData['escalation.closed'][];
  /** When the next level is due if nothing happens before, wall time; null: none that anybody can know of. */
  nextAtMs: number | null;
}

/**
 * What has waited for so long that the next ones are to be told, and what nobody waits for any more. Pure: the fold of the
 * log, the signed file, the time; told twice it says the same until what it says stands in the log.
 *
 * The clock of an ask runs from the moment since which it waits; where the runbook wants it done at a later hour, from two
 * hours before that, so that the last level is told when it is due. It runs in plan time: while the T-clock stands still
 * nothing climbs but the restart itself, and incidents. Before T-0 nothing climbs, because nobody knows when T-0 will be.
 */
export function escalations(
  view: DeploymentView,
  file: DeploymentFile,
  nowMs: number,
  orders: readonly Ask[] = openOrders(view, file, nowMs),
): Escalations {
  const asks = view.clock.startedAtMs === null ? [] : openAsks(view, file, orders);
  const raise: Escalations['raise'] = [];
  let nextAtMs: number | null = null;
  for (const ask of asks.filter((a) => isRunning(view.clock) || isTimeless(a.id))) {
    const { about, dueMs } = climb(view, ask, nowMs);
    const raised = about?.raised.length ?? 0;
    const handedTo = about?.acknowledged?.handedTo ?? null;
    for (const [n, level] of ESCALATION_LEVELS.entries()) {
      const at = dueMs[n];
      if (n < raised || at === undefined) continue;
      if (at > nowMs) {
        nextAtMs = Math.min(nextAtMs ?? at, at);
        break;
      }
      const { id, what, owner, since } = ask;
      const escalation = about?.escalation ?? `${id}/${nextNumber(view, id)}`;
      const told = toldAt(level, ask, { view, file, nowMs, handedTo });
      raise.push({ escalation, about: id, what: what.slice(0, 500), owner, level, told, since });
    }
  }
  const open = Object.values(view.escalations).filter((e) => e.closed === null);
  const close = open
    .filter((e) => !asks.some((a) => a.id === e.about))
    .map((e) => ({ escalation: e.escalation, how: howItEnded(view, e) }));
  return { raise, close, nextAtMs };
}

/** The open escalation about an ask, and when each level is due, wall time. */
function climb(view: DeploymentView, ask: Ask, nowMs: number): { about: EscalationView | undefined; dueMs: number[] } {
  const about = openEscalation(view, ask.id);
  const hoursAt = hoursOf(view, ask);
  const now = hoursAt(nowMs);
  const asked = hoursAt(Date.parse(ask.since));
  const last = hoursFor('escalate-executives', view.clock.speed);
  const start = ask.dueHour !== null && ask.dueHour > asked ? Math.max(asked, ask.dueHour - last) : asked;
  const offsets = ESCALATION_LEVELS.map((level) => hoursFor(RULES[level], view.clock.speed));
  const acknowledged = about?.acknowledged ?? null;
  // Whoever takes it on gets time; then it climbs on from where it was, in the same steps.
  const before = acknowledged === null ? 0 : (about?.raised.filter((r) => r.index < acknowledged.index).length ?? 0);
  const base =
    acknowledged === null
      ? start
      : hoursAt(Date.parse(acknowledged.at)) + hoursFor('acknowledged-for', view.clock.speed) - (offsets[before] ?? 0);
  return { about, dueMs: offsets.map((offset) => nowMs + ((base + offset - now) * HOUR_MS) / view.clock.speed) };
}

/** Plan hours of a moment, not before T-0; for what is waited for while it stands still, as if it ran. */
function hoursOf({ clock, standstills }: DeploymentView, { id }: Ask): (atMs: number) => number {
  if (isTimeless(id)) return (atMs) => (atMs * clock.speed) / HOUR_MS;
  return (atMs) => planHoursAt(clock, standstills, Math.max(atMs, clock.startedAtMs ?? atMs)) ?? 0;
}

/** A rule in plan hours, never below its floor of wall time. */
const hoursFor = (rule: TimeRuleId, speed: number): number => (ruleMs(rule, speed) * speed) / HOUR_MS;

const openEscalation = (view: DeploymentView, about: string): EscalationView | undefined =>
  Object.values(view.escalations).find((e) => e.about === about && e.closed === null);

/** The same thing may be asked for again: evidence changes, a clock stops twice. */
const nextNumber = (view: DeploymentView, about: string): number =>
  1 + Object.values(view.escalations).filter((e) => e.about === about).length;
