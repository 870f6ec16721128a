import { formatT } from '../clock.ts';
import { clause, list, roleName } from '../describe/words.ts';
import { isSettled, statusOf } from '../gate.ts';
import type { Notice } from '../notice.ts';
import { WINDOW_NAMES } from '../outlook.ts';
import type { Role } from '../roles.ts';
import { GATES, type Gate } from '../runbook/gates.ts';
import { row, rowOwners } from '../runbook/rows.ts';
import { TIME_RULES } from '../runbook/time-rules.ts';
import type { DeploymentView } from '../view.ts';
import { agentsInWords, forecastOf, standing } from './status.ts';
import { firstOf, personName, short, type Made, type Told } from './told.ts';

/** The seven who are available for the whole 72 hours. */
const LEADS: readonly Role[] = [
  'deployment-lead',
  'customer-lead',
  'security-lead',
  'operations-lead',
  'atlas-operator',
  'arx-standby',
  'connector-standby',
];
const SYNC_HOURS = TIME_RULES['lead-sync'].planMs / 3_600_000;
const MOST_NAMED = 4;

/** Every six hours the leads meet; at the end of a window they review its gate instead. An hour that nobody was told of is not made up for. */
export function agendaDue(told: Told): Made[] {
  const { view, outlook } = told;
  if (outlook.planNow === null || outlook.planNow < SYNC_HOURS || view.header.closedAt !== null) return [];
  const hour = Math.floor(outlook.planNow / SYNC_HOURS) * SYNC_HOURS;
  const gate = GATES.findLast((g) => g.planHours <= hour);
  const isReview = gate !== undefined && (gate.planHours === hour || gate.opens === 'after');
  const key = isReview ? `review/${gate.id}` : `sync/${hour}`;
  if (view.notices[key] !== undefined) return [];
  return [{ key, notice: isReview ? review(told, gate) : sync(told, hour) }];
}

function sync(told: Told, hour: number): Notice {
  const { view, outlook, file } = told;
  const next = hour + SYNC_HOURS;
  const due = outlook.rows.filter(
    ({ row: r, state }) => (state === 'next' || state === 'pending') && r.duePlanHours >= 0 && r.duePlanHours <= next,
  );
  return {
    title: `Lead sync at ${formatT(hour)}: ${WINDOW_NAMES[outlook.window]}, ${outlook.pace}`,
    tone: 'info',
    lines: numbered([
      `Where we are: ${agentsInWords(view)}`,
      `Due until ${formatT(next)}: ${named(due.map(({ row: r }) => `${r.id} (${rowOwners(r).map(roleName).join(', ')})`))}`,
      ...standing(outlook),
      ...forecastOf(outlook),
      ...concerns(view),
    ]),
    mention: firstOf(file, LEADS),
    thread: true,
  };
}

function review(told: Told, gate: Gate): Notice {
  const { view, outlook, file } = told;
  const statuses = Object.fromEntries(Object.values(view.milestones).map((m) => [m.row, m.status]));
  const open = gate.exits.filter((id) => !isSettled(statusOf(id, statuses)));
  const waived = gate.exits.filter((id) => statuses[id] === 'waived');
  const passed = view.gates[gate.id];
  const aside = Object.values(view.cohorts).filter((c) => ['isolated', 'held', 'parked'].includes(c.phase ?? ''));
  const who = passed?.by === null || passed === undefined ? undefined : personName(file, passed.by);
  return {
    title: `Review of ${gate.name}, all roles, ${formatT(gate.planHours)}`,
    tone: open.length === 0 ? 'good' : 'warn',
    lines: numbered([
      `Exits settled: ${gate.exits.length - open.length} of ${gate.exits.length}; waived: ${named(waived)}`,
      `Open: ${named(open.map((id) => `${id} (${rowOwners(row(id)).map(roleName).join(', ')})`))}`,
      `Cohorts that do not go on, by name: ${named(aside.map((c) => `${c.id} (${c.phase ?? ''})`))}`,
      `Where we are: ${agentsInWords(view)}`,
      ...standing(outlook),
      ...concerns(view),
      passed === undefined
        ? `Decision: go by ${roleName('deployment-lead')}, golive go ${gate.id}`
        : `Decision: go, ${who ?? ''}, entry #${passed.commandIndex}`,
    ]),
    mention: firstOf(file, LEADS),
    thread: true,
  };
}

const concerns = (view: DeploymentView): string[] => [
  `Watch items: ${named(
    Object.values(view.watchItems)
      .filter((w) => w.closed === null)
      .map((w) => `${short(clause(w.text))} (${roleName(w.owner)})`),
  )}`,
  `Holds: ${named(
    Object.values(view.holds)
      .filter((h) => h.released === null)
      .map((h) => `${h.holdId} on ${list(h.scope.names)} (${roleName(h.releasedBy)})`),
  )}`,
];

const named = (names: readonly string[]): string => (names.length === 0 ? 'none' : list(names, MOST_NAMED));
const numbered = (lines: readonly string[]): string[] => lines.map((line, i) => `${i + 1}. ${line}`);
