import { ApplicationFailure } from '@temporalio/common';
import type { NewEntry } from '../../domain/entry.ts';
import { FAILURES, isFailureCode } from '../../domain/failure.ts';
import type { Role } from '../../domain/roles.ts';
import type { DeploymentView } from '../../domain/view.ts';
import type { Deployment } from '../deployment.ts';
import { record } from '../entries.ts';

const TASK = 'queue-drill';

/** What keeps the queues from being tried or watched, for whoever can mend it; one task, whatever it is. */
export const taskOpened = (
  d: Deployment,
  view: DeploymentView,
  { owner, code, sentence }: { owner: Role; code: keyof typeof FAILURES; sentence: string },
): NewEntry[] =>
  view.tasks[TASK]?.closed === null
    ? []
    : [
        d.entry('task.opened', `task/${TASK}/${view.figures.entries}`, {
          ...{ taskId: TASK, owner, code, sentence, next: FAILURES[code].next },
        }),
      ];

export const taskClosed = (d: Deployment, view: DeploymentView, how: string): NewEntry[] => {
  const task = view.tasks[TASK];
  return task?.closed === null ? [d.entry('task.closed', `task/${TASK}/${task.index}/closed`, { taskId: TASK, how })] : [];
};

/** A refusal of the whole is told before the workflow hears of it and tries again. */
export async function orTask<T>(d: Deployment, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ApplicationFailure && error.nonRetryable === true && isFailureCode(error.type)) {
      const sentence = `The managers' queues are not tried or watched: ${error.message}`.slice(0, 1000);
      const about = { owner: 'deployment-lead' as const, code: error.type, sentence };
      await record(d.tenant.recorder, taskOpened(d, await d.view(), about), d.signal);
    }
    throw error;
  }
}
