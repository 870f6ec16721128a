import { LATENCY_BUCKETS_MS, type Telemetry } from '../clients/platform/port.ts';
import { openAlerts } from '../domain/stop/triggers/standing.ts';
import { judgeStability, percentile, type StabilityInput, type StabilityVerdict } from '../domain/verdict.ts';
import type { Deployment } from './deployment.ts';

export type CohortVerdict = StabilityVerdict & { cohort: string; samples: number };

/** Each cohort's live agents over a window, by the platform's telemetry and the runbook's metric levels. */
export async function judgeCohorts(
  d: Deployment,
  cohorts: readonly string[],
  fromMs: number,
  toMs: number,
): Promise<CohortVerdict[]> {
  const telemetry = await d.tenant.platform.telemetry(d.name.deployment, iso(fromMs), iso(toMs), d.signal);
  const view = await d.view();
  return cohorts.map((cohort) => {
    const measured = telemetry.cohorts.find((c) => c.cohort === cohort)?.live;
    const openHolds = view.cohorts[cohort]?.holds ?? [];
    const open = { openHolds, openAlerts: openAlerts(view, cohort) };
    return { cohort, samples: measured?.calls ?? 0, ...judge(d, measured, open) };
  });
}

function judge(
  d: Deployment,
  live: Telemetry['cohorts'][number]['live'] | undefined,
  open: Pick<StabilityInput, 'openHolds' | 'openAlerts'>,
): StabilityVerdict {
  if (!live)
    return judgeStability({
      samples: 0,
      minimumSamples: d.file.limits.minimumSamples,
      errorRate: null,
      p95Ms: null,
      p99Ms: null,
      ...open,
    });
  const histogram = { upperBoundsMs: LATENCY_BUCKETS_MS, counts: live.latency };
  return judgeStability({
    samples: live.calls,
    minimumSamples: d.file.limits.minimumSamples,
    errorRate: live.calls > 0 ? live.errors / live.calls : null,
    p95Ms: percentile(histogram, 0.95),
    p99Ms: percentile(histogram, 0.99),
    ...open,
  });
}

const iso = (ms: number): string => new Date(ms).toISOString();
