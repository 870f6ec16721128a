import { assertNever } from './assert-never.ts';
import type { FailureCode } from './failure.ts';
import type { Mode } from './mode.ts';

/** On its way; the phases are those of COHORT_PHASES in the log. Only a ramping cohort has a share that is live. */
export type CohortOnItsWay =
  | { phase: 'registered' | 'creating' | 'binding' | 'sampling' | 'minting' | 'ready' | 'shadow' | 'signed-off' }
  | { phase: 'ramping'; livePercent: number }
  | { phase: 'live' | 'handed-over' };

/** What keeps a cohort from rising: nobody signed, somebody rejected, somebody's hold, its wave went on without it, or a stop. */
export type HeldBecause = 'not-signed' | 'rejected' | 'hold' | 'left-wave' | 'stopped';

/** Beside the way, with where it came from, so that what was done is not done again. */
export type CohortBesideTheWay =
  | { phase: 'isolated'; from: CohortOnItsWay; code: FailureCode; reason: string }
  | { phase: 'held'; from: CohortOnItsWay; because: HeldBecause; reason: string; code?: FailureCode; liftedBy?: string }
  | { phase: 'parked'; from: CohortOnItsWay; code: FailureCode; reason: string };

/** One cohort's way as plain JSON. */
export type CohortState = CohortOnItsWay | CohortBesideTheWay;

export type CohortEvent =
  | { type: 'preflight-passed' }
  | { type: 'created' }
  | { type: 'bound' }
  | { type: 'sample-passed' }
  | { type: 'credentialled' }
  | { type: 'shadow-started' }
  | { type: 'signed' }
  | { type: 'not-signed'; reason: string }
  | { type: 'rejected'; reason: string }
  | { type: 'promoted' }
  | { type: 'exposed'; livePercent: number }
  | { type: 'stable' }
  | { type: 'left-wave'; code: FailureCode; reason: string }
  | { type: 'stopped'; reason: string }
  | { type: 'handed-over' }
  | { type: 'held'; reason: string; liftedBy?: string }
  | { type: 'released' }
  | { type: 'failed'; code: FailureCode; reason: string }
  | { type: 'outcome-unknown'; code: FailureCode; reason: string }
  | { type: 'retried' };

export const newCohort = (): CohortState => ({ phase: 'registered' });

/**
 * The state after an event. Total: an event that means nothing here (a duplicate, one that comes late) gives back the very
 * same object, so `transition(s, e) === s` says that nothing happened.
 *
 *     registered → creating → binding → sampling → minting → ready → shadow → signed-off → ramping → live → handed-over
 *
 * - `failed` isolates before a cohort ramps; only `retried` leads out, back to where it came from.
 * - `outcome-unknown` parks wherever a side effect can be in the air; `retried` resumes.
 * - `not-signed` and `rejected` hold in shadow until `signed`; `held` until `released`; `left-wave` until `promoted`.
 * - Who is put beside the way while ramping has left its wave: it comes back by a promotion, with a ramp of its own.
 * - Nothing lowers here but `stopped` (back to shadow, or lower): what is live stays live when it is held. It comes back by a
 *   promotion, from the first step of a ramp.
 */
export const transition = (state: CohortState, event: CohortEvent): CohortState => {
  switch (event.type) {
    case 'preflight-passed':
      return step(state, 'registered', { phase: 'creating' });
    case 'created':
      return step(state, 'creating', { phase: 'binding' });
    case 'bound':
      return step(state, 'binding', { phase: 'sampling' });
    case 'sample-passed':
      return step(state, 'sampling', { phase: 'minting' });
    case 'credentialled':
      return step(state, 'minting', { phase: 'ready' });
    case 'shadow-started':
      return step(state, 'ready', { phase: 'shadow' });
    case 'signed':
      return signed(state);
    case 'not-signed':
    case 'rejected':
      return state.phase === 'shadow' ? { phase: 'held', from: state, because: event.type, reason: event.reason } : state;
    case 'promoted':
      return promoted(state);
    case 'exposed':
      return exposed(state, event.livePercent);
    case 'stable':
      return state.phase === 'ramping' && state.livePercent === 100 ? { phase: 'live' } : state;
    case 'left-wave':
      return state.phase === 'ramping' ? { ...held(state, 'left-wave', event.reason), code: event.code } : state;
    case 'stopped':
      return livePercentOf(state) > 0 || onItsWay(state).phase === 'ramping'
        ? held({ phase: 'signed-off' }, 'stopped', event.reason)
        : state;
    case 'handed-over':
      return step(state, 'live', { phase: 'handed-over' });
    case 'held':
      return keep(state, event.reason, event.liftedBy);
    case 'released':
      return state.phase === 'held' && state.because === 'hold' ? resumed(state.from) : state;
    case 'failed':
      return isolates(state) ? { phase: 'isolated', from: state, code: event.code, reason: event.reason } : state;
    case 'outcome-unknown':
      return inTheAir(state) ? { phase: 'parked', from: state, code: event.code, reason: event.reason } : state;
    case 'retried':
      return state.phase === 'isolated' || state.phase === 'parked' ? resumed(state.from) : state;
    default:
      return assertNever(event);
  }
};

