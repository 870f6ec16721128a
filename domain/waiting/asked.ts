import type { Command } from '../command.ts';
import type { DeploymentView } from '../view.ts';
import type { Waiting } from './ask.ts';
import { signatureAskedAt } from './sign.ts';

/**
 * Since when an order was waited for, ISO 8601: of several groups, since the last of them lay there. Undefined when nobody
 * waited for it.
 */
export function askedSince(waiting: readonly Waiting[], command: Command, view: DeploymentView): string | undefined {
  const asked = waiting.find((w) => w.role === command.role && isAbout(w.command, command));
  if (asked === undefined) return undefined;
  const since = asked.id === `sign/${command.role}` ? signatureAskedAt(view, command.role, command.scope.names) : asked.since;
  return since ?? undefined;
}

const isAbout = ([kind, what]: readonly string[], command: Command): boolean =>
  kind === command.kind && (kind === 'sign' || what === subjectOf(command));

/** As it stands behind the verb. */
const subjectOf = ({ kind, scope, args }: Command): string | undefined => {
  if (kind === 'approve') return scope.level === 'set' ? 'set' : 'go-ahead';
  return kind === 'clock' ? args.clock : scope.names[0];
};
