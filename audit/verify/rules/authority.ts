import { asOf } from '../../../domain/authority/delegation.ts';
import { GROUP_SIGNERS } from '../../../domain/authority/quorum.ts';
import type { Command } from '../../../domain/command.ts';
import type { EntryOf } from '../../../domain/entry.ts';
import type { Operation } from '../../../domain/ids.ts';
import type { Role } from '../../../domain/roles.ts';
import { APPROVING_ROLES, approvalValidUntil } from '../../../domain/set/approval.ts';
import { RUNBOOK_LIMITS } from '../../../domain/deployment-file.ts';
import { rolesEver } from '../../../domain/runbook/commands.ts';
import { isStoppingKind } from '../../../domain/stop/stop.ts';
import { names } from './releases.ts';
import { fileAt, isSamePerson, type Context, type DeploymentState, type Order } from './state.ts';

type Indexed<T> = T & { index: number };
type Allows = 'go-ahead' | 'gate-1' | 'promote' | 'end' | 'reissue' | 'stop';

/**
 * What allows what: the go-ahead all that provisions, gate 1's go what runs in shadow, a promotion what goes live. A stop
 * allows what protects and what shows that it has landed; the order that ends it, what is given back.
 */
const NEEDS: Record<Operation, readonly [Allows, ...Allows[]]> = {
  register: ['go-ahead'],
  create: ['go-ahead'],
  bind: ['go-ahead'],
  mint: ['go-ahead'],
  smoke: ['go-ahead', 'reissue', 'stop'],
  run: ['gate-1'],
  example: ['gate-1'],
  raise: ['promote'],
  drill: ['gate-1'],
  reassign: ['gate-1'],
  restore: ['end'],
  revoke: ['reissue', 'stop'],
  reissue: ['reissue'],
  regenerate: ['stop'],
};

/** Whom a call is about. */
interface Of {
  cohort: string | undefined;
  agents: readonly string[];
}

/** Why an order is not the one that is needed; undefined when it is. */
const NOT: Record<Allows, (command: Command, state: DeploymentState, of: Of) => string | undefined> = {
  'go-ahead': ({ kind, scope, role, args }) =>
    kind === 'approve' && scope.level === 'deployment' && role === 'customer-lead' && args.decision === 'approve'
      ? undefined
      : 'not the go-ahead of the Customer Lead',
  'gate-1': ({ kind, scope, role }) =>
    kind === 'go' && scope.level === 'gate' && scope.names.includes('gate-1') && role === 'deployment-lead'
      ? undefined
      : "not gate 1's go",
  promote: ({ kind, scope, role }, { cohorts }, { cohort = '' }) => {
    if (kind !== 'promote' || !rolesEver(kind, scope.level).includes(role)) return 'no promotion';
    const { group, shape } = cohorts.get(cohort) ?? {};
    const name = scope.level === 'wave' ? shape : scope.level === 'group' ? group : scope.level === 'cohort' ? cohort : undefined;
    return name !== undefined && scope.names.includes(name) ? undefined : `a promotion that does not name ${cohort}`;
  },
  end: ({ kind, args, scope }, { followed }, { agents }) =>
    ((kind === 'resume' || kind === 'lift') && followed.has(`release ${args.holdId ?? ''}`)) ||
    (kind === 'promote' && scope.level === 'agent' && agents.length > 0 && agents.every((agent) => scope.names.includes(agent)))
      ? undefined
      : 'an order that ends no stop of it',
  reissue: ({ kind, scope }, state, { cohort = '' }) =>
    kind === 'reissue' && (scope.level === 'agent' || names(state, scope, cohort)) ? undefined : 'no order to reissue for it',
  stop: ({ kind, scope }, state, { cohort = '' }) =>
    isStoppingKind(kind) && (scope.level === 'agent' || names(state, scope, cohort)) ? undefined : 'no stop of it',
};

/** A call to the platform rests on an order that stands before it and allows just this. */
export function allowed({ found, state }: Context, { index, data, cohort }: Indexed<EntryOf<'intent'>>): void {
  const { operation, key, authority, agents } = data;
  const order = state.orders.get(authority);
  const wrong = order
    ? (whyNot(state, operation, order, { cohort, agents }) ?? unbound(state, order.command))
    : 'no order that was applied before it in this deployment';
  if (wrong !== undefined) found.finding('authority_missing', `${key} rests on entry ${authority}: ${wrong}`, { index });
  if (operation !== 'raise') return;
  if (cohort !== undefined) state.promoted.set(cohort, authority);
  const unsigned = unsignedFor(state, index, cohort ?? '', authority);
  if (unsigned !== undefined) found.finding('flip_unsigned', `${cohort ?? key}: ${unsigned}`, { index });
}

