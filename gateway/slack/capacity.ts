import type { CommandKind } from '../../domain/command.ts';
import type { Person } from '../../domain/deployment-file.ts';
import type { Role } from '../../domain/roles.ts';
import type { DeploymentView } from '../../domain/view.ts';

/** In which role somebody acts, and by whose leave when it is not theirs. */
export interface Capacity {
  role: Role;
  /** Id of the order that delegated. */
  delegation?: string;
}

/** First-hand roles first, then those that they stand in for, then those that were delegated to them. */
export function capacitiesOf(
  person: Person,
  { delegations }: Pick<DeploymentView, 'delegations'>,
  kind: CommandKind,
  nowMs: number,
): (Capacity & { groups?: string[] })[] {
  const delegated = Object.values(delegations)
    .filter((d) => d.to === person.id && d.mode === 'act' && d.kinds.includes(kind))
    .filter((d) => d.revoked === null && Date.parse(d.until) > nowMs)
    .map(({ id, role, groups }) => ({ role, delegation: id, ...(groups === undefined ? {} : { groups }) }));
  return [...person.roles.map((role) => ({ role })), ...person.deputyOf.map((role) => ({ role })), ...delegated];
}

/** The first that fits; when none does, the first they have, so that the engine says no and the log knows of it. */
export function capacityFor(held: readonly Capacity[], fits: (capacity: Capacity) => boolean, otherwise: Role): Capacity {
  const { role, delegation } = held.find(fits) ?? held[0] ?? { role: otherwise };
  return { role, ...(delegation === undefined ? {} : { delegation }) };
}
