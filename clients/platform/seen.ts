import { setTimeout as sleep } from 'node:timers/promises';
import type { Mode } from '../../domain/mode.ts';
import { isClientError } from '../error.ts';
import { touchedBy, type Looking, type StopAtPlatform } from './stop.ts';

/** What the platform itself says of a stop; nobody's word is asked for it. */
export interface SeenStop {
  /** Null: the order has raised none, or it was lifted again. */
  fence: { generation: number; ceiling: Mode } | null;
  /** Cohorts (agents, where the scope is agents) that still stand higher than the fence allows. */
  left: string[];
}

async function seeStop(platform: Looking, stop: StopAtPlatform, signal?: AbortSignal): Promise<SeenStop> {
  const { fences } = await platform.fences(stop.deployment, signal);
  const raised = fences.find(({ commandId }) => commandId === stop.commandId);
  if (raised === undefined) return { fence: null, left: [] };
  const { generation, ceiling } = raised;
  const higher = await touchedBy(platform, stop, { ...(signal === undefined ? {} : { signal }), fenced: true });
  return { fence: { generation, ceiling }, left: higher.map(({ subject }) => subject) };
}

export interface FollowedStop extends SeenStop {
  /** When the fence was first seen, and when all were down; by the clock of who looked. */
  fencedAt: number | null;
  downAt: number | null;
}

const LOOK_EVERY_MS = 50;

/**
 * Looks until all that the order is about is down, until `ended` or until the time is over. A platform that does not answer is
 * asked again: the fence may stand all the same.
 */
export async function followStop(
  platform: Looking,
  stop: StopAtPlatform,
  options: { waitMs: number; signal?: AbortSignal | undefined; ended?: () => boolean },
): Promise<FollowedStop> {
  const until = Date.now() + options.waitMs;
  let followed: FollowedStop = { fence: null, left: [], fencedAt: null, downAt: null };
  for (;;) {
    try {
      const seen = await seeStop(platform, stop, options.signal);
      const now = Date.now();
      const down = seen.fence !== null && seen.left.length === 0;
      followed = { ...seen, fencedAt: followed.fencedAt ?? (seen.fence && now), downAt: down ? now : null };
    } catch (error) {
      if (!isClientError(error, 'platform_unreachable') && !isClientError(error, 'platform_limited')) throw error;
    }
    if (followed.downAt !== null || options.ended?.() === true || Date.now() >= until) return followed;
    await sleep(LOOK_EVERY_MS, undefined, { signal: options.signal });
  }
}
