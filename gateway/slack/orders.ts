import { clickId } from '../../audit/click.ts';
import type { AttestableKind, Command, CommandArguments, Saw, Scope } from '../../domain/command.ts';
import type { Person } from '../../domain/deployment-file.ts';
import type { CardView } from '../../domain/view.ts';
import { manifestSetDigestOf } from '../../domain/waiting.ts';
import type { Capacity } from './capacity.ts';
import type { Facts } from './customer.ts';
import type { Caller } from './identity.ts';

const VALID_MS = 3_600_000;

export interface Clicked {
  kind: AttestableKind;
  scope: Scope;
  capacity: Capacity;
  args: CommandArguments;
  reason?: string;
  cards?: string[];
  saw?: Pick<Saw, 'manifestSetDigest' | 'policyVersion' | 'evidence'>;
  /** What tells this click from every other: the modal, or Slack's own mark of the moment. */
  click: string;
}

/**
 * The order that a click stands for. Its id is made of who clicked what, so that all deliveries of one click are one order,
 * also to a process that knows nothing of the first.
 */
export function attestedOrder({ file, view }: Facts, caller: Caller, person: Person, given: Clicked, nowMs: number): Command {
  const { kind, scope, capacity, args, reason = '', cards = [], click } = given;
  const saw = given.saw ?? { manifestSetDigest: manifestSetDigestOf(view), policyVersion: file.version, evidence: {} };
  return {
    v: 1,
    id: clickId({ ...caller, deployment: file.deployment, kind, cards, scope, args, click }),
    kind,
    customer: file.customer,
    deployment: file.deployment,
    environment: file.environment,
    logOrigin: file.logOrigin,
    person: person.id,
    role: capacity.role,
    scope,
    issuedAt: new Date(nowMs).toISOString(),
    expiresAt: new Date(nowMs + VALID_MS).toISOString(),
    saw: { ...saw, runbookDigest: view.header.runbook?.digest ?? '' },
    args,
    reason,
    attestation: { channel: 'slack', team: caller.team, user: caller.user, cards },
    ...(capacity.delegation === undefined ? {} : { delegation: capacity.delegation }),
  };
}

/** What lay in front of whoever signed: what the cards say, and not what the log says now. */
export const sawOn = (cards: readonly CardView[]): Clicked['saw'] => {
  const [first] = cards;
  return (
    first && {
      manifestSetDigest: first.manifestSetDigest,
      policyVersion: first.policyVersion,
      evidence: Object.fromEntries(cards.map(({ group, boundTo }) => [group, boundTo])),
    }
  );
};
