import canonicalize from 'canonicalize';
import type { NewEntry, RecordedEntry } from '../../domain/entry.ts';
import { emptyView } from '../../domain/fold/empty.ts';
import { fold, withoutLedger } from '../../domain/fold/fold.ts';
import { deploymentId } from '../../domain/ids.ts';
import type { Recorder } from './port.ts';
import type { EntryQuery, LogReader } from './reader.ts';

export interface MemoryLog extends Recorder, LogReader {
  /** All entries so far, for assertions. */
  readonly all: readonly RecordedEntry[];
}

const ORIGIN = 'memory.example/log';

/** The log without a process, S3, tree or witness, for tests. `before` sees each `add` first and may throw, or wait, in its place. */
export function createMemoryLog(before: (entries: readonly NewEntry[]) => Promise<void> | void = () => {}): MemoryLog {
  const all: RecordedEntry[] = [];
  const indexById = new Map<string, number>();
  const readers = new Set<() => void>();

  const ofDeployment = (id: string) => all.filter((entry) => deploymentId(entry) === id);

  return {
    all,
    async add(entries, signal) {
      await before(entries);
      signal?.throwIfAborted();
      const indexes = entries.map((entry) => {
        const known = indexById.get(entry.id);
        if (known !== undefined) return known;
        // As the real one: what is kept is what canonical JSON keeps, and nobody can change it afterwards.
        const index = all.push({ ...(JSON.parse(canonicalize(entry) ?? '') as NewEntry), index: all.length }) - 1;
        indexById.set(entry.id, index);
        return index;
      });
      for (const wake of readers) wake();
      return indexes;
    },
    publish: async () => `${ORIGIN}\n${all.length}\n\n`,
    audit: async () => ({
      origin: ORIGIN,
      size: all.length,
      root: '',
      published: null,
      witness: null,
      failing: null,
      halted: null,
    }),
    receipt: async () => undefined,
    checkpoint: async () => undefined,
    entry: async (index) => structuredClone(all[index]),
    find: async (id) => structuredClone(all[indexById.get(id) ?? -1]),
    size: async () => all.length,
    async deployments() {
      return [...new Set(all.map(deploymentId))].map((id) => {
        const { header, figures } = folded(ofDeployment(id));
        const { customer, deployment, openedAt, closedAt, result } = header;
        return { customer, deployment, entries: figures.entries, openedAt, closedAt, result, lastAt: figures.last?.at ?? null };
      });
    },
    async state(d) {
      const entries = ofDeployment(deploymentId(d));
      return entries.length > 0 ? structuredClone(withoutLedger(folded(entries))) : undefined;
    },
    async *entries(query = {}) {
      for (const entry of all.slice(query.from ?? 0)) if (matches(entry, query)) yield structuredClone(entry);
    },
    async *feed(query, signal) {
      for (let next = query.from ?? 0; !signal.aborted;) {
        for (; next < all.length; next++) {
          const entry = all[next];
          if (entry && matches(entry, query)) yield structuredClone(entry);
        }
        if (signal.aborted) return;
        await new Promise<void>((resolve) => {
          const wake = (): void => {
            readers.delete(wake);
            signal.removeEventListener('abort', wake);
            resolve();
          };
          readers.add(wake);
          signal.addEventListener('abort', wake);
        });
      }
    },
  };
}

function folded(entries: readonly RecordedEntry[]) {
  const view = emptyView(entries[0]?.customer, entries[0]?.deployment);
  for (const entry of entries) fold(view, entry);
  return view;
}

const matches = (entry: RecordedEntry, { deployment, cohort, kinds }: EntryQuery): boolean =>
  (deployment === undefined || deploymentId(entry) === deploymentId(deployment)) &&
  (cohort === undefined || entry.cohort === cohort) &&
  (kinds === undefined || kinds.includes(entry.kind));
