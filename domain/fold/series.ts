import { planHours } from '../clock.ts';
import type { DeploymentView, Series } from '../view.ts';

export const MAX_POINTS = 300;

/** Notes where things stand after an entry, in the bucket of its time. Before T-0 there is no plan time to note it under. */
export function sample(view: DeploymentView, at: string): void {
  const hours = planHours(view.clock, Date.parse(at));
  if (hours === null || !(hours + view.clock.shiftHours >= 0)) return;
  note(view.series.agents, hours, view.clock.shiftHours, view.agents);
  note(view.series.minted, hours, view.clock.shiftHours, { minted: view.progress.minted });
}

/**
 * The last point is overwritten until its bucket is over, so that it says how the bucket ended. Buckets count clock time
 * without re-baselines, which only ever grows; entries that are a little out of order belong to the last bucket.
 */
function note<P extends object>(series: Series<P>, hours: number, shiftHours: number, values: P): void {
  const bucket = Math.floor((hours + shiftHours) / series.bucketHours);
  const rounded = Math.round(hours * 10_000) / 10_000 + 0;
  const last = series.points.at(-1);
  if (last && series.lastBucket !== null && bucket <= series.lastBucket) {
    Object.assign(last, values, { planHours: Math.max(rounded, last.planHours) });
    return;
  }
  series.points.push({ ...values, planHours: rounded });
  series.lastBucket = bucket;
  if (series.points.length > MAX_POINTS) thin(series);
}

function thin<P extends object>(series: Series<P>): void {
  const newest = series.points.length - 1;
  series.points = series.points.filter((_, i) => (newest - i) % 2 === 0);
  series.bucketHours *= 2;
  series.lastBucket = Math.floor((series.lastBucket ?? 0) / 2);
}
