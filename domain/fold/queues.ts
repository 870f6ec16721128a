import type { EntryData, RecordedEntry } from '../entry.ts';
import type { DeploymentView } from '../view.ts';
import { placeOf, put } from './record.ts';

export function drillMeasured(view: DeploymentView, entry: RecordedEntry, data: EntryData['drill.measured']): void {
  const place = placeOf(entry);
  const { figures, evidence } = data;
  const reached = view.drill?.reached ?? {};
  view.drill = { ...figures, evidence, ...place, reached: { ...reached, [figures.stage]: reached[figures.stage] ?? place } };
}

/** An intent about items of queues is open until its outcome: whoever takes the work up again finishes it first. */
export function queueIntent(view: DeploymentView, entry: RecordedEntry, data: EntryData['intent']): void {
  const { operation, key, authority, items } = data;
  if (items) put(view.queueWrites, key, { operation, authority, items, index: entry.index });
}

export function queueOutcome(view: DeploymentView, { key }: EntryData['outcome']): void {
  delete view.queueWrites[key];
}
