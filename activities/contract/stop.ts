/** What a stop asks of the world; types only, like the rest of the contract. */
import type { HandedIn } from '../contract.ts';
import type { FailureCode } from '../../domain/failure.ts';
import type { DeploymentName } from '../../domain/ids.ts';
import type { StoppingKind } from '../../domain/stop/stop.ts';

/** A stopping order, where it says that it belongs. */
export interface StopMessage extends HandedIn {
  name: DeploymentName;
}

/** What was flipped, short enough for a history: times are milliseconds after the fence. */
export interface FlipsDone {
  /** `[cohort or agent, milliseconds]`; another deployment's, in a stop of the whole customer, as `deployment/cohort`. */
  flipped: [subject: string, afterMs: number][];
  left: { subject: string; outcome: 'not-applied' | 'unknown'; code: FailureCode }[];
}

export interface Down extends FlipsDone {
  outcome: 'down';
  id: string;
  kind: StoppingKind;
  generation: number;
  /** ISO 8601. */
  fencedAt: string;
}

export type StopVerdict = { outcome: 'refused'; id: string; code: FailureCode } | Down;

/** Queue `stop`, and nothing else is on it. */
export interface StopActivities {
  /** Verifies, raises the fence, flips what stands higher. Asks the platform and the worker's own disk, and nobody else. */
  bringDown: (input: StopMessage) => Promise<StopVerdict>;
  /** The same again for who did not answer in time; fails while anybody is left, so that it is tried again. */
  bringDownRest: (input: StopMessage & { down: Down }) => Promise<FlipsDone>;
  /** Beside the flips: the answer to the order, the ceiling that stands, what was flipped. */
  recordStop: (input: StopMessage & { verdict: StopVerdict }) => Promise<void>;
  recordFlips: (input: StopMessage & { down: Down; rest: FlipsDone }) => Promise<void>;
  /** What could not be brought down in time has a name from now on; or needs nobody any more. */
  noteOverdue: (input: StopMessage & { left: string[]; over: boolean }) => Promise<void>;
}
