import { own, subjects, type Decision, type DeploymentStateView } from '../authority/context.ts';
import { isLiveOrRamping } from '../authority/promotable.ts';
import { GROUP_SIGNERS, lacksPersonal } from '../authority/quorum.ts';
import { plural } from '../describe/words.ts';
import { isSettled, statusOf } from '../gate.ts';
import { inTheWay } from '../stop/in-the-way.ts';
import type { Role } from '../roles.ts';
import type { DeploymentView } from '../view.ts';
import { ask, isApplied, latest, type Situation, type Waiting } from './ask.ts';

/**
 * The cohort groups that a role is asked to sign for: with evidence, and neither signed nor rejected by the role on that evidence.
 * A group of which every cohort is held is left out until somebody releases one: it could not go live anyway. So is one
 * that is live already, whatever became of its signatures since.
 */
export function groupsToSign(view: DeploymentView, state: DeploymentStateView, role: Role): string[] {
  return Object.values(view.groupEvidence)
    .filter(({ group, index, cohorts }) => {
      const subject = subjects.sign(group);
      const spoken = own(state.decided, subject)?.[role] ?? own(state.rejected, subject)?.[role];
      return spoken === undefined && isFree(view, cohorts) && !isUnderWay(view, role, group, index);
    })
    .map(({ group }) => group);
}

/** Groups that all three signed for, and nobody with their own key, though one must: any of the three does it once more. */
export function groupsToSignPersonally(view: DeploymentView, state: DeploymentStateView, role: Role): string[] {
  if (!GROUP_SIGNERS.includes(role)) return [];
  return Object.values(view.groupEvidence)
    .filter(({ group, cohorts }) => lacksPersonal(state, group) && isFree(view, cohorts))
    .filter(({ group }) => !GROUP_SIGNERS.some((any) => isUnderWay(view, any, group, lastSigned(view, group))))
    .map(({ group }) => group);
}

/** Some cohort of them is neither held nor live: there is something to sign for. */
export const isFree = (view: DeploymentView, cohorts: readonly string[]): boolean =>
  cohorts.some((id) => {
    const cohort = own(view.cohorts, id);
    return cohort !== undefined && inTheWay(view, cohort).length === 0 && !isLiveOrRamping(cohort);
  });

/** Applied, and its sign-off is still on its way into the log. */
const isUnderWay = (view: DeploymentView, role: Role, group: string, since: number): boolean =>
  Object.values(view.commands).some(
    (c) =>
      isApplied(c, 'sign') &&
      c.role === role &&
      c.index > since &&
      c.scope?.names.includes(group) === true &&
      !view.signOffs.some((signOff) => signOff.commandIndex === c.index),
  );

const lastSigned = (view: DeploymentView, group: string): number =>
  view.signOffs.reduce((last, s) => (s.group === group ? Math.max(last, s.index) : last), -1);

export function signatures(s: Situation): Waiting[] {
  if (!isSettled(statusOf('W2.08', s.state.milestones))) return [];
  const asked = GROUP_SIGNERS.flatMap((role) => {
    const groups = groupsToSign(s.view, s.state, role);
    const since = signatureAskedAt(s.view, role, groups);
    return signature(s, role, groups, { id: `sign/${role}`, what: `sign ${plural(groups.length, 'cohort group')}`, since });
  });
  return [...asked, ...personal(s)];
}

/** One person is enough; the first who can is asked. */
function personal(s: Situation): Waiting[] {
  const groups = groupsToSignPersonally(s.view, s.state, 'customer-lead');
  const what = `sign ${plural(groups.length, 'cohort group')} with a key of their own: so far all three signed through Slack`;
  const since = latest(s.view.signOffs.filter(({ group }) => groups.includes(group)).map(({ at }) => at));
  const asks = GROUP_SIGNERS.flatMap((role) => signature(s, role, groups, { id: 'sign-personal', what, since }));
  return asks.filter((a) => a.persons.length > 0).slice(0, 1);
}

function signature(
  s: Situation,
  role: Role,
  groups: readonly string[],
  { id, what, since }: { id: string; what: string; since: string | null },
): Waiting[] {
  if (groups.length === 0) return [];
  const { state } = s;
  const voices = groups.flatMap((group) =>
    [state.decided, state.rejected, state.behind].map((of) => ofOthers(own(of, subjects.sign(group)), role)),
  );
  return [ask(s, { id, role, what, since, verb: ['sign', '--all'], voices, groups })];
}

/** When the last of the groups came to lie before a role: with its evidence, or once more when a delegation was revoked. */
export function signatureAskedAt(view: DeploymentView, role: Role, groups: readonly string[]): string | null {
  const lent = view.signOffs.filter((s) => s.role === role && groups.includes(s.group) && s.delegation !== null);
  return latest([
    view.milestones['W2.08']?.at,
    ...groups.map((group) => own(view.groupEvidence, group)?.at),
    ...lent.map((s) => own(view.delegations, s.delegation ?? '')?.revoked?.at),
  ]);
}

const ofOthers = (decision: Decision | undefined, role: Role): Decision =>
  Object.fromEntries(Object.entries(decision ?? {}).filter(([other]) => other !== role));
