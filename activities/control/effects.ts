import { holdAdded, holdsReleased, signOffs } from '../../domain/authority/follow.ts';
import { holdsMadeBy } from '../../domain/authority/record.ts';
import { planHours, rebaseline, startClock, stopClock } from '../../domain/clock.ts';
import type { Command } from '../../domain/command.ts';
import type { EvidenceRef, NewEntry } from '../../domain/entry.ts';
import { incidentEntry } from '../../domain/incident/entries.ts';
import type { DeploymentView } from '../../domain/view.ts';
import type { Deployment } from '../deployment.ts';
import { setAsideTask } from '../entries.ts';
import { milestoneEntry } from '../settle/milestone.ts';
import { written, type Effects } from './effect.ts';
import { lifting } from './lifting.ts';
import type { Check } from './prerequisites.ts';

/** `before`: what an order rests on that was applied before; what followed from it follows again. */
export async function effectsOf(
  d: Deployment,
  command: Command,
  view: DeploymentView,
  checks: readonly Check[],
  before?: EvidenceRef,
): Promise<Effects> {
  switch (command.kind) {
    case 'hold':
      return hold(d, command, view);
    case 'release':
      return release(d, command);
    case 'clock':
      return { ...(await standing(d)), ...clock(d, command, view, checks) };
    case 'sign':
      return signatureEffects(d, command, await standing(d));
    case 'promote':
      return promotion(d, command, view, await lifting(d, command, view, before));
    case 'resume':
    case 'lift':
      return lifting(d, command, view, before);
    case 'confirm':
      return Object.keys(command.args.noGo ?? {}).length > 0 ? hold(d, command, view) : standing(d);
    case 'retry':
      return { ...(await standing(d)), entries: () => closedSetTask(d, command, view) };
    case 'incident':
      return { ...(await standing(d)), entries: () => aboutIncident(d, command, view) };
    default:
      return standing(d);
  }
}

/** A signature changes nothing at the platform; `now` serves for any number of them. */
export const signatureEffects = (d: Deployment, command: Command, now: Effects): Effects => ({
  ...now,
  entries: (index) => written(d, command, signOffs(command, index)),
});

/** No effect but the generation that is in force now. */
export async function standing(d: Deployment): Promise<Effects> {
  const { generation } = await d.tenant.platform.fences(d.name.deployment, d.signal);
  return { fenceGeneration: generation, entries: () => [] };
}

/** A hold is a fence at the platform first and a word in the log after: nothing rises while the word is on its way. */
async function hold(d: Deployment, command: Command, view: DeploymentView): Promise<Effects> {
  let fenceGeneration = 0;
  const holds = holdsMadeBy(command);
  for (const h of holds) {
    const cohorts =
      h.scope.level === 'group'
        ? Object.values(view.cohorts)
            .filter((c) => h.scope.names.includes(c.group))
            .map((c) => c.id)
        : h.scope.names;
    const scopes = cohorts.map((name) => ({ level: 'cohort' as const, deployment: d.name.deployment, name }));
    fenceGeneration = await d.tenant.platform.fence({ scopes, ceiling: h.ceiling, commandId: h.id }, d.signal);
  }
  return { fenceGeneration, entries: () => written(d, command, holds.map(holdAdded)) };
}

async function release(d: Deployment, command: Command): Promise<Effects> {
  const holdId = command.args.holdId ?? '';
  const fenceGeneration = await d.tenant.platform.liftFence({ commandId: holdId, liftedBy: command.id }, d.signal);
  return { fenceGeneration, entries: () => written(d, command, holdsReleased(command, [{ hold: holdId }])) };
}

