import { refuseCards } from '../../../domain/authority/cards.ts';
import { holdsMadeBy } from '../../../domain/authority/record.ts';
import type { EntryOf } from '../../../domain/entry.ts';
import { isStoppingKind } from '../../../domain/stop/stop.ts';
import { CLOCK_SKEW_MS } from '../../../domain/runbook/time-rules.ts';
import { approvals } from './authority.ts';
import type { Context, DeploymentState, Order } from './state.ts';

/** How long what follows from an order may take to get into a log that goes on, wall milliseconds. */
const FOLLOWS_WITHIN_MS = 60_000;

type Indexed<T> = T & { index: number };

export function applied({ found, state }: Context, entry: Indexed<EntryOf<'command.applied'>>): void {
  const { index, at, data } = entry;
  const { command, envelope } = data;
  const order: Order = { index, at, command, envelope };
  state.orders.set(index, order);
  answered({ found, state }, command.id, index);
  if (entry.id !== `${state.name}/command/${command.id}`)
    found.finding('command_answered_twice', `entry ${index} answers order ${command.id} under the id ${entry.id}`, { index });

  const [now, issued, expires] = [at, command.issuedAt, command.expiresAt].map((iso) => Date.parse(iso)) as [
    number,
    number,
    number,
  ];
  const late = now > expires || now < issued - CLOCK_SKEW_MS || issued >= expires;
  // A stop is obeyed at any age: a late one is better than none.
  if (late && !isStoppingKind(command.kind)) {
    const valid = `${command.issuedAt} to ${command.expiresAt}`;
    found.finding('command_expired', `order ${command.id} (${command.kind}), valid ${valid}, was applied at ${at}`, { index });
  }
  delegation(state, order);
  const unshown = refuseCards(command, state);
  if (unshown) found.finding('sign_off_unfounded', `order ${command.id}: ${unshown.sentence}`, { index });
  if (command.kind !== 'approve') return;
  if (command.scope.level === 'set') state.setApprovals.push(order);
  else if (command.args.decision === 'approve') approvals({ found, state }, order);
}

/** Who acts for whom, as the orders say it. */
function delegation({ delegations }: DeploymentState, { index, at, command }: Order): void {
  const { id, kind, person: by, args } = command;
  if (kind === 'delegate' && args.delegation)
    delegations.set(id, { ...args.delegation, id, principal: by, revoked: null, index, at });
  const known = kind === 'revoke' ? delegations.get(args.delegationId ?? '') : undefined;
  if (known) known.revoked ??= { by, index, at };
}

/** Nobody's signature stands under these, so anybody can have used the id. */
const UNSIGNED = ['signature_invalid', 'unknown_person', 'malformed_command'];

export function refused(context: Context, { index, data }: Indexed<EntryOf<'command.refused'>>): void {
  if (!UNSIGNED.includes(data.code)) answered(context, data.commandId, index);
}

function answered({ found, state }: Context, id: string, index: number): void {
  const before = state.answers.get(id);
  if (before === undefined) state.answers.set(id, index);
  else found.finding('command_answered_twice', `order ${id}: entries ${before} and ${index}`, { index });
}

/** A sign-off says what an applied order said, about evidence that was shown before. */
export function signOff({ found, state }: Context, { index, data }: Indexed<EntryOf<'sign-off'>>): void {
  const { group, role, decision, boundTo, commandIndex, channel } = data;
  const order = state.orders.get(commandIndex);
  const command = order?.command;
  const wrong =
    command?.kind !== 'sign'
      ? `entry ${commandIndex} is no applied order to sign`
      : command.role !== role
        ? `the order was given as ${command.role}, not ${role}`
        : (command.args.decision ?? 'reject') !== decision
          ? `the order says ${command.args.decision ?? 'nothing'}, not ${decision}`
          : !command.scope.names.includes(group) || command.saw.evidence[group] !== boundTo
            ? `the order is not about ${boundTo} of ${group}`
            : !state.shown.has(`${group} ${boundTo}`)
              ? `nothing was shown for ${group} under ${boundTo} before`
              : (command.attestation?.channel ?? 'cli') !== channel
                ? `the order did not come through ${channel}`
                : undefined;
  state.followed.add(`sign-off ${commandIndex} ${group}`);
  if (wrong !== undefined) found.finding('sign_off_unfounded', `${group}, ${role}: ${wrong}`, { index });
  else state.signOffs.set(group, [...(state.signOffs.get(group) ?? []), { index, data }]);
}

/** What an applied order makes must be in the log, once the deployment is closed or has gone on for a while. */
export function checkFollowed({ found, state }: Context): void {
  for (const order of state.orders.values()) {
    if (isRecent(state, order)) continue;
    const missing = followUps(state, order).filter((what) => !state.followed.has(what));
    if (missing.length === 0) continue;
    const { id, kind } = order.command;
    found.finding('command_unanswered', `order ${id} (${kind}): ${missing.slice(0, 3).join(', ')}`, { index: order.index });
  }
}

/** What follows from it may still be on its way: the log ends soon after it, and the deployment was not closed since. */
export const isRecent = ({ closed, lastAtMs }: DeploymentState, { index, at }: Pick<Order, 'index' | 'at'>): boolean =>
  (closed === undefined || closed < index) && lastAtMs - Date.parse(at) < FOLLOWS_WITHIN_MS;

function followUps({ name }: DeploymentState, { index, command }: Order): string[] {
  if (isStoppingKind(command.kind)) return [`hold ${command.id}`, `flips ${command.id}`];
  switch (command.kind) {
    case 'sign':
      return command.scope.names.map((group) => `sign-off ${index} ${group}`);
    case 'hold':
    case 'confirm':
      return holdsMadeBy(command).map((hold) => `hold ${hold.id}`);
    case 'release':
      return [`release ${command.args.holdId ?? ''}`];
    case 'clock':
      return [`${name}/clock/${command.id}`];
    default:
      return [];
  }
}
