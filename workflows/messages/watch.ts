import type { DeploymentName } from '../../domain/ids.ts';

export interface WatchInput {
  name: DeploymentName;
}
