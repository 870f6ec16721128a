import type { Command } from '../../domain/command.ts';
import type { EvidenceRef } from '../../domain/entry.ts';
import { covers } from '../../domain/hold.ts';
import { deploymentId } from '../../domain/ids.ts';
import { STOPS, isStoppingKind, type StoppingKind } from '../../domain/stop/stop.ts';
import type { Mode } from '../../domain/mode.ts';
import type { DeploymentView } from '../../domain/view.ts';
import type { StopView, TriggerView } from '../../domain/view/stops.ts';
import type { Subject } from '../../clients/platform/port.ts';
import { refused } from '../boundary.ts';
import type { Deployment } from '../deployment.ts';

/** A stop as the log has it: what is done after it rests on nothing else. */
export interface Stopped {
  id: string;
  command: Command & { kind: StoppingKind };
  /** Place of its `command.applied` in the log: what comes after it rests on this order. */
  index: number;
  appliedAt: string;
  envelope: EvidenceRef;
  fenceGeneration: number;
  ceiling: Mode;
  /** When the last one was down, wall milliseconds. */
  downMs: number;
  /** Whom it was about, as far as they are there. */
  subjects: StoppedSubject[];
  view: DeploymentView;
  known: StopView | undefined;
  /** The row of the stopping table that made the engine stop. */
  trigger: TriggerView | undefined;
}

/** A cohort, or one of its agents where the order is about agents. */
export interface StoppedSubject {
  cohort: string;
  agent?: string;
}

export async function stoppedBy(d: Deployment, id: string): Promise<Stopped> {
  const entry = await d.tenant.recorder.find(`${deploymentId(d.name)}/command/${id}`, d.signal);
  if (entry?.kind !== 'command.applied' || !isStoppingKind(entry.data.command.kind))
    throw refused('wrong_state', `The log has no stop ${id} that was carried out.`);
  const { command, envelope, fenceGeneration } = entry.data;
  const view = await d.view();
  const known = view.stops[id];
  const down = known?.flipped?.lastAt ?? known?.flipped?.fencedAt ?? entry.at;
  return {
    ...{ id, index: entry.index, appliedAt: entry.at, envelope, fenceGeneration, view, known },
    command: { ...command, kind: entry.data.command.kind },
    ceiling: STOPS[entry.data.command.kind].ceiling,
    downMs: Date.parse(down),
    subjects: await subjectsOf(d, command, view),
    trigger: Object.values(view.triggers).find((t) => t.fired.stop === id),
  };
}

async function subjectsOf(d: Deployment, { scope }: Command, { cohorts }: DeploymentView): Promise<StoppedSubject[]> {
  if (scope.level === 'agent') {
    const { platform } = d.tenant;
    const pages = await each(scope.names, (agent) => platform.agents(d.name.deployment, { agent }, d.signal));
    return pages.flatMap(({ agents }) => agents.map(({ agent, cohort }) => ({ agent, cohort })));
  }
  return Object.values(cohorts)
    .filter((c) => covers(scope, { cohort: c.id, group: c.group, wave: c.shape }))
    .map((c) => ({ cohort: c.id }));
}

/** As the platform is asked about one. */
export const subjectOf = ({ cohort, agent }: StoppedSubject): Subject => (agent === undefined ? { cohort } : { agent });

export const nameOf = ({ cohort, agent }: StoppedSubject): string => agent ?? cohort;

const AT_ONCE = 8;

/** Not all at the platform at once: there may be hundreds of cohorts. */
export async function each<T, R>(items: readonly T[], ask: (item: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = [];
  for (let i = 0; i < items.length; i += AT_ONCE) answers.push(...(await Promise.all(items.slice(i, i + AT_ONCE).map(ask))));
  return answers;
}
