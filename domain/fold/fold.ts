import type { NewEntry } from '../entry.ts';
import type { DeploymentView } from '../view.ts';

export function fold(view: DeploymentView, entry: NewEntry & { index: number }): void {
  view.figures.entries += 1;
  view.figures.last = { index: entry.index, at: entry.at };
}
