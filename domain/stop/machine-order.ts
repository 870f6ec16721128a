import { MACHINE } from '../authority/signer.ts';
import type { Command, CommandArguments, CommandKind, Saw, Scope } from '../command.ts';
import type { DeploymentFile } from '../deployment-file.ts';
import { MACHINE_ROLE } from '../roles.ts';

/** An order that golive gives by itself is meant now; a stop is obeyed however old it is. */
const VALID_MS = 3_600_000;

/** Begins the id of an order that an alert of the customer's own monitoring stands for; the log has no trigger of the engine's for it. */
const ALERT = 'alert-';
export const alertId = (firing: string): string => `${ALERT}${firing}`;
export const isAlert = (commandId: string): boolean => commandId.startsWith(ALERT);

export interface MachineOrder {
  /** Made from what the order is about, so that giving it twice is giving it once. */
  id: string;
  kind: Extract<CommandKind, 'pause' | 'rollback' | 'halt' | 'resume'>;
  scope: Scope;
  args: Pick<CommandArguments, 'trigger' | 'holdId'>;
  reason: string;
}

/** The order as the engine signs it with its own key: it lowers by a row of the stopping table, or takes back a pause of its own. */
export const machineOrder = (
  { id, kind, scope, args, reason }: MachineOrder,
  { file, saw, nowMs }: { file: DeploymentFile; saw: Pick<Saw, 'manifestSetDigest' | 'runbookDigest'>; nowMs: number },
): Command => ({
  v: 1,
  id,
  kind,
  customer: file.customer,
  deployment: file.deployment,
  environment: file.environment,
  logOrigin: file.logOrigin,
  person: MACHINE,
  role: MACHINE_ROLE,
  scope,
  issuedAt: new Date(nowMs).toISOString(),
  expiresAt: new Date(nowMs + VALID_MS).toISOString(),
  saw: { ...saw, policyVersion: file.version, evidence: {} },
  args,
  reason: reason.slice(0, 2000),
});
