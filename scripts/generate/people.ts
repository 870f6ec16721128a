import type { Person } from '../../domain/deployment-file.ts';
import { STANDING_ROLES, type Role, type StandingRole } from '../../domain/roles.ts';
import type { NamedPerson } from './names.ts';
import type { Organisation } from './organisation.ts';

/** The vendor's own people; all others are the customer's. */
const VENDOR_DOMAIN = 'arx.example';
const VENDOR_ROLES: readonly StandingRole[] = ['deployment-lead', 'arx-standby'];

export type CastPerson = Omit<Person, 'keys'>;

/**
 * Everybody of a deployment, without keys: each role with its holder, each standing role with a deputy, and the vendor's
 * platform lead. No two are the same person.
 */
export function castPeople(organisation: Organisation): CastPerson[] {
  const { executives } = organisation;
  const staff = (role: StandingRole): NamedPerson =>
    VENDOR_ROLES.includes(role) ? organisation.outsider(VENDOR_DOMAIN) : organisation.hire(executives.ceo.email);
  const holderOf = (role: StandingRole): NamedPerson =>
    role === 'customer-lead' || role === 'security-lead' ? executives[role] : staff(role);

  let number = 0;
  const cast = (person: NamedPerson, roles: Role[], deputyOf: Role[]): CastPerson => ({
    ...person,
    roles,
    deputyOf,
    slack: `U${(0x1000000 + number++).toString(16).toUpperCase()}`,
  });
  return [
    ...STANDING_ROLES.map((role) => cast(holderOf(role), [role], [])),
    cast(executives.cfo, ['cfo'], []),
    cast(executives.ceo, ['ceo'], []),
    ...STANDING_ROLES.map((role) => cast(staff(role), [], [role])),
    cast(organisation.outsider(VENDOR_DOMAIN), [], []),
  ];
}

/** Who is told after the Deployment Lead when nobody acts: a person without any role in the runbook. */
export const platformLeadOf = <P extends CastPerson>(people: readonly P[]): P | undefined =>
  people.find((p) => p.roles.length === 0 && p.deputyOf.length === 0);
