import { modeRank } from '../../domain/mode.ts';
import type { Platform } from './port.ts';

/** The order under which everything of a customer is shut down, by the platform itself; undefined when nothing is. */
export async function shutDownBy(
  platform: Pick<Platform, 'fences'>,
  deployment: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { fences } = await platform.fences(deployment, signal);
  return fences.find(({ scope, ceiling }) => scope.level === 'customer' && modeRank(ceiling) < modeRank('shadow'))?.commandId;
}
