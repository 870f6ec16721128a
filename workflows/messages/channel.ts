import type { DeploymentName } from '../../domain/ids.ts';

export interface ChannelInput {
  name: DeploymentName;
}
