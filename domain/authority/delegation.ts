import type { Command, CommandKind, ScopeLevel } from '../command.ts';
import type { DeploymentFile } from '../deployment-file.ts';
import type { Role } from '../roles.ts';
import { COMMAND_CATALOGUE } from '../runbook/commands.ts';
import { holdsRole, personById } from '../set/approval.ts';
import type { DelegationView } from '../view.ts';
import { own, refuse, type Among, type Refusal } from './context.ts';

/**
 * What nobody does in another's place: executives approve the set and give the go-ahead themselves, and who acts for somebody
 * does not pass it on.
 */
export const NEVER_DELEGATED: readonly CommandKind[] = ['approve', 'delegate', 'revoke'];

/** Everything a role may ever order, at any level and hour, that may be delegated. */
export const delegable = (role: Role): CommandKind[] =>
  (Object.keys(COMMAND_CATALOGUE) as CommandKind[]).filter((kind) => {
    const { built, allowed } = COMMAND_CATALOGUE[kind];
    return built && !NEVER_DELEGATED.includes(kind) && allowed.some((rule) => rule.roles.includes(role));
  });

/** The delegation as it stood before an entry of the log: what was revoked later was in force then. */
export const asOf = (delegation: DelegationView | undefined, index: number): DelegationView | undefined =>
  delegation?.revoked && delegation.revoked.index > index ? { ...delegation, revoked: null } : delegation;

/** Why a delegation does not let an order be given, at the moment `atIso`. Null: it does. */
export const refuseDelegated = (
  { person, role, kind, scope }: Pick<Command, 'person' | 'role' | 'kind' | 'scope'>,
  delegation: DelegationView | undefined,
  file: DeploymentFile,
  atIso: string,
): Refusal | null => {
  if (delegation === undefined) return refuse('unknown_delegation', 'The log has no delegation under which the order was given.');
  const { id, principal, revoked, until, to, mode, kinds, groups } = delegation;
  const isVoid = (why: string): Refusal => refuse('delegation_void', `Delegation ${id} ${why}.`);
  if (revoked) return isVoid(`was revoked by ${revoked.by} at ${revoked.at}`);
  if (!(Date.parse(atIso) < Date.parse(until))) return isVoid(`ran out at ${until}`);
  if (personById(file, principal)?.roles.includes(delegation.role) !== true)
    return isVoid(`is void: ${principal} does not hold the role ${delegation.role} any more`);
  if (to !== person || delegation.role !== role) return isVoid(`lets ${to} act as ${delegation.role}, not ${person} as ${role}`);
  if (mode === 'watch') return isVoid(`lets ${to} watch, and order nothing`);
  if (!kinds.includes(kind) || NEVER_DELEGATED.includes(kind)) return isVoid(`is not about golive ${kind}`);
  return groups === undefined || isWithin(scope, groups) ? null : isVoid(`is about ${groups.join(', ')} only`);
};

const isWithin = ({ level, names }: { level: ScopeLevel; names: string[] }, groups: readonly string[]): boolean =>
  level === 'group' && names.every((name) => groups.includes(name));

/** Who stands behind an order that somebody gives in their place. */
export const principalOf = ({ delegation }: Pick<Command, 'delegation'>, { delegations }: Among): string | undefined =>
  delegation === undefined ? undefined : own(delegations, delegation)?.principal;

/** Those who may give such an order in somebody's place now, in the order in which it was delegated to them. */
export const actingFor = (
  { delegations }: Pick<Among, 'delegations'>,
  file: DeploymentFile,
  order: Pick<Command, 'role' | 'kind'>,
  atIso: string,
): DelegationView[] =>
  Object.values(delegations).filter((d) => {
    // About just what it is about; whoever drafts the order leaves out what is beyond it.
    const scope = { level: 'group' as const, names: d.groups ?? [] };
    return refuseDelegated({ ...order, person: d.to, scope }, d, file, atIso) === null;
  });

/**
 * The delegation under which a person gives an order in a role: undefined when they hold it themselves, null when they
 * neither hold it nor act for somebody who does.
 */
export const delegationFor = (
  among: Pick<Among, 'delegations'>,
  file: DeploymentFile,
  { person, role, kind }: Pick<Command, 'person' | 'role' | 'kind'>,
  atIso: string,
): DelegationView | undefined | null => {
  const holder = personById(file, person);
  if (holder !== undefined && holdsRole(holder, role)) return undefined;
  return actingFor(among, file, { role, kind }, atIso).find((d) => d.to === person) ?? null;
};
