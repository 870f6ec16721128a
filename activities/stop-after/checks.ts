import { LATENCY_BUCKETS_MS, type CohortState } from '../../clients/platform/port.ts';
import {
  landingVerdict,
  noWrites,
  normalLevels,
  smokedAgain,
  type LandingCheck,
  type Shadowed,
} from '../../domain/stop/landing.ts';
import { percentile } from '../../domain/verdict.ts';
import { agentsOf, manifestOf, type Deployment } from '../deployment.ts';
import { bulkWrite } from '../side-effect.ts';
import { each, nameOf, subjectOf, type Stopped } from './stopped.ts';

/** What was on its way when the stop came may still arrive. */
const SETTLE_MS = 1000;

/**
 * From the platform's own numbers: no write any more; and where agents went back to shadow, where they still make calls, error
 * rate and latency as they should be, and the smoke sample once more. The sample is asked only when all else is well.
 */
export async function landingChecks(d: Deployment, stopped: Stopped, attempt: number): Promise<LandingCheck[]> {
  const window = { from: iso(stopped.downMs + SETTLE_MS), to: iso(d.now()) };
  const silence = await quiet(d, stopped, window);
  const shadowed = await inShadow(d, stopped);
  if (shadowed.length === 0) return [silence];
  const levels = normalLevels(await measured(d, shadowed, window), d.file.limits.minimumSamples);
  const soFar = [silence, ...levels];
  return landingVerdict(soFar) === 'pass' ? [...soFar, await smoke(d, stopped, shadowed, attempt)] : soFar;
}

const iso = (ms: number): string => new Date(ms).toISOString();

async function quiet(d: Deployment, { subjects }: Stopped, window: { from: string; to: string }): Promise<LandingCheck> {
  return noWrites(
    await each(subjects, async (subject) => {
      const query = { ...subjectOf(subject), ...window, limit: 1 };
      const { total } = await d.tenant.platform.commits(d.name.deployment, query, d.signal);
      return { subject: nameOf(subject), writes: total };
    }),
  );
}

/** Cohorts that this stop took back to shadow and that run there; whoever was stopped further since makes no calls to look at. */
async function inShadow(d: Deployment, { ceiling, command, subjects }: Stopped): Promise<CohortState[]> {
  if (ceiling !== 'shadow' || command.scope.level === 'agent') return [];
  const ours = new Set(subjects.map((s) => s.cohort));
  const all = await d.tenant.platform.cohorts(d.name.deployment, d.signal);
  return all.filter((c) => ours.has(c.cohort) && c.mode === 'shadow' && (c.byLifecycle.running ?? 0) > 0);
}

async function measured(d: Deployment, cohorts: CohortState[], { from, to }: { from: string; to: string }): Promise<Shadowed[]> {
  const telemetry = await d.tenant.platform.telemetry(d.name.deployment, from, to, d.signal);
  return cohorts.map(({ cohort }) => {
    const shadow = telemetry.cohorts.find((c) => c.cohort === cohort)?.shadow;
    if (shadow === undefined || shadow.calls === 0) return { cohort, calls: 0, errorRate: null, p95Ms: null, p99Ms: null };
    const histogram = { upperBoundsMs: LATENCY_BUCKETS_MS, counts: shadow.latency };
    return {
      ...{ cohort, calls: shadow.calls, errorRate: shadow.errors / shadow.calls },
      ...{ p95Ms: percentile(histogram, 0.95), p99Ms: percentile(histogram, 0.99) },
    };
  });
}

/** Under the stop's own order and generation: whoever stops again afterwards is not passed. */
async function smoke(
  d: Deployment,
  { id, index, fenceGeneration }: Stopped,
  cohorts: CohortState[],
  attempt: number,
): Promise<LandingCheck> {
  const { platform } = d.tenant;
  return smokedAgain(
    await each(cohorts, async ({ cohort }) => {
      const agents = agentsOf(await manifestOf(d, cohort), 'sample');
      const { done, code } = await bulkWrite(d, attempt, {
        ...{ operation: 'smoke', cohort, part: `landing-${id}`, generation: index, authority: index, round: '', agents },
        call: (items) =>
          platform.smoke(
            {
              ...{ deployment: d.name.deployment, cohort, generation: fenceGeneration },
              items: items.map(({ key, agent }) => ({ key, agent })),
            },
            d.signal,
          ),
      });
      // Fenced: stopped again since, or an agent of the sample was stopped alone.
      if (code !== undefined && code !== 'smoke_failed') return { cohort, asked: 0, allowed: 0 };
      return code === undefined ? { cohort, asked: done, allowed: done } : { cohort, asked: agents.length, allowed: 0 };
    }),
  );
}
