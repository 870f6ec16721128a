import { log } from '@temporalio/activity';
import { abortSignal } from '../boundary.ts';
import type { ChannelActivities } from '../contract.ts';
import { openDeploymentContext } from '../deployment.ts';
import type { Ports } from '../ports.ts';
import { keep } from './keep.ts';

export function channelActivities(ports: Ports): ChannelActivities {
  return {
    keepChannel: ({ name }) =>
      keep({
        open: () => openDeploymentContext(ports, name),
        signal: abortSignal(),
        warn(what, error) {
          log.warn('people cannot be told now', { what, error: error instanceof Error ? error.message : String(error) });
        },
      }),
  };
}
