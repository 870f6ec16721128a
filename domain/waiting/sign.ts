import { own, subjects, type DeploymentStateView } from '../authority/context.ts';
import { GROUP_SIGNERS } from '../authority/quorum.ts';
import { plural } from '../describe/words.ts';
import { isSettled, statusOf } from '../gate.ts';
import type { Role } from '../roles.ts';
import type { DeploymentView } from '../view.ts';
import { ask, isApplied, latest, type Situation, type Waiting } from './ask.ts';

/**
 * The cohort groups that a role is asked to sign for: with evidence, and neither signed nor rejected by the role on that evidence.
 * A group of which every cohort is held is left out until somebody releases one: it could not go live anyway.
 */
export function groupsToSign(view: DeploymentView, state: DeploymentStateView, role: Role): string[] {
  const underWay = (group: string, since: number): boolean =>
    Object.values(view.commands).some(
      (c) =>
        isApplied(c, 'sign') &&
        c.role === role &&
        c.index > since &&
        c.scope?.names.includes(group) === true &&
        !view.signOffs.some((signOff) => signOff.commandIndex === c.index),
    );
  return Object.values(view.groupEvidence)
    .filter(({ group, index, cohorts }) => {
      const spoken = own(state.decided, subjects.sign(group))?.[role] ?? own(state.rejected, subjects.sign(group))?.[role];
      const free = cohorts.some((id) => own(view.cohorts, id)?.holds.length === 0);
      return free && spoken === undefined && !underWay(group, index);
    })
    .map(({ group }) => group);
}

export function signatures(s: Situation): Waiting[] {
  const { state, view } = s;
  if (!isSettled(statusOf('W2.08', state.milestones))) return [];
  return GROUP_SIGNERS.flatMap((role) => {
    const groups = groupsToSign(view, state, role);
    if (groups.length === 0) return [];
    const voices = groups.map((group) => ({
      ...own(state.decided, subjects.sign(group)),
      ...own(state.rejected, subjects.sign(group)),
    }));
    const since = latest([...groups.map((group) => view.groupEvidence[group]?.at), view.milestones['W2.08']?.at]);
    return [
      ask(s, {
        id: `sign/${role}`,
        role,
        what: `sign ${plural(groups.length, 'cohort group')}`,
        since,
        verb: ['sign', '--all'],
        voices,
      }),
    ];
  });
}
