import type { DeploymentSummary } from '../../clients/recorder/reader.ts';
import type { NewEntry } from '../../domain/entry.ts';
import { emptyView } from '../../domain/fold/empty.ts';
import { fold } from '../../domain/fold/fold.ts';
import { deploymentId, type DeploymentName } from '../../domain/ids.ts';
import type { DeploymentView } from '../../domain/view.ts';

/** The fold of each deployment, carried along with every commit. */
export class Views {
  readonly #views = new Map<string, DeploymentView>();
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
