import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { DeploymentName } from '../../domain/ids.ts';
import type { FailureCode } from '../../domain/failure.ts';
import type { DeploymentState } from '../deployment-state.ts';

export const DEPLOYMENT_WORKFLOW = 'deployment';

/** Started by the Deployment Lead; nothing in it is authority: the set, the people and their keys are read from signed files. */
export interface DeploymentInput {
  name: DeploymentName;
  speed: number;
  startedBy: string;
  /** Carried over when the workflow continues as new; absent at the start. */
  state?: DeploymentState;
  /** Orders that were not answered yet when the run before ended. */
  pending?: CommandMessage[];
}

/** A signed order as handed in: a DSSE envelope and nothing else. */
export interface CommandMessage {
  envelope: string;
  handedInAt: string;
}
export const commandSignal = defineSignal<[CommandMessage]>('command');

/** What a cohort tells: at most four in its life, and never evidence. */
export type CohortReport =
  | { from: 'cohort'; cohort: string; kind: 'ready' | 'shadow' | 'done' }
  | { from: 'cohort'; cohort: string; kind: 'isolated' | 'parked'; code: FailureCode }
  | { from: 'wave'; wave: string; live: string[]; left: string[] };
export const reportSignal = defineSignal<[CohortReport]>('report');

export const stateQuery = defineQuery<DeploymentState>('state');