/** Whoever was set aside before goes live after all, and needs nobody any more. */
const promotion = (d: Deployment, { id, person }: Command, view: DeploymentView, effects: Effects): Effects => ({
  ...effects,
  entries: (index) => [
    ...effects.entries(index),
    ...(effects.promotes ?? []).flatMap((cohort) => {
      const taskId = setAsideTask(cohort);
      const closed = { taskId, how: 'promoted again, with a ramp of its own' };
      if (view.tasks[taskId]?.closed !== null) return [];
      return [d.entry('task.closed', `task/${taskId}/${id}/closed`, closed, { actor: person, cohort })];
    }),
  ],
});

function clock(
  d: Deployment,
  command: Command,
  view: DeploymentView,
  checks: readonly Check[],
): Pick<Effects, 'clock' | 'entries'> {
  const { args, id, person, reason } = command;
  const now = d.now();
  const about = { actor: person };
  const hours = planHours(view.clock, now) ?? 0;
  if (args.clock === 'stop') {
    return {
      clock: stopClock(view.clock, now),
      entries: () => [d.entry('clock.stopped', `clock/${id}`, { planHours: hours, reason }, about)],
    };
  }
  if (args.clock === 'rebaseline') {
    const shiftHours = args.shiftHours ?? 0;
    return {
      clock: rebaseline(view.clock, shiftHours),
      entries: () => [d.entry('clock.rebaselined', `clock/${id}`, { shiftHours, reason }, about)],
    };
  }
  const started = startClock(view.clock, now);
  const wallAt = new Date(now).toISOString();
  return {
    clock: started,
    entries: () => [
      d.entry('clock.started', `clock/${id}`, { planHours: hours, speed: d.file.speed, wallAt }, about),
      ...checks.map((c) => milestoneEntry(d, started, c.row, { status: 'met', doneAtMs: now, reason: c.found })),
    ],
  };
}

/** An incident is opened once under its id; all else that is said of it is a line of its own. */
function aboutIncident(d: Deployment, command: Command, view: DeploymentView): NewEntry[] {
  const said = incidentEntry(command, view, planHours(view.clock, d.now()));
  if (said === null) return [];
  const subject = said.kind === 'incident.noted' ? `${said.data.incident}/${command.id}` : said.data.incident;
  const id = `incident/${subject}${said.kind === 'incident.closed' ? '/closed' : ''}`;
  const entry = d.entry(said.kind, id, said.data, { actor: command.person });
  return said.kind === 'incident.closed' ? [entry, ...doneWith(d, command, view)] : [entry];
}

/** With its incident, what a stop left for somebody to look after is done. */
function doneWith(d: Deployment, { args, id, person }: Command, view: DeploymentView): NewEntry[] {
  const stop = view.incidents[args.incident?.id ?? '']?.opened.stop;
  if (stop === undefined) return [];
  const how = `the incident was closed by ${person}`;
  const tasks = Object.values(view.tasks)
    .filter(
      (t) =>
        t.closed === null && [`landing/${stop}`, `exit/${stop}`].some((of) => t.taskId === of || t.taskId.startsWith(`${of}/`)),
    )
    .map((t) => d.entry('task.closed', `task/${t.taskId}/${id}/closed`, { taskId: t.taskId, how }, { actor: person }));
  const items = Object.values(view.watchItems)
    .filter((w) => w.closed === null && w.id === `landing/${stop}`)
    .map((w) => d.entry('watch-item', `watch/${w.id}/closed`, { id: w.id, text: w.text, owner: w.owner, closed: true }));
  return [...tasks, ...items];
}

/** A retry of the whole run closes what it waited on; if the cause is still there, the task is opened again. */
function closedSetTask(d: Deployment, command: Command, view: DeploymentView): NewEntry[] {
  if (command.scope.level !== 'deployment') return [];
  return Object.values(view.tasks)
    .filter((t) => t.closed === null && t.cohort === null && t.taskId === 'set')
    .map((t) =>
      d.entry(
        'task.closed',
        `task/${t.taskId}/${command.id}/closed`,
        { taskId: t.taskId, how: `retry by ${command.person}` },
        { actor: command.person },
      ),
    );
}
