import { own } from '../authority/context.ts';
import type { CommandKind } from '../command.ts';
import type { DeploymentView, EscalationView } from '../view.ts';
import { incidentIn } from './asks.ts';

/** The orders that answer an ask, by how its id begins. A task is answered by no order. */
const ANSWERS: [prefix: string, kind: CommandKind][] = [
  ['approve-set', 'approve'],
  ['go-ahead', 'approve'],
  ['confirm-', 'confirm'],
  ['clock-', 'clock'],
  ['sign', 'sign'],
  ['promote', 'promote'],
  ['go/', 'go'],
];

export const answeredBy = (about: string): CommandKind | undefined => ANSWERS.find(([prefix]) => about.startsWith(prefix))?.[1];

/** Why nobody is waited for any more: who did it, as far as the log knows. */
export function howItEnded(view: DeploymentView, { about, owner, since }: EscalationView): string {
  if (view.header.closedAt !== null) return 'the deployment is closed';
  const task = own(view.tasks, about.slice('task/'.length));
  if (about.startsWith('task/') && task?.closed) return task.closed.how;
  const incident = own(view.incidents, incidentIn(about) ?? '');
  if (incident?.ackedBy) return `${incident.ackedBy} has taken it on`;
  const kind = answeredBy(about);
  const answer = Object.values(view.commands)
    .filter((c) => c.outcome === 'applied' && c.kind === kind && c.role === owner && c.at >= since)
    .at(-1);
  return answer === undefined ? 'it is waited for no more' : `${answer.person} did it, entry #${answer.index}`;
}
