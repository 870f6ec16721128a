import type { Command } from '../command.ts';
import type { DeploymentFile } from '../deployment-file.ts';
import type { DelegationView } from '../view.ts';
import { personById } from '../set/approval.ts';
import { own, refuse, type AuthorityContext, type Refusal } from './context.ts';
import { delegable } from './delegation.ts';
import { samePerson, titleOf } from './order.ts';

/** Orders among people: who takes an escalation on, who acts for whom. Signature, role, age and scope were checked before. */

/** Anybody takes on what nobody has in hand, or hands it over, or takes it over. */
export const refuseAck = ({ args, person }: Command, { file, among }: AuthorityContext): Refusal | null => {
  if (args.escalation === undefined) return refuse('malformed_command', 'The order names no escalation.');
  const escalation = own(among.escalations, args.escalation);
  if (escalation === undefined) return refuse('unknown_escalation', `There is no escalation ${args.escalation}.`);
  const { acknowledged, closed, raised } = escalation;
  if (closed !== null) return refuse('already_done', `${args.escalation} needs nobody any more: ${closed.how}.`);
  if (args.handTo !== undefined)
    return personById(file, args.handTo) === undefined
      ? refuse('unknown_person', `The deployment file names nobody called ${args.handTo}.`)
      : null;
  const climbed = acknowledged !== null && raised.some((r) => r.index > acknowledged.index);
  const hasIt = acknowledged !== null && samePerson(file, acknowledged.handedTo ?? acknowledged.by, person);
  // It climbs again when whoever took it on does not finish: then even they may say so once more.
  return hasIt && !climbed && acknowledged.handedTo === null
    ? refuse('already_done', `${person} has had ${args.escalation} in hand since ${acknowledged.at}.`)
    : null;
};

/** Only of a role that is the principal's own; a deputy stands in for a role and does not pass it on. */
export const refuseDelegate = ({ args, person, role }: Command, { file, state, nowIso }: AuthorityContext): Refusal | null => {
  const { delegation } = args;
  if (delegation === undefined) return refuse('malformed_command', 'The order does not say what is delegated.');
  const { to, kinds, groups = [], until } = delegation;
  if (delegation.role !== role || personById(file, person)?.roles.includes(role) !== true)
    return refuse('role_not_held', `${person} delegates roles of their own only, and ${titleOf(delegation.role)} is not one.`);
  if (personById(file, to) === undefined) return refuse('unknown_person', `The deployment file names nobody called ${to}.`);
  if (samePerson(file, to, person)) return refuse('malformed_command', 'Nobody delegates to themselves.');
  if (!(Date.parse(nowIso) < Date.parse(until)))
    return refuse('malformed_command', `The delegation would have run out at ${until}.`);
  const may = delegable(role);
  const beyond = kinds.find((kind) => !may.includes(kind));
  if (beyond !== undefined) return refuse('role_not_allowed', `${titleOf(role)} cannot delegate golive ${beyond}.`);
  const unknown = groups.find((group) => own(state.groups, group) === undefined);
  return unknown === undefined ? null : refuse('wrong_scope', `There is no group ${unknown} in this deployment.`);
};

export const mayRevoke = (
  file: DeploymentFile,
  { person, role }: Pick<Command, 'person' | 'role'>,
  delegation: Pick<DelegationView, 'principal'> | undefined,
): boolean =>
  role === 'deployment-lead' ||
  role === 'security-lead' ||
  (delegation !== undefined && samePerson(file, person, delegation.principal));

/** By whoever delegated, the Deployment Lead or the Security Lead. */
export const refuseRevoke = ({ args, person, role }: Command, { file, among }: AuthorityContext): Refusal | null => {
  if (args.delegationId === undefined) return refuse('malformed_command', 'The order names no delegation.');
  const delegation = own(among.delegations, args.delegationId);
  if (delegation === undefined) return refuse('unknown_delegation', `There is no delegation ${args.delegationId}.`);
  const { revoked, principal } = delegation;
  if (revoked !== null) return refuse('already_done', `${revoked.by} revoked that delegation at ${revoked.at}.`);
  return mayRevoke(file, { person, role }, delegation)
    ? null
    : refuse('role_not_allowed', `That delegation is revoked by ${principal}, the Deployment Lead or the Security Lead.`);
};
