import type { Command, CommandKind } from '../command.ts';
import { refuseCards } from './cards.ts';
import { refuseApprove, refuseConfirm, refuseSign, refuseWaive } from './decisions.ts';
import { own, refuse, type AuthorityContext, type Judgement, type Refusal } from './context.ts';
import { refuseIncident } from './incidents.ts';
import { refuseLift, refuseReissue, refuseResume } from './lifting.ts';
import { refuseClock, refuseGo, refuseHold, refusePromote, refuseRelease, refuseRetry } from './moves.ts';
import { refuseOrder } from './order.ts';
import { refuseAck, refuseDelegate, refuseRevoke } from './people.ts';
import { refuseScope } from './scope.ts';
import { refuseSigner } from './signer.ts';
import { STOPPING_KINDS } from '../stop/stop.ts';

/**
 * Applied or refused, with the reason: the only place where this is decided. Pure; the same arguments give the same answer.
 *
 * The order of the questions is part of the contract: who signed (so that nobody learns or uses up anything without a key),
 * whether it was answered before (the same id twice gives the first answer), whether it is an order that this person may
 * give here and now, on what it was clicked, whether what it is about exists, and last whether the deployment is in a state for it.
 * Judging changes nothing: `recordApplied` gives the state after an order that was applied.
 */
export const judge = (command: Command, ctx: AuthorityContext): Judgement => {
  const unsigned = refuseSigner(command, ctx);
  if (unsigned !== null) return unsigned;
  const before = own(ctx.state.seen, command.id);
  if (before !== undefined) return before;
  return (
    refuseOrder(command, ctx) ??
    refuseCards(command, ctx.among) ??
    refuseScope(command, ctx.state) ??
    refuseByKind(command, ctx) ?? { verdict: 'applied' }
  );
};

type Rule = (command: Command, ctx: AuthorityContext) => Refusal | null;

/** A stop is judged by `judgeStop`, in a workflow of its own; here it would only be recorded, and stop nothing. */
const refuseElsewhere: Rule = ({ kind }) =>
  refuse('wrong_state', `golive ${kind} is carried out by itself, not by the deployment; hand it in again.`);

/** Exactly the kinds that the catalogue calls built; a test keeps both in step. */
export const RULES: Partial<Record<CommandKind, Rule>> = {
  go: refuseGo,
  approve: refuseApprove,
  sign: refuseSign,
  promote: refusePromote,
  hold: refuseHold,
  release: refuseRelease,
  confirm: refuseConfirm,
  waive: refuseWaive,
  retry: refuseRetry,
  clock: refuseClock,
  ack: refuseAck,
  delegate: refuseDelegate,
  revoke: refuseRevoke,
  incident: refuseIncident,
  resume: refuseResume,
  lift: refuseLift,
  reissue: refuseReissue,
  ...Object.fromEntries(STOPPING_KINDS.map((kind) => [kind, refuseElsewhere])),
  // Looking and comparing is allowed in every state.
  reconcile: () => null,
};

const refuseByKind: Rule = (command, ctx) => {
  const rule = RULES[command.kind];
  return rule === undefined ? refuse('not_built', `golive ${command.kind} is not built yet.`) : rule(command, ctx);
};
