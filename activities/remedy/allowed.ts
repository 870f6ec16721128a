import { liftersOf } from '../../domain/authority/lifting.ts';
import { samePerson } from '../../domain/authority/order.ts';
import { MACHINE } from '../../domain/authority/signer.ts';
import { own, subjects } from '../../domain/authority/context.ts';
import type { CommandKind } from '../../domain/command.ts';
import type { Role } from '../../domain/roles.ts';
import { rolesEver } from '../../domain/runbook/commands.ts';
import { holdOfStop } from '../../domain/stop/hold.ts';
import { isStoppingKind, STOPS } from '../../domain/stop/stop.ts';
import type { DeploymentView } from '../../domain/view.ts';
import { bound, demand, order, type Grant } from '../verified-order.ts';
import { refused } from '../boundary.ts';
import type { Deployment } from '../deployment.ts';

/**
 * A resume, or the second of two orders to lift: verified with the stop that it ends, and with the other voice. A promotion of
 * single agents lets them go with their cohort again, whose own promotion says how far that is.
 */
export async function ending(d: Deployment, index: number): Promise<Grant> {
  const grant = await order(d, index);
  const { kind, scope, args, person, role } = grant.command;
  bound(d, grant);
  if (kind === 'promote') {
    demand(
      scope.level === 'agent' && rolesEver(kind, 'agent').includes(role),
      grant,
      'no promotion of agents by who may promote',
    );
    return grant;
  }
  const view = await d.view();
  const hold = own(view.holds, args.holdId ?? '');
  if (hold?.orderedIn != null) {
    demand(kind === 'lift' && hold.kind === 'shutdown', grant, 'no order that ends a stop of the whole customer');
    return twoVoices(d, view, grant, SHUTDOWN_LIFTERS);
  }
  const stopped = own(view.commands, args.holdId ?? '');
  const { command: stop } = await order(d, stopped?.index ?? -1);
  if (!isStoppingKind(stop.kind) || stop.id !== args.holdId || STOPS[stop.kind].liftedBy !== kind)
    throw refused('authority_missing', `Entry ${index} ends no stop.`);
  if (kind === 'resume') {
    const may = person === MACHINE ? stop.person === MACHINE : rolesEver(kind, scope.level).includes(role);
    demand(may, grant, 'not given by who may resume');
    return grant;
  }
  return twoVoices(d, view, grant, liftersOf(holdOfStop({ ...stop, kind: stop.kind })));
}

/** Its order is another deployment's business; whoever lifts it here is one of ours, whatever the log says of it. */
const SHUTDOWN_LIFTERS = liftersOf({ releasedBy: 'security-lead' });

async function twoVoices(d: Deployment, view: DeploymentView, grant: Grant, lifters: readonly Role[]): Promise<Grant> {
  const { person, role } = grant.command;
  const other = lifters.find((lifter) => lifter !== role);
  demand(lifters.includes(role) && other !== undefined, grant, 'not given by who may lift it');
  const second = await voice(d, view, grant, other ?? role);
  demand(second !== undefined && !samePerson(d.file, person, second.command.person), grant, 'only one voice lifts it');
  return grant;
}

/** The other order to lift just this, as verified as the first; given before it. */
async function voice(d: Deployment, view: DeploymentView, { index, command }: Grant, role: string): Promise<Grant | undefined> {
  const subject = subjects.lift(command.args.holdId ?? '', command.scope);
  const found = Object.values(view.commands).find(
    (c) =>
      c.kind === 'lift' &&
      c.outcome === 'applied' &&
      c.role === role &&
      c.index < index &&
      c.scope !== null &&
      subjects.lift(c.args.holdId ?? '', c.scope) === subject,
  );
  if (found === undefined) return undefined;
  const grant = await order(d, found.index);
  bound(d, grant);
  return grant;
}

/** An order of this kind, by a role that may give it. */
export async function ordered(d: Deployment, index: number, kind: CommandKind): Promise<Grant> {
  const grant = await order(d, index);
  const { role, scope } = grant.command;
  demand(grant.command.kind === kind, grant, `no order to ${kind}`);
  demand(rolesEver(kind, scope.level).includes(role), grant, `not given by who may order to ${kind}`);
  bound(d, grant);
  return grant;
}
