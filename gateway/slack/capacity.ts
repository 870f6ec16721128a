import { refuseDelegated } from '../../domain/authority/delegation.ts';
import type { CommandKind } from '../../domain/command.ts';
import type { Person } from '../../domain/deployment-file.ts';
import type { Role } from '../../domain/roles.ts';
import type { Facts } from './customer.ts';

/** In which role somebody acts, and by whose leave when it is not theirs. */
export interface Capacity {
  role: Role;
  /** Id of the order that delegated. */
  delegation?: string;
}

export interface HeldCapacity extends Capacity {
  /** A delegation may be about these cohort groups only. */
  groups?: string[];
  /** Revoked or run out: an order under it is refused, and its giver is told why. */
  void?: boolean;
}

/** First-hand roles first, then those that they stand in for, then those that were delegated to them, the void ones last. */
export function capacitiesOf({ file, view }: Facts, person: Person, kind: CommandKind, nowMs: number): HeldCapacity[] {
  const at = new Date(nowMs).toISOString();
  const delegated = Object.values(view.delegations)
    .filter((d) => d.to === person.id && d.mode === 'act' && d.kinds.includes(kind))
    .map((d): HeldCapacity => {
      const scope = { level: 'group' as const, names: d.groups ?? [] };
      const refused = refuseDelegated({ person: person.id, role: d.role, kind, scope }, d, file, at);
      return { role: d.role, delegation: d.id, ...(d.groups ? { groups: d.groups } : {}), ...(refused ? { void: true } : {}) };
    });
  return [
    ...[...person.roles, ...person.deputyOf].map((role) => ({ role })),
    ...delegated.filter((c) => c.void !== true),
    ...delegated.filter((c) => c.void === true),
  ];
}

/** The first that fits; when none does, the first they have, so that the engine says no and the log knows of it. */
export function capacityFor(held: readonly Capacity[], fits: (capacity: Capacity) => boolean, otherwise: Role): Capacity {
  const { role, delegation } = held.find(fits) ?? held[0] ?? { role: otherwise };
  return { role, ...(delegation === undefined ? {} : { delegation }) };
}
