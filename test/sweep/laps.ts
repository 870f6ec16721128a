import type { Fault } from './faults.ts';
import { Points, type Mode } from './points.ts';
import { calmRun, leftBehind, problemsOf } from './problems.ts';
import type { FinalState } from '../support/stack/final-state.ts';
import { sweep, type SweepOptions } from './sweep.ts';

export interface LapsOptions extends SweepOptions {
  /** Share of all faults that is done, in an order of the seed's; 1: each. */
  share: number;
  /** Of the laps after the first, which strike what the one before had no occasion for. */
  againAtSpeed: number;
  laps: number;
}

export interface Report {
  points: number;
  /** Activities of which calls were struck, and those that nothing called. */
  activities: string[];
  idle: string[];
  faults: Fault[];
  /** What no lap had an occasion for. */
  open: { key: string; left: Mode[] }[];
  problems: string[];
}

/** Whole runs under faults until there is nothing left to strike, each held against one in which nothing happens. */
export async function sweepLaps(options: LapsOptions): Promise<Report> {
  const { company, share, laps, say, withinMs } = options;
  const points = new Points({ seed: company.seed, share });
  const faults: Fault[] = [];
  const problems: string[] = [];
  let all: string[] = [];
  // Beside the first lap, when that has time.
  let calm: Promise<FinalState> | undefined;
  const onWaves = (): void => {
    if (calm) return;
    calm = calmRun(company, withinMs);
    calm.then(
      () => say('the run in which nothing happens has ended'),
      (error: unknown) => say(`the run in which nothing happens: ${String(error)}`),
    );
  };
  for (let lap = 1; lap <= laps && (lap === 1 || points.open.length > 0); lap++) {
    say(`lap ${lap}`);
    const swept = await sweep(points, { ...options, speed: lap === 1 ? options.speed : options.againAtSpeed, onWaves });
    try {
      const found = [...swept.problems, ...(await leftBehind(swept.stack))];
      for (const { customer, view } of swept.ends)
        for (const problem of await problemsOf(swept.stack, customer, view, await (calm ??= calmRun(company, withinMs))))
          found.push(`${customer.name.customer}: ${problem}`);
      for (const problem of found) say(`✗ ${problem}`);
      problems.push(...found.map((problem) => `lap ${lap}: ${problem}`));
      faults.push(...swept.faults);
      all = swept.activities;
    } finally {
      await swept.close();
    }
  }
  const { activities, open } = points;
  const idle = all.filter((name) => !activities.includes(name));
  return { points: points.seen.size, activities, idle, faults, open, problems };
}

/** As people want to read it, at the end. */
export function summaryOf({ points, activities, idle, faults, open, problems }: Report, sinceMs: number): string[] {
  const silent = faults.filter(({ heard }) => heard === 'silence').length;
  const killed = faults.filter(({ mode }) => mode !== 'lost').length;
  const minutes = ((Date.now() - sinceMs) / 60_000).toFixed(1);
  return [
    ...open.map(({ key, left }) => `not done (${left.join(', ')}): ${key}`),
    ...problems.map((problem) => `✗ ${problem}`),
    `${activities.length} activities: ${activities.join(', ')}`,
    `${idle.length} made no call: ${idle.join(', ')}`,
    `${points} points, ${faults.length} faults in ${minutes} minutes: ${killed} times kill -9, ` +
      `${faults.length - killed} answers lost, ${silent} of them until the caller gave up; ${open.length} points left open`,
    problems.length === 0 ? 'sound' : `${problems.length} problems`,
  ];
}