/** The mode that progress allows; holds may lower it further (`effectiveMode`). Agents are created in shadow. */
export const modeOf = (state: CohortState): Extract<Mode, 'shadow' | 'live'> => (livePercentOf(state) > 0 ? 'live' : 'shadow');

/** Share of the cohort's agents that is live, in percent, also while it is held or parked on its ramp. */
export const livePercentOf = (state: CohortState): number => {
  const way = onItsWay(state);
  if (way.phase === 'ramping') return way.livePercent;
  return way.phase === 'live' || way.phase === 'handed-over' ? 100 : 0;
};

/** Where on its way a cohort is, or was when it was put beside it. */
export const onItsWay = (state: CohortState): CohortOnItsWay =>
  state.phase === 'isolated' || state.phase === 'held' || state.phase === 'parked' ? state.from : state;

const step = (state: CohortState, from: CohortOnItsWay['phase'], to: CohortOnItsWay): CohortState =>
  state.phase === from ? to : state;

const held = (from: CohortOnItsWay, because: HeldBecause, reason: string): Extract<CohortState, { phase: 'held' }> => ({
  phase: 'held',
  from,
  because,
  reason,
});

/** A late signature lifts the hold that its absence made, but nobody's own hold: that one then stands on a signed cohort. */
const signed = (state: CohortState): CohortState => {
  if (state.phase === 'shadow') return { phase: 'signed-off' };
  if (state.phase !== 'held' || state.from.phase !== 'shadow') return state;
  return state.because === 'hold' ? { ...state, from: { phase: 'signed-off' } } : { phase: 'signed-off' };
};

/** After leaving a wave, the ramp of its own takes over what is live already: promoting never lowers. */
const promoted = (state: CohortState): CohortState => {
  if (state.phase === 'signed-off') return { phase: 'ramping', livePercent: 0 };
  if (state.phase !== 'held') return state;
  if (state.because === 'stopped') return { phase: 'ramping', livePercent: 0 };
  return state.because === 'left-wave' ? state.from : state;
};

/** Exposure only rises. */
const exposed = (state: CohortState, livePercent: number): CohortState =>
  state.phase === 'ramping' && livePercent > state.livePercent && livePercent <= 100 ? { phase: 'ramping', livePercent } : state;

/**
 * Only what could still rise can be held; a hold while agents are being made is looked at when they are ready.
 * Somebody's hold takes the place of a missing signature as the reason: phase `shadow` says by itself that nobody signed.
 */
const keep = (state: CohortState, reason: string, liftedBy: string | undefined): CohortState => {
  const lift = liftedBy === undefined ? {} : { liftedBy };
  switch (state.phase) {
    case 'ready':
    case 'shadow':
    case 'signed-off':
    case 'ramping':
      return { ...held(state, 'hold', reason), ...lift };
    case 'held':
      return state.because === 'not-signed' || state.because === 'rejected'
        ? { ...held(state.from, 'hold', reason), ...lift }
        : state;
    default:
      return state;
  }
};

/** Back where it came from; but the wave that it ramped in went on without it. */
const resumed = (from: CohortOnItsWay): CohortState =>
  from.phase === 'ramping' ? held(from, 'left-wave', 'its wave went on without it; a promotion starts one of its own') : from;

const BESIDE: readonly CohortState['phase'][] = ['isolated', 'held', 'parked'];

const isolates = (state: CohortState): state is CohortOnItsWay =>
  !BESIDE.includes(state.phase) && state.phase !== 'ramping' && state.phase !== 'live' && state.phase !== 'handed-over';

const inTheAir = (state: CohortState): state is CohortOnItsWay => !BESIDE.includes(state.phase) && state.phase !== 'handed-over';
