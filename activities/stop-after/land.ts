import { Context } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { putJsonEvidence } from '../../clients/store/evidence.ts';
import { ruleMs, planHoursAt } from '../../domain/clock.ts';
import type { EntryData, NewEntry } from '../../domain/entry.ts';
import { FAILURES } from '../../domain/failure.ts';
import { openedByStop } from '../../domain/incident/incident.ts';
import { landingVerdict, type LandingCheck } from '../../domain/stop/landing.ts';
import type { Deployment } from '../deployment.ts';
import { record } from '../entries.ts';
import { landingChecks } from './checks.ts';
import { questionableWrites } from './questionable.ts';
import { nameOf, stoppedBy, type Stopped } from './stopped.ts';

type Landed = EntryData['stop.landed'];

/**
 * What comes after a stop, in the order in which people want to know it. Every step is one entry by its id, so it may be done
 * again; and it is: an attempt that comes too early to see anything fails, and says when to look again. Nobody waits in a
 * place that orders need.
 */
export async function land(d: Deployment, id: string): Promise<{ verdict: Landed['verdict'] }> {
  const { attempt } = Context.current().info;
  const stopped = await stoppedBy(d, id);
  if (stopped.known?.landed) return { verdict: stopped.known.landed.verdict };
  const opened = openedByStop(stopped.command, planHoursOf(stopped));
  if (opened !== null) {
    const incident = d.entry('incident.opened', `incident/${opened.incident}`, opened, { actor: stopped.command.person });
    await record(d.tenant.recorder, [incident], d.signal);
    if (attempt === 1) await listWrites(d, stopped, opened);
  }
  const checks = await watched(d, stopped, attempt);
  // The first attempt may have died over it.
  if (opened !== null && attempt > 1) await listWrites(d, stopped, opened);
  const verdict = landingVerdict(checks);
  const document = { v: 1, stop: id, at: new Date(d.now()).toISOString(), verdict, checks };
  const evidence = await putJsonEvidence(d.tenant.audit, d.tenant.auditPrefix, document, d.signal);
  const told = checks.map(({ name, verdict: each, detail }) => ({ name, verdict: each, detail }));
  const owner = opened?.owner ?? 'deployment-lead';
  await record(
    d.tenant.recorder,
    [
      d.entry('stop.landed', `stop/${id}/landed`, { stop: id, verdict, checks: told, evidence }),
      ...notLanded(d, stopped, checks, owner),
    ],
    d.signal,
  );
  return { verdict };
}

async function listWrites(d: Deployment, stopped: Stopped, opened: EntryData['incident.opened']): Promise<void> {
  const writes = await questionableWrites(d, stopped, opened);
  if (writes !== null) await record(d.tenant.recorder, [writes], d.signal);
}

const planHoursOf = ({ view, appliedAt }: Stopped): number | null =>
  planHoursAt(view.clock, view.standstills, Date.parse(appliedAt));

/** Once there is enough to see, or patience is at its end: then what nobody could measure is said to be so. */
async function watched(d: Deployment, stopped: Stopped, attempt: number): Promise<LandingCheck[]> {
  const { speed } = d.file;
  const window = ruleMs('landing', speed);
  const early = stopped.downMs + window - d.now();
  if (early > 0) throw lookAgain(early);
  const checks = await landingChecks(d, stopped, attempt);
  const left = stopped.downMs + Math.max(window, ruleMs('landing-patience', speed)) - d.now();
  if (landingVerdict(checks) === 'no-data' && left > 0) throw lookAgain(Math.min(window, left));
  return checks;
}

export const TOO_EARLY = 'too_early';

const lookAgain = (afterMs: number): ApplicationFailure =>
  ApplicationFailure.create({
    ...{ type: TOO_EARLY, message: 'Too early to say whether it has landed.', nextRetryDelay: afterMs },
    category: ApplicationFailureCategory.BENIGN,
  });

const MOST_TASKS = 20;

/** Where something still happens that should have ended, somebody has to act; what could not be measured is watched. */
function notLanded(
  d: Deployment,
  { id, subjects }: Stopped,
  checks: readonly LandingCheck[],
  owner: Landing['owner'],
): NewEntry[] {
  const failing = [...new Set(checks.flatMap((c) => c.failing))];
  const cohortOf = (name: string) => subjects.find((s) => nameOf(s) === name)?.cohort ?? name;
  const { next } = FAILURES.not_landed;
  const tasks = failing.slice(0, MOST_TASKS).map((name) => {
    const why = checks.filter((c) => c.failing.includes(name)).map((c) => c.name);
    const sentence = `${name} has not landed after stop ${id}: ${why.join(', ')}.`;
    return d.entry(
      'task.opened',
      `task/landing/${id}/${name}`,
      { taskId: landingTask(id, name), owner, code: 'not_landed', sentence, next },
      { cohort: cohortOf(name) },
    );
  });
  const silent = checks.filter((c) => c.verdict === 'no-data');
  if (silent.length === 0) return tasks;
  const text = `Whether stop ${id} has landed could not be measured: ${silent.map((c) => `${c.name}, ${c.detail}`).join('; ')}`;
  const item = { id: landingTask(id), text: text.slice(0, 500), owner };
  return [...tasks, d.entry('watch-item', `watch/${item.id}`, item)];
}

type Landing = Pick<EntryData['task.opened'], 'owner'>;

/** Of the tasks and the watch item that a stop may leave. */
const landingTask = (stop: string, name?: string): string => `landing/${stop}${name === undefined ? '' : `/${name}`}`;
