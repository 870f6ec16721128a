import type { DeploymentStateView } from '../../../domain/authority/context.ts';
import { delegationFor } from '../../../domain/authority/delegation.ts';
import type { Command, CommandArguments, CommandKind, Scope, ScopeLevel } from '../../../domain/command.ts';
import type { DeploymentFile, Person } from '../../../domain/deployment-file.ts';
import { ROLES, ROLE_TITLES, type Role } from '../../../domain/roles.ts';
import { rolesAllowed } from '../../../domain/runbook/commands.ts';
import { holdsRole, personById } from '../../../domain/set/approval.ts';
import type { DelegationView, DeploymentView } from '../../../domain/view.ts';
import { failure, usage, EXIT } from '../io.ts';
import { nearest } from '../nearest.ts';

/** What a person has in front of them when they give an order. */
export interface Facts {
  view: DeploymentView;
  state: DeploymentStateView;
  file: DeploymentFile;
  manifestSetDigest: string;
  nowMs: number;
  planHours: number | null;
}

export interface Draft {
  scope: Scope;
  args?: CommandArguments;
  /** Digests of what the order is about, as they were seen. */
  evidence?: Record<string, string>;
  /** How long the order may be on its way. One hour by default. */
  validMs?: number;
}

/** Who gives it, in which role, and in whose place if the role is not theirs. */
export interface Giver {
  person: Person;
  role: Role;
  delegation: DelegationView | undefined;
}

/** One kind of order as a verb of the CLI gives it. */
export interface OrderSpec {
  kind: CommandKind;
  level: ScopeLevel;
  /** Asked on a terminal before it is signed: it moves the deployment, and nothing takes it back. */
  grave?: boolean;
  /** Narrows the roles that may: the owners of a row, the role that a hold names. */
  roles?(facts: Facts): readonly Role[];
  /** Of several roles that a person holds, those that have not spoken yet. */
  open?(facts: Facts): readonly Role[];
  draft(facts: Facts & Giver): Draft;
}

export const knownRole = (role: string): Role => {
  const found = ROLES.find((r) => r === role);
  if (found === undefined) throw usage(`There is no role ${role}${nearest(role, ROLES)}`, `Roles: ${ROLES.join(', ')}.`);
  return found;
};

/** The person named by `--as`, or else the one to whom the key belongs. */
export function personFor(file: DeploymentFile, as: string | undefined, publicKey: string | undefined): Person {
  if (as !== undefined) {
    const person = personById(file, as);
    if (person) return person;
    const ids = file.people.map((p) => p.id);
    throw failure(EXIT.refused, 'unknown_person', `The deployment file names nobody called ${as}${nearest(as, ids)}`);
  }
  const owner = file.people.find((p) => publicKey !== undefined && p.keys.includes(publicKey));
  if (owner) return owner;
  throw usage(
    'Say who gives the order: --as PERSON, or --key FILE with a key that the deployment file knows.',
    'golive status --who lists the people.',
  );
}

/** The role in which a person gives an order: the one asked for, else the one of theirs that may and has not yet spoken. */
export function roleFor(spec: OrderSpec, facts: Facts, person: Person, asked: string | undefined): Role {
  if (asked !== undefined) return knownRole(asked);
  const narrowed = spec.roles?.(facts);
  const may = rolesAllowed(spec.kind, spec.level, facts.planHours).filter(
    (role) => narrowed === undefined || narrowed.includes(role),
  );
  const held = may.filter((role) => holdsRole(person, role));
  const lent = may.filter((role) => actsAs(spec, facts, person, role));
  const open = spec.open?.(facts) ?? may;
  const role = [...held, ...lent].find((r) => open.includes(r)) ?? held[0] ?? lent[0];
  if (role !== undefined) return role;
  const titles = may.map((r) => ROLE_TITLES[r]).join(', ') || 'nobody now';
  throw failure(
    EXIT.refused,
    'role_not_allowed',
    `${person.name} (${person.id}) holds no role that may give this order; it is for ${titles}.`,
  );
}

const actsAs = (spec: OrderSpec, facts: Facts, person: Person, role: Role): DelegationView | undefined =>
  delegationFor(facts.view, facts.file, { person: person.id, role, kind: spec.kind }, new Date(facts.nowMs).toISOString()) ??
  undefined;

const HOUR_MS = 3_600_000;

/** The order itself, bound to what its giver saw. */
export function commandOf(options: {
  spec: OrderSpec;
  facts: Facts;
  person: Person;
  role: Role;
  reason: string;
  id: string;
  runbookDigest: string;
}): Command {
  const { spec, facts, person, role, reason, id, runbookDigest } = options;
  const { file, nowMs, manifestSetDigest } = facts;
  const delegation = actsAs(spec, facts, person, role);
  const { scope, args = {}, evidence = {}, validMs = HOUR_MS } = spec.draft({ ...facts, person, role, delegation });
  return {
    v: 1,
    id,
    kind: spec.kind,
    customer: file.customer,
    deployment: file.deployment,
    environment: file.environment,
    logOrigin: file.logOrigin,
    person: person.id,
    role,
    scope,
    issuedAt: new Date(nowMs).toISOString(),
    expiresAt: new Date(nowMs + validMs).toISOString(),
    saw: { manifestSetDigest, runbookDigest, policyVersion: file.version, evidence },
    args,
    reason,
    ...(delegation === undefined ? {} : { delegation: delegation.id }),
  };
}
