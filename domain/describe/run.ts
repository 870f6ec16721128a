import { describe } from '../describe.ts';
import type { EntryOf, RecordedEntry } from '../entry.ts';
import { interceptWords } from './intercept.ts';
import { outcomeWords } from './outcomes.ts';
import { list, plural, roleName } from './words.ts';

export interface DescribedLine {
  at: string;
  sentence: string;
  cohort?: string;
  /** Of the last entry that the line tells. */
  index: number;
}

interface Group {
  last: RecordedEntry;
  agents: Set<string>;
}

/**
 * A stretch of the log as operators tell it: "sales-ic-research: 49 credentials minted" instead of 49 lines. Outcomes of
 * one cohort, operation and result belong together until something else is said about the cohort; signatures that
 * somebody gave for many groups at once are one line.
 */
export function describeRun(entries: Iterable<RecordedEntry>): DescribedLine[] {
  const lines: DescribedLine[] = [];
  const open = new Map<string, Map<string, Group>>();
  let signed: EntryOf<'sign-off'>[] = [];
  let said: Said[] = [];
  let lastSigned: RecordedEntry | undefined;

  const closeCohort = (cohort: string): void => {
    for (const group of open.get(cohort)?.values() ?? []) lines.push(groupLine(cohort, group));
    open.delete(cohort);
  };
  const closeSigned = (): void => {
    const [first] = signed;
    if (first && lastSigned) lines.push({ at: lastSigned.at, sentence: signedWords(first, signed), index: lastSigned.index });
    signed = [];
  };

  const closeSaid = (): void => {
    const last = said.at(-1);
    if (last) lines.push({ at: last.at, sentence: saidWords(said), ...aboutOne(said), index: last.index });
    said = [];
  };

  for (const entry of entries) {
    const ofAgent = entry.kind === 'outcome' && entry.agent !== undefined && entry.agent !== '*';
    if (ofAgent && entry.cohort !== undefined) {
      collect(open, entry.cohort, entry);
      continue;
    }
    if (entry.kind === 'intercept.verdicts') {
      const [first] = said;
      if (first && first.data.to !== entry.data.to) closeSaid();
      said.push(entry);
      continue;
    }
    if (entry.kind === 'sign-off') {
      const [first] = signed;
      if (first && (first.data.commandIndex !== entry.data.commandIndex || first.data.role !== entry.data.role)) closeSigned();
      signed.push(entry);
      lastSigned = entry;
      continue;
    }
    const sentence = describe(entry);
    if (sentence === null) continue;
    closeSigned();
    closeSaid();
    if (entry.cohort !== undefined) closeCohort(entry.cohort);
    lines.push({ at: entry.at, sentence, ...(entry.cohort === undefined ? {} : { cohort: entry.cohort }), index: entry.index });
  }
  closeSigned();
  closeSaid();
  for (const cohort of [...open.keys()]) closeCohort(cohort);
  return lines.sort((a, b) => a.index - b.index);
}

type Said = EntryOf<'intercept.verdicts'> & { index: number };

const aboutOne = ([first, ...others]: readonly Said[]): { cohort?: string } =>
  first?.cohort === undefined || others.length > 0 ? {} : { cohort: first.cohort };

/** Many cohorts at the end of an interval are one line. */
function saidWords(all: readonly Said[]): string {
  const [first] = all;
  if (first === undefined) return '';
  if (all.length === 1) return describe(first) ?? '';
  const verdicts = { allow: 0, warn: 0, deny: 0, failed: 0 };
  for (const { data } of all)
    for (const verdict of ['allow', 'warn', 'deny', 'failed'] as const) verdicts[verdict] += data.verdicts[verdict];
  return interceptWords(verdicts, ` of ${plural(all.length, 'cohort')}`);
}

function collect(open: Map<string, Map<string, Group>>, cohort: string, entry: EntryOf<'outcome'> & { index: number }): void {
  const { operation, result, code, mode } = entry.data;
  const key = [operation, result, code ?? '', mode ?? ''].join('/');
  const groups = open.get(cohort) ?? new Map<string, Group>();
  const group = groups.get(key) ?? { last: entry, agents: new Set<string>() };
  group.last = entry;
  group.agents.add(entry.agent ?? '');
  groups.set(key, group);
  open.set(cohort, groups);
}

function groupLine(cohort: string, { last, agents }: Group): DescribedLine {
  const words = last.kind === 'outcome' ? outcomeWords(last.data, agents.size) : '';
  return { at: last.at, sentence: `${cohort}: ${words}`, cohort, index: last.index };
}

const signedWords = ({ data }: EntryOf<'sign-off'>, all: readonly EntryOf<'sign-off'>[]): string =>
  `${roleName(data.role)} ${data.decision === 'approve' ? 'signs' : 'rejects'} ${list(all.map((signOff) => signOff.data.group))}`;
