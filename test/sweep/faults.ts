import { setTimeout as sleep } from 'node:timers/promises';
import { template, type Mode, type Point, type Points } from './points.ts';
import type { Call, Decide, Fate } from './relay.ts';

/** How long a process that is about to die waits for others of its calls to come to points of their own. */
const GATHER_MS = 150;
/** One answer in so many is withheld until its caller gives up, which takes 10 to 20 seconds each. */
const SILENT = 10;
/** No client of ours waits for longer; one that does has no time-out. */
const LONGEST_MS = 45_000;

/** Numbers of processes come again. */
function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** What a caller hears who does not hear the answer: a gateway that gave up, a connection that breaks, or nothing. */
type Heard = 'lost' | 'cut' | 'silence';

export interface Fault {
  mode: Mode;
  key: string;
  heard: Heard;
}

/** A process was killed; these workflows have had calls of theirs in it. */
export type Died = (pid: number, workflowIds: readonly string[]) => void;

export interface Faults {
  decide(target: string): Decide;
  /** What was done, in order. */
  readonly done: Fault[];
  /** Calls that waited for ever. */
  readonly endless: string[];
  isDead(pid: number): boolean;
}

/**
 * At each point once: the answer is lost, the process dies before the call leaves, the process dies before the answer
 * arrives. Calls that come together to points of their own die together.
 */
export function injectFaults(points: Points, names: ReadonlySet<string>, died: Died): Faults {
  const done: Fault[] = [];
  const endless: string[] = [];
  const dead = new Set<number>();
  const dying = new Map<number, { point: Point; mode: Mode }[]>();
  const callers = new Map<number, Set<string>>();
  let lost = 0;

  function settle(point: Point, mode: Mode, heard: Heard): void {
    point.done.add(mode);
    done.push({ mode, key: point.key, heard });
  }

  function dies(pid: number, point: Point, mode: Mode): void {
    const together = dying.get(pid);
    if (together) return void together.push({ point, mode });
    const all = [{ point, mode }];
    dying.set(pid, all);
    setTimeout(() => {
      dying.delete(pid);
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        return; // It has died of something else; these points are still to be done.
      }
      dead.add(pid);
      died(pid, [...(callers.get(pid) ?? [])]);
      callers.delete(pid);
      for (const one of all) settle(one.point, one.mode, 'cut');
    }, GATHER_MS);
  }

  /** A gateway that gave up, a connection that breaks, and now and then the client's own time-out. */
  async function lose(point: Point, gaveUp: Promise<void>): Promise<'lost' | 'cut'> {
    lost += 1;
    if (lost % SILENT !== 0) {
      const heard = lost % 2 === 0 ? 'cut' : 'lost';
      settle(point, 'lost', heard);
      return heard;
    }
    settle(point, 'lost', 'silence');
    const late = new AbortController();
    const ended = sleep(LONGEST_MS, 'late', { signal: late.signal }).catch(() => undefined);
    if ((await Promise.race([gaveUp, ended])) === 'late') endless.push(point.key);
    late.abort();
    return 'cut';
  }

  /** Each mode is tried by one call at a time. */
  const tried = new Set<string>();

  const decide =
    (target: string): Decide =>
    async <Answer extends object>({ tag, method, path, send, gaveUp }: Call<Answer>): Promise<Fate<Answer>> => {
      callers.set(tag.pid, (callers.get(tag.pid) ?? new Set()).add(tag.workflowId));
      const point = points.of(tag, target, method, template(path, names));
      const mode = point.modes.find((m) => !point.done.has(m) && !tried.has(`${m} ${point.key}`));
      if (mode === undefined) return send();
      const id = `${mode} ${point.key}`;
      tried.add(id);
      try {
        if (mode !== 'before') await send();
        if (mode === 'lost') return await lose(point, gaveUp);
        dies(tag.pid, point, mode);
        await sleep(2 * GATHER_MS);
        return 'cut';
      } finally {
        setTimeout(() => tried.delete(id), GATHER_MS);
      }
    };

  return { decide, done, endless, isDead: (pid) => dead.has(pid) && !exists(pid) };
}
