import type { EntryData, EntryKind, NewEntry } from '../domain/entry.ts';
import { deploymentId, type DeploymentName } from '../domain/ids.ts';
import type { Recorder } from '../clients/recorder/port.ts';

/** The log takes at most this many entries at once. */
const BATCH = 1000;

interface About {
  actor?: string;
  cohort?: string;
  agent?: string;
}

/**
 * Makes entries of one deployment. `subject` completes the id, which is business identity: the same thing said twice,
 * by a second attempt or another worker, is one entry.
 */
export function entryWriter(name: DeploymentName, now: () => number) {
  return <K extends EntryKind>(kind: K, subject: string, data: EntryData[K], about: About = {}): NewEntry =>
    ({
      v: 1,
      id: `${deploymentId(name)}/${subject}`,
      at: new Date(now()).toISOString(),
      kind,
      customer: name.customer,
      deployment: name.deployment,
      actor: about.actor ?? 'golive',
      ...(about.cohort === undefined ? {} : { cohort: about.cohort }),
      ...(about.agent === undefined ? {} : { agent: about.agent }),
      data,
    }) as NewEntry;
}

/** Adds any number of entries; the answer means that all are committed. */
export async function record(recorder: Recorder, entries: readonly NewEntry[], signal?: AbortSignal): Promise<number[]> {
  const indexes: number[] = [];
  for (let i = 0; i < entries.length; i += BATCH) indexes.push(...(await recorder.add(entries.slice(i, i + BATCH), signal)));
  return indexes;
}

/** The index of the first entry; every caller adds at least one. */
export const firstIndex = ([index]: number[]): number => {
  if (index === undefined) throw new Error('the log answered without an index');
  return index;
};

/** Of the task that a cohort leaves for somebody when it is set aside. */
export const setAsideTask = (cohort: string): string => `${cohort}/set-aside`;
