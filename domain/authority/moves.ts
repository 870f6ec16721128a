import type { Command } from '../command.ts';
import { isSettled, statusOf, unmetExits } from '../gate.ts';
import { liftOf } from '../hold.ts';
import type { Shape } from '../mode.ts';
import { ROLES } from '../roles.ts';
import { findGate, GATES } from '../runbook/gates.ts';
import { row } from '../runbook/rows.ts';
import { WAVES } from '../runbook/waves.ts';
import { refusePromoteAgents } from './agents.ts';
import { own, refuse, type AuthorityContext, type Refusal } from './context.ts';
import { refuseEvidence } from './decisions.ts';
import { refuseAllStopped, refuseStopped } from './lifting.ts';
import { titleOf } from './order.ts';
import { cohortsIn, promotable } from './promotable.ts';

/** What moves a deployment or keeps it: gates, waves, holds, retries, the clock. Signature, role, age and scope were checked before. */

/** Longest single re-baseline, in plan hours: as long as the runbook itself. */
const LONGEST_SHIFT_HOURS = 720;

/** A gate opens when every exit row of its window is met or waived, whoever is held or isolated by name. */
export const refuseGo = (command: Command, { state }: AuthorityContext): Refusal | null => {
  const gate = findGate(command.scope.names[0] ?? '') ?? GATES[0];
  if (gate === undefined) return refuse('wrong_scope', 'There is no such gate.');
  if (state.gatesPassed.includes(gate.id)) return refuse('already_done', `${gate.name} has been passed.`);
  const stopped = refuseAllStopped(state);
  if (stopped !== null) return stopped;
  if (state.window !== gate.window) return refuse('wrong_state', `${gate.name} closes another window than the one that is open.`);
  if (!state.clockRunning) return refuse('wrong_state', 'The T-clock does not run.');
  const unmet = unmetExits(gate.window, state.milestones);
  if (unmet.length > 0) return refuse('exit_not_met', `${gate.name} stays shut: ${say(unmet)}.`);
  return refuseEvidence(command, gate.id, own(state.openEvidence, gate.id));
};

/** Cohorts of the scope that may not go live are left out; refused only when none is left. */
export const refusePromote = (command: Command, ctx: AuthorityContext): Refusal | null => {
  const { scope, issuedAt } = command;
  const { state } = ctx;
  if (!state.gatesPassed.includes('gate-2')) return refuse('wrong_state', 'Gate 2 has not been passed.');
  if (!state.clockRunning) return refuse('wrong_state', 'The T-clock does not run.');
  if (scope.level === 'agent') return refusePromoteAgents(command, ctx);
  if (scope.level === 'wave') {
    for (const shape of scope.names as Shape[]) {
      const { after } = WAVES[shape];
      if (after !== null && !isSettled(statusOf(after, state.milestones))) {
        return refuse('exit_not_met', `The ${shape} wave waits for ${say([after])}.`);
      }
    }
  }
  const { cohorts, leftOut, liveAlready, stopped } = promotable(state, scope, issuedAt);
  if (cohorts.length > 0) return null;
  const reasons = Object.entries(leftOut).map(([cohort, why]) => `${cohort}: ${why}`);
  if (reasons.length > 0 && liveAlready.length === reasons.length) {
    return refuse(
      'already_done',
      `All cohorts of ${scope.level} ${scope.names.join(', ')} are live already, or on their way there.`,
    );
  }
  const code = stopped.length > 0 ? 'stopped' : 'wrong_state';
  return refuse(code, `No cohort of ${scope.level} ${scope.names.join(', ')} can go live: ${listed(reasons)}`);
};

export const refuseHold = ({ args }: Command): Refusal | null => {
  const { ceiling = 'shadow', releasedBy = 'deployment-lead' } = args;
  if (ceiling !== 'shadow' && ceiling !== 'paused')
    return refuse('malformed_command', 'A hold has the ceiling shadow or paused.');
  // Nobody can give an order as the engine, so such a hold could never be released.
  if (releasedBy === 'machine' || !ROLES.includes(releasedBy)) {
    return refuse('malformed_command', `A hold cannot be released by ${String(releasedBy)}.`);
  }
  return null;
};

