import { putJsonEvidence } from '../../clients/store/evidence.ts';
import type { Scope } from '../../domain/command.ts';
import type { NewEntry } from '../../domain/entry.ts';
import { FAILURES } from '../../domain/failure.ts';
import { STOPPING_TABLE } from '../../domain/runbook/stopping.ts';
import { MACHINE } from '../../domain/authority/signer.ts';
import { silent } from '../../domain/stop/triggers/cohort-rules.ts';
import type { Act } from '../../domain/stop/triggers/decide.ts';
import type { CohortLook, Look } from '../../domain/stop/triggers/look.ts';
import { causeGoneSubject, type StandingTrigger } from '../../domain/stop/triggers/standing.ts';
import type { CommandView, DeploymentView } from '../../domain/view.ts';
import type { Deployment } from '../deployment.ts';
import { regeneratedSubject } from '../group-evidence.ts';
import { firingId } from './orders.ts';

type Fire = Extract<Act, { act: 'fire' }>;
type Clear = Extract<Act, { act: 'clear' }>;

const taskOf = ({ row, subject }: { row: string; subject: string }): string => `trigger/${row}/${subject}`;

/** That a row fired, with what was seen; and, where nobody was stopped by it, whom it waits for. */
export async function firedEntries(d: Deployment, fire: Fire, look: Look, stop: string | null): Promise<NewEntry[]> {
  const { row, subject, cohorts, measures, because, planMinutes } = fire;
  const seen = {
    cohorts: look.cohorts.filter(({ cohort }) => cohorts.includes(cohort)),
    connectors: row === 'connector-outage' ? look.connectors : null,
    log: row === 'audit-integrity' ? look.log : null,
  };
  const evidence = await putJsonEvidence(d.tenant.audit, d.tenant.auditPrefix, { row, subject, because, seen }, d.signal);
  const since = new Date(d.now() - (planMinutes * 60_000) / d.file.speed).toISOString();
  const named = cohorts.slice(0, NAMED);
  const fired = d.entry('trigger.fired', `trigger/${firingId(d, fire)}`, {
    ...{ row, subject, cohorts: named, stop, measures, because: because.slice(0, 500), since, evidence },
  });
  return stop === null ? [fired, taskFor(d, fire)] : [fired];
}

/** A deployment has hundreds of cohorts at most; more than these are in the evidence alone. */
const NAMED = 500;

function taskFor(d: Deployment, { row, subject, because, cohorts, ...fire }: Fire): NewEntry {
  const owner = STOPPING_TABLE.find(({ id }) => id === row)?.told[0] ?? 'deployment-lead';
  const { sentence, next } = FAILURES.over_threshold;
  const data = {
    ...{ taskId: taskOf({ row, subject }), owner, code: 'over_threshold' as const, next },
    sentence: `${subject}: ${sentence} ${because}.`.slice(0, 1000),
  };
  // A task that names no cohort would stand for the whole run.
  const [cohort = subject] = cohorts;
  return d.entry('task.opened', `task/${firingId(d, { row, subject, because, cohorts, ...fire })}`, data, { cohort });
}

export function clearedEntries(d: Deployment, view: DeploymentView, { row, subject, because }: Clear): NewEntry[] {
  const index = view.triggers[`${row}/${subject}`]?.index ?? 0;
  const task = view.tasks[taskOf({ row, subject })];
  return [
    d.entry('trigger.cleared', `trigger/${row}/${subject}/${index}/cleared`, { row, subject, because }),
    ...(task?.closed === null ? [closed(d, task.index, taskOf({ row, subject }), because)] : []),
  ];
}

const closed = (d: Deployment, index: number, taskId: string, how: string): NewEntry =>
  d.entry('task.closed', `task/${taskId}/${index}/closed`, { taskId, how });

