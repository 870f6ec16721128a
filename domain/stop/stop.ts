import type { Command, CommandKind, Saw } from '../command.ts';
import type { Mode } from '../mode.ts';
import type { Role } from '../roles.ts';

/** Orders that lower. Each starts a workflow of its own, waits for nothing and is waited for by nothing. */
export const STOPPING_KINDS = ['pause', 'rollback', 'halt', 'terminate', 'shutdown'] as const satisfies readonly CommandKind[];
export type StoppingKind = (typeof STOPPING_KINDS)[number];

export const isStoppingKind = (kind: string): kind is StoppingKind => (STOPPING_KINDS as readonly string[]).includes(kind);

/** What takes a stop away (a hold: its release); what was terminated stays so. */
export type Lift = 'release' | 'resume' | 'promote' | 'lift' | 'nothing';

interface Stopping {
  /** The highest mode while it stands. */
  ceiling: Mode;
  liftedBy: Lift;
}

/** A hold is no stop: it lowers nothing, and stands here because it ends like one. */
export const STOPS: Readonly<Record<StoppingKind | 'hold', Stopping>> = {
  hold: { ceiling: 'shadow', liftedBy: 'release' },
  pause: { ceiling: 'paused', liftedBy: 'resume' },
  rollback: { ceiling: 'shadow', liftedBy: 'promote' },
  halt: { ceiling: 'halted', liftedBy: 'lift' },
  terminate: { ceiling: 'terminated', liftedBy: 'nothing' },
  shutdown: { ceiling: 'halted', liftedBy: 'lift' },
};

/**
 * The role that lifts a halt together with the Deployment Lead: the one that the stopping table tells; for a person's own
 * order the Security Lead, and for a shutdown as well.
 */
export const lifterOf = ({ args }: Pick<Command, 'args'>, toldFirst: Role | undefined): Role =>
  args.trigger === undefined || toldFirst === undefined || toldFirst === 'deployment-lead' ? 'security-lead' : toldFirst;

/** Instead of a manifest set's digest. */
const NOTHING_SEEN = `sha256:${'0'.repeat(64)}`;

/**
 * A stop is bound to nothing that its giver saw, so nothing has to be looked at before it, and nobody asks this of it. Versions
 * of deployment files begin with 1: 0 says that none was looked at.
 */
export const sawNothing = (runbookDigest: string, policyVersion = 0): Saw => ({
  ...{ manifestSetDigest: NOTHING_SEEN, runbookDigest, policyVersion },
  evidence: {},
});
