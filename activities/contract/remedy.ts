/** What an order that mends asks of the world; types only, like the rest of the contract. */
import type { StepResult } from '../contract.ts';
import type { DeploymentName } from '../../domain/ids.ts';

/** An applied order by its place in the log. What it is about is read from there, and verified. */
export interface RemedyRef {
  name: DeploymentName;
  index: number;
}

/** Queue `engine` (`mintNew`: queue `mint`), in the workflow `remedy`. Each verifies its order before it calls the platform. */
export interface RemedyActivities {
  /** After a stop has ended: back to what was last authorised. Names the cohorts that the stop had set aside, to be told to go on. */
  restore: (input: RemedyRef) => Promise<{ again: string[] }>;
  /** A reissue: what was valid ends, a new credential for each agent, and each is tried. */
  revokeOld: (input: RemedyRef) => Promise<StepResult>;
  mintNew: (input: RemedyRef) => Promise<StepResult>;
  smokeNew: (input: RemedyRef) => Promise<StepResult>;
  /** Looks up what nobody knows the outcome of, adopts what was done, names orphans. */
  reconcile: (input: RemedyRef) => Promise<{ again: string[] }>;
}
