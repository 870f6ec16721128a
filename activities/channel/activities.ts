import type { ChannelActivities } from '../contract.ts';
import { openDeploymentContext } from '../deployment.ts';
import type { Ports } from '../ports.ts';
import { keep } from './keep.ts';

export function channelActivities(ports: Ports): ChannelActivities {
  return {
    async keepChannel({ name }) {
      await keep(() => openDeploymentContext(ports, name));
    },
  };
}
