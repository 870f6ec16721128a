import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { Authority } from '../../activities/contract.ts';
import type { CohortState } from '../../domain/cohort.ts';
import type { DeploymentName } from '../../domain/ids.ts';
import type { Shape } from '../../domain/mode.ts';

export interface CohortInput {
  name: DeploymentName;
  cohort: string;
  group: string;
  shape: Shape;
  /** Number of chunks beside the smoke sample. */
  chunks: number;
  snapshotId: string;
  goAhead: Authority;
}

/** What the deployment tells a cohort, four times in its life and once per retry. `authority` is where the order stands in the log. */
export type Advance =
  | { to: 'shadow'; authority: Authority }
  | { to: 'signed-off' }
  | { to: 'live' }
  | { to: 'handover' }
  | { to: 'retry'; index: number };
export const advanceSignal = defineSignal<[Advance]>('advance');

export interface CohortProgress {
  cohort: string;
  state: CohortState;
  attempt: number;
}
export const stateQuery = defineQuery<CohortProgress>('state');
