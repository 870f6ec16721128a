import type { Platform } from '../../../clients/platform/port.ts';
import { flipAll, type Touched } from '../../../clients/platform/stop.ts';
import type { GeneratedSet } from '../../generate/set.ts';
import { bareProvisioning } from '../bare.ts';
import { inParallel } from '../../../domain/in-parallel.ts';

/** Cohorts at the platform that are live again and again, without a deployment that could raise them. */
export interface LiveCohorts {
  cohorts: string[];
  /** Takes a fence away again, if there was one, and puts all cohorts live. */
  raise(round: string, commandId?: string): Promise<void>;
  /** The same flips as a stop makes, by a bare loop: no order, no fence, no log. */
  bareLoop(round: string): Promise<void>;
}

const AT_ONCE = 64;

export async function liveCohorts(
  { forward, lower }: { forward: Platform; lower: Platform },
  set: GeneratedSet,
  deployment: string,
): Promise<LiveCohorts> {
  await bareProvisioning(forward, set, deployment);
  const cohorts = set.manifests.map(({ manifest }) => manifest.name);
  const flipUp = async (key: string, mode: 'shadow' | 'live', run: boolean): Promise<void> => {
    await inParallel(await forward.cohorts(deployment), AT_ONCE, async (c) => {
      const flip = { key: `${key}/${c.cohort}`, mode, run, livePercent: mode === 'live' ? 100 : 0, generation: c.generation };
      await forward.setMode({ deployment, cohort: c.cohort, ifMatch: c.etag }, flip);
    });
  };
  await flipUp('run', 'shadow', true);
  const touched = cohorts.map((subject): Touched => ({ deployment, subject, as: 'cohort', mode: 'live', agents: 0 }));
  return {
    cohorts,
    async raise(round, commandId) {
      if (commandId !== undefined) await forward.liftFence({ commandId, liftedBy: 'bench' });
      await flipUp(`raise-${round}`, 'live', false);
    },
    async bareLoop(round) {
      const stop = {
        deployment,
        commandId: round,
        kind: 'rollback' as const,
        scope: { level: 'deployment' as const, names: [] },
      };
      await flipAll(lower, stop, touched);
    },
  };
}
