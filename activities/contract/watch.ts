import type { DeploymentName } from '../../domain/ids.ts';

/** Queue `control`, in the workflow `watch`. */
export interface WatchActivities {
  /**
   * From T+24 to T+96: looks round after round, and stops what the stopping table says; what it stopped is seen through after
   * that. Stateless, so any worker takes over.
   */
  watchDeployment: (input: { name: DeploymentName }) => Promise<void>;
}
