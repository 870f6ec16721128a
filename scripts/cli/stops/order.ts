import { sha256Digest } from '../../../audit/keys.ts';
import type { StopAtPlatform } from '../../../clients/platform/stop.ts';
import type { Command, CommandArguments, Scope } from '../../../domain/command.ts';
import type { DeploymentFile } from '../../../domain/deployment-file.ts';
import { ROLE_TITLES, type Role } from '../../../domain/roles.ts';
import { runbookCanonical } from '../../../domain/runbook/canonical.ts';
import { rolesAllowed } from '../../../domain/runbook/commands.ts';
import { holdsRole } from '../../../domain/set/approval.ts';
import { sawNothing, type StoppingKind } from '../../../domain/stop/stop.ts';
import { EXIT, failure, usage } from '../io.ts';
import { orderId } from '../orders/signing.ts';
import { knownRole, personFor } from '../orders/spec.ts';
import type { Session } from '../session.ts';
import { golive } from '../words.ts';

const HOUR_MS = 3_600_000;

export interface Stopping {
  kind: StoppingKind;
  scope: Scope;
  args?: CommandArguments;
}

/** The order itself, made from the signed deployment file alone: neither log nor bucket nor platform is asked. */
export function stopCommand(
  { kind, scope, args = {} }: Stopping,
  { io, options }: Session,
  file: DeploymentFile,
  publicKey?: string,
): Command {
  const person = personFor(file, options.as, publicKey);
  const may = rolesAllowed(kind, scope.level, null);
  const role: Role | undefined = options.role === undefined ? may.find((r) => holdsRole(person, r)) : knownRole(options.role);
  if (role === undefined) {
    const titles = may.map((r) => ROLE_TITLES[r]).join(', ');
    throw failure(
      EXIT.refused,
      'role_not_allowed',
      `${person.name} (${person.id}) holds no role that may ${kind}; it is for ${titles}.`,
    );
  }
  const nowMs = io.now();
  return {
    v: 1,
    id: orderId(nowMs, kind),
    kind,
    ...{ customer: file.customer, deployment: file.deployment, environment: file.environment, logOrigin: file.logOrigin },
    ...{ person: person.id, role, scope },
    issuedAt: new Date(nowMs).toISOString(),
    expiresAt: new Date(nowMs + HOUR_MS).toISOString(),
    saw: sawNothing(sha256Digest(runbookCanonical()), file.version),
    args,
    reason: options.reason ?? '',
  };
}

/** What is large or final says why. The others may be given in two words, with the reason told later. */
export function requireWhy(kind: StoppingKind, { reason }: Session['options']): void {
  if (kind !== 'terminate' && kind !== 'shutdown') return;
  if (reason === undefined || reason.trim() === '')
    throw usage(`golive ${kind} needs a reason; it stands in the log.`, 'Give --reason "…".');
}

export const atPlatform = ({ deployment, id, kind, scope }: Command): StopAtPlatform => ({
  ...{ deployment, scope, commandId: id },
  kind: kind as StoppingKind,
});

/** The same stop without golive, as it is typed; with all that this run was told. */
export const directly = (session: Session, command: Pick<Command, 'kind' | 'scope' | 'person' | 'reason'>): string => {
  const { reason } = command;
  const { key } = session.options;
  return golive(session, [
    ...[command.kind, ...argvOf(command), '--direct', '--as', command.person],
    ...(reason === '' ? [] : ['--reason', reason]),
    ...(key === undefined ? [] : ['--key', key]),
  ]);
};

/** The scope as it is typed. */
export const argvOf = ({ scope: { level, names } }: Pick<Command, 'scope'>): string[] =>
  level === 'customer' ? [] : level === 'deployment' ? ['--all'] : [`--${level}`, ...names];
