import { scaled } from '../../domain/clock.ts';
import type { NewEntry } from '../../domain/entry.ts';
import { FAILURES } from '../../domain/failure.ts';
import type { Role } from '../../domain/roles.ts';
import type { DeploymentView } from '../../domain/view.ts';
import type { Deployment } from '../deployment.ts';

const TASK = 'blind/';
/** An id has no spaces. */
const taskOf = (what: string): string => TASK + what.replaceAll(' ', '-');
/** In a fast rehearsal an hour is shorter than a restart. */
const FLOOR_MS = 10_000;
const MINUTE_MS = 60_000;

/** What the watch was last able to look at; a watch that begins anew has everything before it. */
export class Blind {
  readonly #since = new Map<string, number>();

  /** `unseen`: what did not answer this round. Given back is what has not for longer than its limit. */
  after({ now, file }: Pick<Deployment, 'now' | 'file'>, unseen: readonly string[]): string[] {
    for (const what of [...this.#since.keys()]) if (!unseen.includes(what)) this.#since.delete(what);
    for (const what of unseen) if (!this.#since.has(what)) this.#since.set(what, now());
    const limitMs = scaled(file.limits.noDataMinutes * MINUTE_MS, file.speed, FLOOR_MS);
    return [...this.#since].filter(([, since]) => now() - since >= limitMs).map(([what]) => what);
  }
}

/** What cannot be seen stops nobody, so somebody has to look in its place, until it is seen again. */
export function blindness(
  d: Deployment,
  view: DeploymentView,
  { unseen, overdue }: { unseen: readonly string[]; overdue: readonly string[] },
): NewEntry[] {
  const { sentence, next } = FAILURES.watch_blind;
  const open = Object.values(view.tasks).filter((t) => t.closed === null && t.taskId.startsWith(TASK));
  const over = open.filter((t) => !unseen.some((what) => t.taskId === taskOf(what)));
  const begun = overdue.filter((what) => !open.some((t) => t.taskId === taskOf(what)));
  return [
    ...over.map(({ taskId, index }) =>
      d.entry('task.closed', `task/${taskId}/${index}/closed`, { taskId, how: 'it is seen again' }),
    ),
    ...begun.map((what) => {
      const taskId = taskOf(what);
      const told = `${sentence} No answer about ${what} for ${d.file.limits.noDataMinutes} plan minutes.`;
      return d.entry('task.opened', `task/${taskId}/${view.tasks[taskId]?.index ?? 0}`, {
        ...{ taskId, owner: ownerOf(what), code: 'watch_blind' as const, sentence: told, next },
      });
    }),
  ];
}

const ownerOf = (what: string): Role => (what === 'the log' ? 'security-lead' : 'arx-standby');