/** Only the role that the hold names takes it back, and only this one hold. */
export const refuseRelease = ({ args, role, scope }: Command, { state }: AuthorityContext): Refusal | null => {
  if (args.holdId === undefined) return refuse('malformed_command', 'The order names no hold.');
  const hold = own(state.holds.added, args.holdId);
  if (hold === undefined) return refuse('unknown_hold', `There is no hold ${args.holdId}.`);
  const lift = liftOf(hold);
  if (lift !== 'release')
    return refuse(
      'stopped',
      `${hold.id} is a ${hold.kind ?? 'stop'}, and ends by ${lift === 'nothing' ? lift : `golive ${lift}`}.`,
    );
  const released = own(state.holds.tombstones, args.holdId);
  if (released !== undefined) return refuse('already_done', `${released.by} released that hold at ${released.at}.`);
  const elsewhere = scope.level !== hold.scope.level || scope.names.some((name) => !hold.scope.names.includes(name));
  if (scope.level !== 'deployment' && elsewhere) {
    return refuse('wrong_scope', `Hold ${hold.id} is on ${hold.scope.level} ${hold.scope.names.join(', ')}.`);
  }
  return role === hold.releasedBy
    ? null
    : refuse('release_not_allowed', `Hold ${hold.id} is released by ${titleOf(hold.releasedBy)} only.`);
};

/** Named cohorts must be isolated, parked or held; for the whole deployment something must be waiting. */
export const refuseRetry = ({ scope }: Command, { state }: AuthorityContext): Refusal | null => {
  const waits = (phase: string) => phase === 'isolated' || phase === 'parked' || phase === 'held';
  const stopped = scope.level === 'deployment' ? refuseAllStopped(state) : refuseStopped(state, scope);
  if (stopped !== null) return stopped;
  if (scope.level === 'deployment') {
    const any = Object.values(state.groups).some((cohorts) => Object.values(cohorts).some((c) => waits(c.phase)));
    return state.haltedBy !== null || any ? null : refuse('wrong_state', 'Nothing waits for a retry.');
  }
  const fine = cohortsIn(state, scope).filter((cohort) => !waits(cohort.phase));
  return fine.length === 0 ? null : refuse('wrong_state', fine.map((c) => `${c.id} is ${c.phase}: nothing to retry.`).join(' '));
};

export const refuseClock = ({ args }: Command, ctx: AuthorityContext): Refusal | null => {
  const { started, clockRunning } = ctx.state;
  switch (args.clock) {
    case 'start':
      if (clockRunning) return refuse('already_done', 'The T-clock runs already.');
      return started ? null : refuseFirstStart(ctx);
    case 'stop':
      return clockRunning ? null : refuse('wrong_state', 'The T-clock does not run.');
    case 'rebaseline':
      if (!started) return refuse('wrong_state', 'Before T-0 there is nothing to re-baseline: T-0 is when the clock is started.');
      return isShift(args.shiftHours)
        ? null
        : refuse('malformed_command', `Due times move later by more than 0 and at most ${LONGEST_SHIFT_HOURS} plan hours.`);
    default:
      return refuse('malformed_command', 'The order must say start, stop or rebaseline.');
  }
};

/** T-0: every row of the countdown. The code tells whom to ask: people, executives, or whoever mends a prerequisite. */
const refuseFirstStart = ({ state }: AuthorityContext): Refusal | null => {
  const unmet = unmetExits('countdown', state.milestones);
  if (unmet.length === 0) return null;
  const sentence = `The clock does not start: ${say(unmet)}.`;
  if (unmet.some((id) => id === 'P3' || id === 'C2')) return refuse('set_not_verified', sentence);
  if (unmet.includes('C3')) return refuse('set_under_approved', sentence);
  return refuse(unmet.some((id) => id.startsWith('P')) ? 'prerequisite_missing' : 'role_unavailable', sentence);
};

const isShift = (hours: number | undefined): boolean => hours !== undefined && hours > 0 && hours <= LONGEST_SHIFT_HOURS;

/** Up to three rows with their titles, more by their ids. @example 'W1.12 is open (Every credential is in the vault)' */
const say = (rowIds: readonly string[]): string => {
  if (rowIds.length > 3) return `${rowIds.join(', ')} are open`;
  return rowIds.map((id) => `${id} is open (${row(id).title.replace(/\.$/, '')})`).join(', ');
};

/** Sentences are read by people and kept in histories: the first few say enough. */
const listed = (reasons: readonly string[]): string =>
  reasons.length <= 5 ? `${reasons.join('; ')}.` : `${reasons.slice(0, 5).join('; ')}; and ${reasons.length - 5} more.`;
