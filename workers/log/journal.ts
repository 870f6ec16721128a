import { ENTRY_KINDS, type EntryKind, type NewEntry } from '../../domain/entry.ts';
import { deploymentId } from '../../domain/ids.ts';
import { Column, Names } from './columns.ts';
import { PackedObjects } from './packed.ts';

export interface EntryFilter {
  /** `customer/deployment` */
  deployment?: string;
  cohort?: string;
  kinds?: readonly EntryKind[];
}

/**
 * All committed entries, compact: the bytes of each committed object, packed, and a few numbers per entry that say where
 * it is and what it is about. 120,000 parsed entries would take twenty times as much.
 */
export class Journal {
  readonly #objects = new PackedObjects();
  readonly #objectOf = new Column(Uint32Array);
  readonly #start = new Column(Uint32Array);
  readonly #kind = new Column(Uint8Array);
  readonly #deployment = new Column(Uint16Array);
  readonly #cohort = new Column(Uint32Array);
  readonly #deployments = new Names();
  readonly #cohorts = new Names();
  readonly #indexById = new Map<string, number>();

  get size(): number {
    return this.#start.length;
  }

  /** `bytes` are the entries as JSON lines, in their order, each ended by a newline. */
  append(bytes: Buffer, entries: readonly NewEntry[]): void {
    const object = this.#objects.add(bytes);
    let start = 0;
    for (const entry of entries) {
      this.#indexById.set(entry.id, this.size);
      this.#objectOf.push(object);
      this.#start.push(start);
      this.#kind.push(ENTRY_KINDS.indexOf(entry.kind));
      this.#deployment.push(this.#deployments.number(deploymentId(entry)));
      this.#cohort.push(this.#cohorts.number(entry.cohort ?? ''));
      start = bytes.indexOf(0x0a, start) + 1;
    }
  }

  indexOf(id: string): number | undefined {
    return this.#indexById.get(id);
  }

  kindAt(index: number): EntryKind | undefined {
    return index < this.size ? ENTRY_KINDS[this.#kind.at(index)] : undefined;
  }

  /** The entry as JSON, its index put in front of what is stored; undefined beyond the end. */
  json(index: number): string | undefined {
    const bytes = this.bytes(index);
    return bytes && `{"index":${index},${bytes.toString('utf8', 1)}`;
  }

  /** The entry as it was hashed; a view. */
  bytes(index: number): Buffer | undefined {
    if (index < 0 || index >= this.size) return undefined;
    const object = this.#objects.get(this.#objectOf.at(index));
    const start = this.#start.at(index);
    return object.subarray(start, object.indexOf(0x0a, start));
  }

  /** Indexes from `from` on that match, in order; looks at no entry's text. */
  *matching(filter: EntryFilter, from: number): Generator<number> {
    const deployment = filter.deployment === undefined ? undefined : this.#deployments.known(filter.deployment);
    const cohort = filter.cohort === undefined ? undefined : this.#cohorts.known(filter.cohort);
    if (deployment === -1 || cohort === -1) return;
    const kinds = filter.kinds && new Set(filter.kinds.map((kind) => ENTRY_KINDS.indexOf(kind)));
    for (let i = Math.max(0, from); i < this.size; i++) {
      if (deployment !== undefined && this.#deployment.at(i) !== deployment) continue;
      if (cohort !== undefined && this.#cohort.at(i) !== cohort) continue;
      if (kinds && !kinds.has(this.#kind.at(i))) continue;
      yield i;
    }
  }
}
