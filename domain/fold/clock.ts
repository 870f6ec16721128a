import { startClock, stopClock } from '../clock.ts';
import type { EntryData } from '../entry.ts';
import type { DeploymentView } from '../view.ts';

export function clockStarted(view: DeploymentView, { wallAt, speed }: EntryData['clock.started']): void {
  view.header.startedAt ??= wallAt;
  const last = view.standstills.at(-1);
  if (last?.toMs === null) last.toMs = Math.max(last.fromMs, Date.parse(wallAt));
  view.clock = startClock({ ...view.clock, speed }, Date.parse(wallAt));
}

export function clockStopped(view: DeploymentView, atMs: number): void {
  const stood = view.clock.stoppedAtMs;
  view.clock = stopClock(view.clock, atMs);
  if (stood === null && view.clock.stoppedAtMs !== null) view.standstills.push({ fromMs: view.clock.stoppedAtMs, toMs: null });
}
