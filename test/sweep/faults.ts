import type { Answer, Call, Decide } from './relay.ts';
import { MODES, template, type Mode, type Point, type Points } from './points.ts';

/** How long a process that is about to die waits for others of its calls to come to points of their own. */
const GATHER_MS = 150;

export interface Faults {
  decide(target: string): Decide;
  /** What was done, in order. */
  readonly done: { mode: Mode; key: string; at: number }[];
  isDead(pid: number): boolean;
}

interface Dying {
  points: { point: Point; mode: Mode }[];
}

/**
 * At each point once: the answer is lost, the process dies before the call leaves, the process dies before the answer
 * arrives. Calls that come together to points of their own die together.
 */
export function injectFaults(points: Points, names: ReadonlySet<string>, wanted: (point: Point, mode: Mode) => boolean): Faults {
  const done: Faults['done'] = [];
  const dead = new Set<number>();
  const dying = new Map<number, Dying>();

  function dies(pid: number, point: Point, mode: Mode): void {
    const together = dying.get(pid);
    if (together) return void together.points.push({ point, mode });
    const first: Dying = { points: [{ point, mode }] };
    dying.set(pid, first);
    setTimeout(() => {
      dying.delete(pid);
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        return; // It has died of something else; these points are still to be done.
      }
      dead.add(pid);
      for (const one of first.points) settle(one.point, one.mode);
    }, GATHER_MS);
  }

  function settle(point: Point, mode: Mode): void {
    point.done.add(mode);
    done.push({ mode, key: point.key, at: Date.now() });
  }

  /** Each mode is tried by one call at a time. */
  const tried = new Set<string>();
  async function once<T>(point: Point, mode: Mode, act: () => Promise<T>): Promise<T> {
    const id = `${mode} ${point.key}`;
    tried.add(id);
    try {
      return await act();
    } finally {
      setTimeout(() => tried.delete(id), 2 * GATHER_MS);
    }
  }

  const decide =
    (target: string): Decide =>
    async (call: Call): Promise<Answer | 'cut'> => {
      const { tag, method, path } = call;
      const point = points.of(tag, target, method, template(path, names));
      const mode = MODES.find((m) => !point.done.has(m) && !tried.has(`${m} ${point.key}`) && wanted(point, m));
      if (mode === undefined) return call.send();
      return once(point, mode, async () => {
        if (mode !== 'before') await call.send();
        if (mode === 'lost') {
          settle(point, mode);
          return lostAnswer(done.length);
        }
        dies(tag.pid, point, mode);
        await new Promise((resolve) => setTimeout(resolve, 2 * GATHER_MS));
        return 'cut';
      });
    };

  return { decide, done, isDead: (pid) => dead.has(pid) };
}

/** A gateway that gave up, or a connection that broke: both are answers of which nobody knows what they mean. */
const lostAnswer = (n: number): Answer | 'cut' =>
  n % 2 === 0 ? 'cut' : { status: 504, headers: { 'content-type': 'text/plain' }, body: Buffer.from('gateway timeout') };
