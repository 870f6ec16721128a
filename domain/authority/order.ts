import type { Command } from '../command.ts';
import type { DeploymentFile } from '../deployment-file.ts';
import { MACHINE_ROLE, ROLE_TITLES, type Role } from '../roles.ts';
import { COMMAND_CATALOGUE, rolesAllowed } from '../runbook/commands.ts';
import { CLOCK_SKEW_MS } from '../runbook/time-rules.ts';
import { holdsRole, personById } from '../set/approval.ts';
import { own, refuse, type OrderContext, type Refusal } from './context.ts';
import { principalOf, refuseDelegated } from './delegation.ts';
import { MACHINE, refuseSigner } from './signer.ts';

/**
 * Is this an order that this person may give here and now? Everything that does not depend on how far the deployment is.
 * Who holds the platform credential asks this again right before a call. Null: nothing speaks against it.
 */
export const refuseOrder = (command: Command, ctx: OrderContext): Refusal | null =>
  refuseSigner(command, ctx) ??
  refuseAddress(command, ctx.file) ??
  refuseKind(command) ??
  refuseRole(command, ctx) ??
  refuseAge(command, ctx) ??
  refuseBinding(command, ctx);

export const refuseAddress = (command: Command, file: DeploymentFile): Refusal | null => {
  const wrong = (['customer', 'deployment', 'environment', 'logOrigin'] as const).find((field) => command[field] !== file[field]);
  if (wrong === undefined) return null;
  return refuse('wrong_deployment', `The order is for ${wrong} ${command[wrong]}; here it is ${file[wrong]}.`);
};

const refuseKind = (command: Command): Refusal | null => {
  if (command.v !== 1 || !Object.hasOwn(COMMAND_CATALOGUE, command.kind)) {
    return refuse('malformed_command', `This version knows no order "${String(command.kind)}".`);
  }
  const { built } = COMMAND_CATALOGUE[command.kind];
  return built ? null : refuse('not_built', `golive ${command.kind} is not built yet.`);
};

/** Whoever holds the role, or acts under a delegation for somebody who does. An order that names one stands and falls with it. */
const refuseHolder = (command: Command, { file, among, nowIso }: OrderContext): Refusal | null => {
  const { person, role, delegation } = command;
  // Its key was asked for with the signature.
  if (role === MACHINE_ROLE && person === MACHINE) return null;
  const holder = personById(file, person);
  if (delegation !== undefined && role !== 'machine')
    return refuseDelegated(command, own(among.delegations, delegation), file, nowIso);
  return holder === undefined || role === 'machine' || !holdsRole(holder, role)
    ? refuse('role_not_held', `${holder?.name ?? person} does not hold the role ${titleOf(role)}.`)
    : null;
};

const refuseRole = (command: Command, ctx: OrderContext): Refusal | null => {
  const { kind, person, role, scope } = command;
  const { file, planHours, among } = ctx;
  const notHeld = refuseHolder(command, ctx);
  if (notHeld !== null) return notHeld;
  const { levels } = COMMAND_CATALOGUE[kind];
  if (!levels.includes(scope.level)) {
    return refuse('wrong_scope', `golive ${kind} is about ${levels.join(', ')}, not about ${scope.level}.`);
  }
  const allowed = rolesAllowed(kind, scope.level, planHours);
  // What the engine may order in its own name was asked for with its signature.
  if (!allowed.includes(role) && role !== MACHINE_ROLE) {
    return refuse(
      'role_not_allowed',
      `golive ${kind} about ${scope.level} is for ${allowed.map(titleOf).join(', ')}; not for ${titleOf(role)}.`,
    );
  }
  if (kind !== 'approve' && kind !== 'sign') return null;
  // Nor does anybody do it in the starter's place.
  const starter = [person, principalOf(command, among)].find((id) => id !== undefined && samePerson(file, id, file.startedBy));
  return starter === undefined
    ? null
    : refuse(
        'starter_may_not_sign',
        `${personById(file, starter)?.name ?? starter} started this deployment; somebody else with the role ${titleOf(role)} must do it.`,
      );
};

const refuseAge = (command: Command, { nowIso }: OrderContext): Refusal | null => {
  const [now, issued, expires] = [nowIso, command.issuedAt, command.expiresAt].map((iso) => Date.parse(iso));
  if (now === undefined || issued === undefined || expires === undefined || !(issued < expires)) {
    return refuse('malformed_command', 'issuedAt and expiresAt must be times, in this order.');
  }
  if (issued > now + CLOCK_SKEW_MS)
    return refuse('command_not_yet_valid', `The order is dated ${command.issuedAt}; here it is ${nowIso}.`);
  if (!(now < expires)) return refuse('command_expired', `The order was valid until ${command.expiresAt}; here it is ${nowIso}.`);
  return null;
};

/** Void when set, runbook or policy changed since the person looked; except for what only protects. */
const refuseBinding = ({ kind, saw, args }: Command, ctx: OrderContext): Refusal | null => {
  if (!COMMAND_CATALOGUE[kind].bound || (kind === 'clock' && args.clock === 'stop')) return null;
  if (saw.manifestSetDigest !== ctx.manifestSetDigest) {
    return refuse(
      'stale_binding',
      `The order is about manifest set ${saw.manifestSetDigest}; now it is ${ctx.manifestSetDigest}.`,
    );
  }
  if (saw.runbookDigest !== ctx.runbookDigest) {
    return refuse('stale_binding', `The order is about runbook ${saw.runbookDigest}; now it is ${ctx.runbookDigest}.`);
  }
  if (saw.policyVersion !== ctx.file.version) {
    return refuse(
      'stale_binding',
      `The order is about version ${saw.policyVersion} of the deployment file; now it is ${ctx.file.version}.`,
    );
  }
  return null;
};

/**
 * One human being, even if the file lists them twice: the same id, the same address, the same user of Slack, or a key in
 * common.
 * Without this a second entry for the same person would be a second voice in a quorum.
 */
export const samePerson = (file: DeploymentFile, a: string, b: string): boolean => {
  if (a === b) return true;
  const [one, other] = [personById(file, a), personById(file, b)];
  if (one === undefined || other === undefined) return false;
  return (
    one.email.toLowerCase() === other.email.toLowerCase() ||
    (one.slack !== undefined && one.slack === other.slack) ||
    one.keys.some((key) => other.keys.includes(key))
  );
};

export const titleOf = (role: Role): string => (Object.hasOwn(ROLE_TITLES, role) ? ROLE_TITLES[role] : String(role));
