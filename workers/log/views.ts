import type { DeploymentSummary } from '../../clients/recorder/reader.ts';
import type { NewEntry } from '../../domain/entry.ts';
import { emptyView } from '../../domain/fold/empty.ts';
import { fold, withoutLedger } from '../../domain/fold/fold.ts';
import { deploymentId, type DeploymentName } from '../../domain/ids.ts';
import type { DeploymentView } from '../../domain/view.ts';

/** The fold of each deployment, carried along with every commit. */
export class Views {
  readonly #views = new Map<string, DeploymentView>();
  /** What was served last, by deployment: several processes ask between two commits, and a view is large. */
  readonly #served = new Map<string, { lastIndex: number; text: string }>();
  readonly #onFoldError: (entry: NewEntry, index: number, error: unknown) => void;

  constructor(onFoldError: (entry: NewEntry, index: number, error: unknown) => void) {
    this.#onFoldError = onFoldError;
  }

  apply(entry: NewEntry, index: number): void {
    const id = deploymentId(entry);
    let view = this.#views.get(id);
    if (!view) {
      view = emptyView(entry.customer, entry.deployment);
      this.#views.set(id, view);
    }
    try {
      fold(view, { ...entry, index });
    } catch (error) {
      // The entry is in the log whatever the fold makes of it: a malformed one may not keep the log from serving.
      this.#onFoldError(entry, index, error);
    }
  }

  get(d: DeploymentName): DeploymentView | undefined {
    return this.#views.get(deploymentId(d));
  }

  /** Index of the last entry in the view: a view with the same one says the same. */
  lastIndex(d: DeploymentName): number | undefined {
    const view = this.get(d);
    return view && (view.figures.last?.index ?? -1);
  }

  /** The view as it is served. */
  json(d: DeploymentName): string | undefined {
    const [view, lastIndex] = [this.get(d), this.lastIndex(d)];
    if (view === undefined || lastIndex === undefined) return undefined;
    const known = this.#served.get(deploymentId(d));
    if (known?.lastIndex === lastIndex) return known.text;
    const text = JSON.stringify(withoutLedger(view));
    this.#served.set(deploymentId(d), { lastIndex, text });
    return text;
  }

  list(): DeploymentSummary[] {
    return [...this.#views.values()].map(({ header, figures }) => ({
      customer: header.customer,
      deployment: header.deployment,
      entries: figures.entries,
      openedAt: header.openedAt,
      closedAt: header.closedAt,
      result: header.result,
      lastAt: figures.last?.at ?? null,
    }));
  }
}
