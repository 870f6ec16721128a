import type { Bosses } from '../../domain/drill/line.ts';
import type { Deployment } from '../deployment.ts';

/** As many as the platform looks up in one call. */
const AT_ONCE = 5000;

/** Who is above whom in the HRIS snapshot, read level by level as far up as somebody asks. A snapshot does not change. */
export class SnapshotLines {
  readonly #d: Deployment;
  readonly #snapshotId: string;
  readonly #bosses = new Map<string, string | null>();

  constructor(d: Deployment, snapshotId: string) {
    this.#d = d;
    this.#snapshotId = snapshotId;
  }

  /** Knows the whole line of each of these managers when it answers. */
  async above(managers: Iterable<string>): Promise<Bosses> {
    let open = this.#unknown(managers);
    while (open.length > 0) {
      const { resolved } = await this.#d.tenant.platform.resolve(this.#snapshotId, open.slice(0, AT_ONCE), this.#d.signal);
      for (const { email, skipLevelEmail } of resolved) this.#bosses.set(email, skipLevelEmail);
      // Whom the snapshot does not know has nobody above them.
      for (const email of open.slice(0, AT_ONCE)) if (!this.#bosses.has(email)) this.#bosses.set(email, null);
      open = this.#unknown([...open.slice(AT_ONCE), ...resolved.flatMap(({ skipLevelEmail }) => skipLevelEmail ?? [])]);
    }
    return this.#bosses;
  }

  #unknown(people: Iterable<string>): string[] {
    return [...new Set(people)].filter((email) => !this.#bosses.has(email));
  }
}