/** What people who lift a halt rest on, once for each stop. */
export async function gone(
  d: Deployment,
  view: DeploymentView,
  look: Look,
  causes: readonly StandingTrigger[],
): Promise<NewEntry[]> {
  const entries: NewEntry[] = [];
  for (const { row, subject, stop, index } of causes) {
    const about = causeGoneSubject(stop ?? '');
    if (index < 0 || view.evidence[about] !== undefined || view.stops[stop ?? '']?.flipped == null) continue;
    // Once Atlas has built it again, that is what shows it.
    if (row === 'manifest-drift' && view.evidence[regeneratedSubject(subject)] === undefined) continue;
    const seen = look.cohorts.find(({ cohort }) => cohort === subject) ?? { log: look.log };
    const evidence = await putJsonEvidence(d.tenant.audit, d.tenant.auditPrefix, { row, subject, stop, seen }, d.signal);
    const summary = `${row} of ${subject}: its cause is gone`;
    entries.push(d.entry('evidence', `trigger/${stop ?? ''}/cause-gone`, { subject: about, summary, evidence }));
  }
  return entries;
}

/** A connector is back and golive may not let its dependents go on: somebody else has to, or to see why not. */
export function heldUp(
  d: Deployment,
  view: DeploymentView,
  { connector, stop }: Extract<Act, { act: 'resume' }>,
  refused: CommandView,
): NewEntry[] {
  const row = 'connector-outage';
  const taskId = taskOf({ row, subject: connector });
  if (view.tasks[taskId]?.closed === null) return [];
  const data = {
    ...{ taskId, owner: 'connector-standby' as const, code: refused.code ?? ('wrong_state' as const) },
    sentence: `${connector} answers again, but those that it paused do not go on: ${refused.sentence ?? ''}`.slice(0, 1000),
    next: `golive resume ${stop}, once nothing else stands in the way.`,
  };
  return [d.entry('task.opened', `task/${refused.id}`, data)];
}

const SILENT = 'silent/';

/** Live, and nothing is heard of it: somebody is told, until something is. */
export function silence(d: Deployment, view: DeploymentView, cohorts: readonly CohortLook[]): NewEntry[] {
  const { sentence, next } = FAILURES.no_data;
  return cohorts.flatMap((look): NewEntry[] => {
    const taskId = `${SILENT}${look.cohort}`;
    const task = view.tasks[taskId];
    const now = silent(look, d.file.limits);
    if (!now && task?.closed === null) return [closed(d, task.index, taskId, 'it is heard of again, or not live any more')];
    if (!now || task?.closed === null) return [];
    const data = { taskId, owner: 'deployment-lead' as const, code: 'no_data' as const, next };
    const told = `${look.cohort}: ${sentence} No call for ${d.file.limits.noDataMinutes} plan minutes.`;
    return [d.entry('task.opened', `task/${taskId}/${task?.index ?? 0}`, { ...data, sentence: told }, { cohort: look.cohort })];
  });
}

/** An order was given and the worker died before it wrote why: the order itself says enough. */
export async function unrecorded(d: Deployment, view: DeploymentView): Promise<NewEntry[]> {
  const entries: NewEntry[] = [];
  for (const { id, person, outcome, args, scope, reason, issuedAt, at, index } of Object.values(view.commands)) {
    const { trigger: row } = args;
    if (person !== MACHINE || outcome !== 'applied' || row === undefined || scope === null || !id.startsWith('trigger-'))
      continue;
    const because = reason ?? '';
    const subject = subjectOf(row, scope, because);
    // What was fired after it took its place in the view.
    if ((view.triggers[`${row}/${subject}`]?.index ?? -1) > index || view.triggers[`${row}/${subject}`]?.fired.stop === id)
      continue;
    const evidence = await putJsonEvidence(d.tenant.audit, d.tenant.auditPrefix, { row, subject, because, order: id }, d.signal);
    const data = {
      row,
      subject,
      cohorts: scope.names,
      stop: id,
      because: because.slice(0, 500),
      since: issuedAt ?? at,
      evidence,
    };
    entries.push(d.entry('trigger.fired', `trigger/${id}`, data));
  }
  return entries;
}

/** What was said of a connector begins with its name. */
const subjectOf = (row: string, scope: Scope, because: string): string => {
  if (scope.level === 'deployment') return 'deployment';
  return row === 'connector-outage' ? (because.split(' ')[0] ?? '') : (scope.names[0] ?? '');
};