/** One of the orders that may allow it will do; what is said is why it is not the first. */
function whyNot(state: DeploymentState, operation: Operation, { command }: Order, of: Of) {
  const why = NEEDS[operation].map((needs) => NOT[needs](command, state, of));
  return why.includes(undefined) ? undefined : why[0];
}

/** A stop holds whatever its giver had in front of them. */
function unbound({ opened }: DeploymentState, { kind, saw }: Command): string | undefined {
  if (opened === undefined) return 'an order before the deployment was opened';
  if (isStoppingKind(kind)) return undefined;
  return saw.manifestSetDigest === opened.data.manifestSetDigest ? undefined : 'an order about another manifest set';
}

const startedBy = (state: DeploymentState): string => state.opened?.data.startedBy ?? '';

/** The go-ahead stands on four approvals of the set, by four persons, none of whom started it, valid at that moment. */
export function approvals({ found, state }: Context, { index, at, command }: Order): void {
  const days = (fileAt(state, index)?.limits ?? RUNBOOK_LIMITS).approvalValidDays;
  const last = new Map<Role, Order>();
  for (const order of state.setApprovals)
    if (order.command.saw.manifestSetDigest === state.opened?.data.manifestSetDigest) last.set(order.command.role, order);
  const counted: string[] = [];
  const missing = APPROVING_ROLES.filter((role) => {
    const given = last.get(role)?.command;
    if (given?.args.decision !== 'approve' || isSamePerson(state, index, given.person, startedBy(state))) return true;
    if (approvalValidUntil(given.issuedAt, given.expiresAt, days) < at) return true;
    if (counted.some((person) => isSamePerson(state, index, person, given.person))) return true;
    counted.push(given.person);
    return false;
  });
  if (missing.length > 0) found.finding('go_ahead_unapproved', `order ${command.id}: missing ${missing.join(', ')}`, { index });
  if (isSamePerson(state, index, command.person, startedBy(state)))
    found.finding('go_ahead_unapproved', `order ${command.id}: ${command.person} started the deployment`, { index });
}

/**
 * Three roles, three persons, the last word of each an approval, on the evidence in force, which names the cohort. Who
 * signed in somebody's place counts with them, unless the delegation was revoked before the promotion; and where the
 * deployment file asks for it, one of the three signed with their own key.
 */
function unsignedFor(state: DeploymentState, index: number, cohort: string, promotion: number): string | undefined {
  const group = state.cohorts.get(cohort)?.group ?? '';
  const shown = state.groupEvidence.get(group);
  if (!shown?.cohorts.has(cohort)) return 'the evidence of its group does not name it';
  const counted = new Map<Role, { persons: string[]; personal: boolean }>();
  for (const { data } of state.signOffs.get(group) ?? []) {
    if (data.boundTo !== shown.digest) continue;
    counted.delete(data.role);
    const { command } = state.orders.get(data.commandIndex) ?? {};
    if (command === undefined || data.decision !== 'approve' || unbound(state, command) !== undefined) continue;
    const delegation = asOf(state.delegations.get(command.delegation ?? ''), promotion);
    const persons = [command.person, ...(delegation ? [delegation.principal] : [])];
    const others = [startedBy(state), ...[...counted.values()].flatMap((voice) => voice.persons)];
    const twice = persons.some((person) => others.some((other) => isSamePerson(state, index, person, other)));
    if (!twice && !delegation?.revoked) counted.set(data.role, { persons, personal: command.attestation === undefined });
  }
  const missing = GROUP_SIGNERS.filter((role) => !counted.has(role));
  if (missing.length > 0) return `group ${group} is not signed by ${missing.join(', ')}`;
  const { personalFor = [] } = fileAt(state, index) ?? {};
  const asks = [...state.cohorts.values()].some((c) => c.group === group && personalFor.some((shape) => shape === c.shape));
  return asks && ![...counted.values()].some((voice) => voice.personal)
    ? `nobody signed for group ${group} with a key of their own`
    : undefined;
}

/** A gate was passed, a wave begun: on an order to do just that. */
export function cites({ found, state }: Context, entry: Indexed<EntryOf<'gate.passed'> | EntryOf<'wave.started'>>): void {
  const { index } = entry;
  const [at, right]: [number, (c: Command) => boolean] =
    entry.kind === 'gate.passed'
      ? [entry.data.commandIndex, (c) => c.kind === 'go' && c.scope.names.includes(entry.data.gate)]
      : [entry.data.authority, (c) => c.kind === 'promote'];
  const order = state.orders.get(at);
  if (order === undefined || !right(order.command))
    found.finding('authority_missing', `${entry.kind} rests on entry ${at}, which does not order it`, { index });
}
