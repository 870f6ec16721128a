import { own } from '../authority/context.ts';
import { formatT, planHours, wallAt } from '../clock.ts';
import { list, plural } from '../describe/words.ts';
import { isSettled, statusOf } from '../gate.ts';
import { SHAPES, type Shape } from '../mode.ts';
import type { Notice } from '../notice.ts';
import { WAVES } from '../runbook/waves.ts';
import { clockTime, type Made, type Told, type WaveOwners } from './told.ts';

const MOST_NAMED = 12;
const OPENS = 'Opens';

/** Owners of capabilities, connectors and queues are told when their wave opens, once the clock runs, and each time when that has moved. */
export function ownersDue(told: Told): Made[] {
  const { view, owners } = told;
  if (owners === null || view.header.startedAt === null || view.header.closedAt !== null) return [];
  return SHAPES.flatMap((shape) => (owners[shape].cohorts === 0 ? [] : wave(told, shape, owners[shape])));
}

function wave({ view, file, outlook, nowMs, said }: Told, shape: Shape, owned: WaveOwners): Made[] {
  const { opensAt, promoted } = WAVES[shape];
  if (own(view.waves, shape) !== undefined || isSettled(statusOf(promoted, outlook.state.milestones))) return [];
  const wall = wallAt(view.clock, opensAt);
  const stands = formatT(planHours(view.clock, nowMs) ?? 0);
  const opens = `${formatT(opensAt)}, ${wall === null ? `not known: the clock stands still at ${stands}` : clockTime(wall, file.speed)}`;
  const earlier = Object.values(view.notices).filter((n) => n.key.startsWith(`owners/${shape}/`));
  const last = earlier.at(-1);
  const before = last === undefined ? undefined : said[last.key]?.facts?.find((f) => f.label === OPENS)?.value;
  // What was said cannot be read just now: better later than twice.
  if (before === opens || (last !== undefined && before === undefined)) return [];
  return [{ key: `owners/${shape}/${earlier.length}`, notice: notice(shape, owned, opens, before) }];
}

function notice(shape: Shape, owned: WaveOwners, opens: string, before: string | undefined): Notice {
  const { cohorts, agents, connectors, people, queues } = owned;
  return {
    title: before === undefined ? `The ${shape} wave has its time` : `The ${shape} wave has moved`,
    tone: before === undefined ? 'info' : 'warn',
    lines: [
      `${plural(cohorts, 'cohort')} with ${plural(agents, 'agent')} go from shadow to live.`,
      ...(before === undefined ? [] : [`It was to open at ${before}.`]),
    ],
    facts: [
      { label: OPENS, value: opens },
      { label: 'Connectors', value: connectors.length === 0 ? 'none' : list(connectors, MOST_NAMED) },
      { label: 'Owners of its capabilities', value: list(people, MOST_NAMED) },
      { label: 'Queues of managers', value: String(queues) },
    ],
    thread: true,
  };
}
