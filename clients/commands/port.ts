import type { FailureCode } from '../../domain/failure.ts';
import type { DeploymentName } from '../../domain/ids.ts';

/** A signed order on its way: the canonical text of its DSSE envelope, and when its giver let go of it. */
export interface HandedIn {
  envelope: string;
  /** ISO 8601. */
  handedInAt: string;
}

/** Where people's orders are handed in. What is handed in is not yet judged: the answer to an order stands in the log. */
export interface Commands {
  /** Resolves with the order's id once it cannot be lost any more. The same envelope may be handed in again at any time. */
  handIn(order: HandedIn, signal?: AbortSignal): Promise<{ id: string }>;
}

export interface StartDeployment {
  name: DeploymentName;
  speed: number;
  startedBy: string;
}

/** Starting a deployment needs rights on the namespace; giving orders does not. */
export interface Deployments {
  start(deployment: StartDeployment, signal?: AbortSignal): Promise<'started' | 'already-started'>;
}

/** Nothing answers, so nothing is known of the order; it may be handed in again as it is. */
export class CommandsUnreachable extends Error {
  override name = 'CommandsUnreachable';
  readonly what: 'gateway' | 'Temporal';
  constructor(what: 'gateway' | 'Temporal', message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.what = what;
  }
}

/** Refused at the door, unread and unrecorded. */
export class CommandNotTaken extends Error {
  override name = 'CommandNotTaken';
  readonly code: FailureCode;
  constructor(code: FailureCode, message: string) {
    super(message);
    this.code = code;
  }
}
