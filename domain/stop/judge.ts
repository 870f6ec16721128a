import { refuse, type Judgement, type OrderContext, type Refusal } from '../authority/context.ts';
import { refuseAddress, titleOf } from '../authority/order.ts';
import { MACHINE, refuseSigner } from '../authority/signer.ts';
import type { Command } from '../command.ts';
import { SHAPES } from '../mode.ts';
import { COMMAND_CATALOGUE, rolesAllowed } from '../runbook/commands.ts';
import { STOPPING_TABLE } from '../runbook/stopping.ts';
import { holdsRole, personById } from '../set/approval.ts';
import { isStoppingKind } from './stop.ts';

/** Scopes in one call to the platform. */
export const NAMES_AT_MOST = 1000;

/** What the platform takes as a name; another one would make it refuse the whole call. */
const NAME = /^[a-z0-9][a-z0-9._-]{0,127}$/;

/**
 * May this stop be carried out? Asked where the platform's credential is, with nothing but the signed deployment file.
 * Refused for signature, address, role or scope; never for age, a clock that is wrong, a file or set that has changed, a window,
 * a gate or a freeze: a late stop is better than none. What it names need not exist; a fence covers what comes.
 */
export const judgeStop = (command: Command, { file, signer }: Pick<OrderContext, 'file' | 'signer'>): Judgement =>
  refuseSigner(command, { file, signer }) ?? refuseAddress(command, file) ?? refuseStop(command, file) ?? { verdict: 'applied' };

/** Who may stop what; the same when it is carried out and when the log is verified. */
export const refuseStop = (command: Command, file: OrderContext['file']): Refusal | null =>
  refuseKind(command) ?? refuseGiver(command, file) ?? refuseNames(command);

function refuseKind({ v, kind, args, environment }: Command): Refusal | null {
  if (v !== 1 || !isStoppingKind(kind)) return refuse('malformed_command', `golive ${String(kind)} stops nothing.`);
  if (args.drill === true && (kind !== 'rollback' || environment === 'production'))
    return refuse('wrong_state', 'Only a rollback is drilled, and never in production.');
  return null;
}

/** Deputies hold the role themselves; nobody stops under a delegation. The machine stops by a row of the stopping table. */
function refuseGiver({ kind, person, role, scope, args }: Command, file: OrderContext['file']): Refusal | null {
  if (person === MACHINE) {
    const row = STOPPING_TABLE.find(({ id, action }) => id === args.trigger && action !== 'ordered');
    return row
      ? null
      : refuse('role_not_allowed', `golive stops by a row of the stopping table, and ${args.trigger ?? 'none'} is none.`);
  }
  const holder = personById(file, person);
  if (holder === undefined || !holdsRole(holder, role))
    return refuse('role_not_held', `${holder?.name ?? person} does not hold the role ${titleOf(role)}.`);
  if (args.trigger !== undefined) return refuse('malformed_command', 'Only golive itself stops because of a trigger.');
  const allowed = rolesAllowed(kind, scope.level, null);
  return allowed.includes(role)
    ? null
    : refuse('role_not_allowed', `golive ${kind} is for ${allowed.map(titleOf).join(', ')}; not for ${titleOf(role)}.`);
}

function refuseNames({ kind, scope: { level, names } }: Command): Refusal | null {
  const { levels } = COMMAND_CATALOGUE[kind];
  if (!levels.includes(level)) return refuse('wrong_scope', `golive ${kind} is about ${levels.join(', ')}, not about ${level}.`);
  const whole = level === 'customer' || level === 'deployment';
  if (whole) return names.length === 0 ? null : refuse('wrong_scope', `An order about the whole ${level} names nothing in it.`);
  if (names.length === 0 || names.length > NAMES_AT_MOST)
    return refuse('wrong_scope', `The order names ${names.length === 0 ? 'no' : `more than ${NAMES_AT_MOST} of`} ${level}.`);
  const odd = names.find((name) => !NAME.test(name) || (level === 'wave' && !SHAPES.some((shape) => shape === name)));
  return odd === undefined ? null : refuse('wrong_scope', `There can be no ${level} ${odd.slice(0, 60)}.`);
}
