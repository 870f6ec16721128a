import type { PlannedCohort } from '../domain/entry.ts';
import type { Scope } from '../domain/command.ts';
import type { ClockState } from '../domain/clock.ts';
import type { GateName, WindowName } from '../activities/contract.ts';

/** How far a cohort's workflow is, as far as its deployment needs to know to send the next word. */
export type CohortStanding = 'new' | 'provisioning' | 'ready' | 'shadow' | 'signed-off' | 'live' | 'done' | 'isolated' | 'parked';

/** An applied order to promote, by its place in the log. */
export interface Promotion {
  scope: Scope;
  index: number;
}

/** Everything the deployment carries from gate to gate: plain JSON, small, no list of agents. */
export interface DeploymentState {
  stage: WindowName | 'closed';
  clock: ClockState;
  cohorts: PlannedCohort[];
  /** Exposure steps of a wave, from the signed deployment file. */
  ramp: number[];
  standing: Record<string, CohortStanding>;
  cohortSetId: string | null;
  /** The set was pulled and verified against its approvals. */
  verified: boolean;
  /** Cohorts that failed the first preflight; null until it has let the others pass. */
  failedPreflight: string[] | null;
  snapshotId: string | null;
  /** Log index of the order that allows it. */
  goAhead: number | null;
  gates: Partial<Record<GateName, number>>;
  /** Rows confirmed by command. */
  confirmed: string[];
  /** Wave id → where it is. */
  waves: Record<string, 'running' | 'closed'>;
  /** Shape → log index of the order that promoted its wave, once it was taken. */
  waveOrders: Record<string, number>;
  /** Orders answered; the same envelope handed in again is not acted on twice. */
  answered: string[];
  /** Promotions that were applied and no wave has taken up yet: one given before its window opens must outlive the gate. */
  promotions: Promotion[];
  /** Retries ordered for the whole deployment, and for one cohort. */
  retries: number;
}

export const newState = (clock: ClockState): DeploymentState => ({
  stage: 'countdown',
  clock,
  cohorts: [],
  ramp: [100],
  standing: {},
  cohortSetId: null,
  verified: false,
  failedPreflight: null,
  snapshotId: null,
  goAhead: null,
  gates: {},
  confirmed: [],
  waves: {},
  waveOrders: {},
  answered: [],
  promotions: [],
  retries: 0,
});
