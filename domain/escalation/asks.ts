import type { DeploymentFile } from '../deployment-file.ts';
import { clause, plural } from '../describe/words.ts';
import { openIncidents } from '../incident/incident.ts';
import type { Role } from '../roles.ts';
import { findGate } from '../runbook/gates.ts';
import { findRow } from '../runbook/rows.ts';
import { WAVES } from '../runbook/waves.ts';
import type { DeploymentView, TaskView } from '../view.ts';
import { waitingFor, type Waiting } from '../waiting.ts';
import { holders, latest } from '../waiting/ask.ts';

/** Something that a person is waited for, whether it is an order or a task. */
export interface Ask {
  /** The same as long as it is the same thing: `sign/cfo`, `task/parked/hr-a`. */
  id: string;
  owner: Role;
  /** Who may do it, by their ids: holders of the role first, then deputies. */
  persons: string[];
  /** To follow "to". */
  what: string;
  /** ISO 8601. */
  since: string;
  /** Since when the oldest of them waits: an executive who is asked for one more group is asked anew, for all. */
  oldestSince: string;
  /** Plan hour at which the runbook wants it done; null: as soon as somebody can. */
  dueHour: number | null;
  /** How many things it stands for: cohort groups to sign, cohorts to look after. */
  count: number;
}

export const CLOCK_RESTART = 'clock-restart';
const INCIDENT = 'incident/';
/** The incident that is waited for under this id, if it is one. */
export const incidentIn = (about: string): string | undefined =>
  about.startsWith(INCIDENT) ? about.slice(INCIDENT.length) : undefined;

/** What may be waited for while the T-clock stands still: that it goes on, and that somebody takes on an incident. */
export const isTimeless = (id: string): boolean => id === CLOCK_RESTART || id.startsWith(INCIDENT);

/** Everything that waits on a person now: the orders (`openOrders`), incidents that nobody took on, tasks. */
export function openAsks(view: DeploymentView, file: DeploymentFile, orders: readonly Ask[]): Ask[] {
  if (view.header.closedAt !== null) return [];
  return [...orders, ...incidentAsks(view, file), ...taskAsks(view, file)];
}

/** The orders that are waited for now. */
export const openOrders = (view: DeploymentView, file: DeploymentFile, nowMs: number): Ask[] =>
  waitingFor(view, file, nowMs).flatMap((w) => orderAsk(view, w));

function orderAsk(view: DeploymentView, { id, role, persons, what, since, groups = [] }: Waiting): Ask[] {
  if (since === null) return [];
  const reviewed = view.milestones['W2.08']?.at ?? since;
  const times = groups.map((group) => latest([view.groupEvidence[group]?.at, reviewed]) ?? since);
  const oldestSince = times.reduce((oldest, at) => (at < oldest ? at : oldest), since);
  return [{ id, owner: role, persons, what, since, oldestSince, dueHour: dueHourOf(id), count: Math.max(1, groups.length) }];
}

/** An incident is waited for until somebody has taken it on. */
const incidentAsks = (view: DeploymentView, file: DeploymentFile): Ask[] =>
  openIncidents(view)
    .filter((i) => i.ackedBy === null)
    .map(({ incident, opened, at }) => ({
      id: `${INCIDENT}${incident}`,
      owner: opened.owner,
      persons: holders(file, opened.owner),
      what: `take on incident ${incident} (SEV-${opened.severity}): ${opened.title}`.slice(0, 500),
      since: at,
      oldestSince: at,
      dueHour: null,
      count: 1,
    }));

/** Tasks of the whole run one by one; those of cohorts together by cause, or two hundred parked cohorts were two hundred alarms. */
function taskAsks(view: DeploymentView, file: DeploymentFile): Ask[] {
  const open = Object.values(view.tasks).filter((t) => t.closed === null);
  const byCause = new Map<string, TaskView[]>();
  for (const task of open) {
    const cause = task.cohort === null ? task.taskId : `cohorts/${task.code}/${task.owner}`;
    byCause.set(cause, [...(byCause.get(cause) ?? []), task]);
  }
  return [...byCause].flatMap(([cause, tasks]): Ask[] => {
    const [first] = tasks;
    if (first === undefined) return [];
    // Their sentences begin with the cohort.
    const about = tasks.length === 1 ? '' : `${plural(tasks.length, 'cohort')}, first `;
    const since = tasks.reduce((oldest, t) => (t.at < oldest ? t.at : oldest), first.at);
    return [
      {
        id: `task/${cause}`,
        owner: first.owner,
        persons: holders(file, first.owner),
        what: `look after ${about}${clause(first.sentence)}`.slice(0, 500),
        since,
        oldestSince: since,
        dueHour: null,
        count: tasks.length,
      },
    ];
  });
}

/** By the id that `waitingFor` gave it. */
function dueHourOf(id: string): number | null {
  const [what = '', name = ''] = id.split('/');
  if (what === 'go-ahead') return findRow('W1.02')?.duePlanHours ?? null;
  if (what.startsWith('sign')) return findRow('W2.11')?.duePlanHours ?? null;
  if (what === 'go') return findGate(name)?.planHours ?? null;
  if (what === 'promote') {
    const wave = Object.entries(WAVES).find(([shape]) => shape === name)?.[1];
    return wave === undefined ? null : (findRow(wave.promoted)?.duePlanHours ?? null);
  }
  return what.startsWith('confirm-') ? (findRow(what.slice('confirm-'.length))?.duePlanHours ?? null) : null;
}
