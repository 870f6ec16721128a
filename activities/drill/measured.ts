import { putJsonEvidence } from '../../clients/store/evidence.ts';
import { plural } from '../../domain/describe/words.ts';
import type { DrillFigures } from '../../domain/drill/figures.ts';
import type { QueueItem } from '../../domain/drill/queue.ts';
import type { NewEntry } from '../../domain/entry.ts';
import { explainSubject } from '../../domain/state-view.ts';
import type { DeploymentView } from '../../domain/view.ts';
import type { Deployment } from '../deployment.ts';
import { record } from '../entries.ts';
import { taskClosed, taskOpened } from './task.ts';

interface Look {
  figures: DrillFigures;
  items: readonly QueueItem[];
  notAsked: readonly string[];
}

/** Writes down where the drill stands whenever that has changed, with every item beside the log. */
export async function tell(d: Deployment, view: DeploymentView, look: Look): Promise<void> {
  const entries = [...(await measured(d, view, look)), ...(await toDecide(d, view, look)), ...notAskedTask(d, view, look)];
  if (entries.length > 0) await record(d.tenant.recorder, entries, d.signal);
}

async function measured(d: Deployment, view: DeploymentView, { figures, items, notAsked }: Look): Promise<NewEntry[]> {
  const { drill } = view;
  const same =
    drill?.stage === figures.stage &&
    drill.silent === figures.silent &&
    drill.notAsked === figures.notAsked &&
    drill.asked === figures.asked;
  if (same) return [];
  const content = { figures, items, notAsked };
  const evidence = await putJsonEvidence(d.tenant.audit, d.tenant.auditPrefix, content, d.signal);
  return [d.entry('drill.measured', `drill/measured/${evidence.digest}`, { figures, evidence })];
}

/** Nobody up the line answered: laid before the Customer Lead once nothing else waits, as what W2.07 is confirmed on. */
async function toDecide(d: Deployment, view: DeploymentView, { figures, items }: Look): Promise<NewEntry[]> {
  if (figures.stage !== 'silent') return [];
  const queues = items
    .filter(({ decidedAt }) => decidedAt === null)
    .map(({ id, manager, level, assignedTo, assignedAt }) => ({ id, manager, level, assignedTo, assignedAt }));
  const evidence = await putJsonEvidence(d.tenant.audit, d.tenant.auditPrefix, { row: 'W2.07', queues }, d.signal);
  const subject = explainSubject('W2.07');
  if (view.evidence[subject]?.evidence.digest === evidence.digest) return [];
  const summary = `${plural(queues.length, 'queue')} in which nobody up the line answered`;
  return [d.entry('evidence', `${subject}/${evidence.digest}`, { subject, summary, evidence })];
}

/** A manager whose queue takes nothing cannot be tried; somebody has to mend the queue. */
function notAskedTask(d: Deployment, view: DeploymentView, { notAsked }: Look): NewEntry[] {
  if (notAsked.length === 0) return taskClosed(d, view, 'every manager was asked');
  const named = notAsked.slice(0, 10).join(', ');
  const sentence = `${plural(notAsked.length, 'queue')} took no synthetic escalation: ${named}.`;
  return taskOpened(d, view, { owner: 'connector-standby', code: 'platform_refused', sentence });
}
