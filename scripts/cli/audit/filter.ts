import type { Command } from 'commander';
import { ENTRY_KINDS, type EntryKind, type RecordedEntry } from '../../../domain/entry.ts';
import { usage } from '../io.ts';
import { nearest } from '../nearest.ts';
import { milliseconds } from '../verb.ts';
import type { LogSource, Narrow, SourceOptions } from './source.ts';

const DECISIONS = ['applied', 'refused', 'approve', 'reject'] as const;
export type Decision = (typeof DECISIONS)[number];

/** As they are typed. */
export interface FilterOptions extends SourceOptions {
  cohort?: string;
  agent?: string;
  actor?: string;
  kind?: string;
  decision?: string;
  since?: string;
  until?: string;
  from?: string;
}

export const addFilterOptions = (command: Command): Command =>
  command
    .option('--cohort <name>', 'what names the cohort, alone or as one of several')
    .option('--agent <id>', 'what names the agent, alone or as one of a chunk')
    .option('--actor <id>', 'what this person or component did')
    .option('--kind <kinds>', 'kinds of entries, with commas between them')
    .option('--decision <which>', `one of ${DECISIONS.join(', ')}`)
    .option('--since <time>', 'from then on: 2026-03-10T08:00Z, or 90s, 15m, 2h ago')
    .option('--until <time>', 'before then')
    .option('--from <index>', 'first entry to look at');

export interface Filter {
  narrow: Narrow;
  matches: (entry: RecordedEntry) => boolean;
}

/** Which entries the options mean. Times count back from `nowMs`. */
export function filterOf(options: FilterOptions, nowMs: number): Filter {
  const { cohort, agent, actor, deployment, customer } = options;
  const since = timeOf('since', options.since, nowMs) ?? Number.NEGATIVE_INFINITY;
  const until = timeOf('until', options.until, nowMs) ?? Number.POSITIVE_INFINITY;
  const decision = decisionOf(options.decision);
  const kinds = kindsOf(options.kind);
  const from = indexOf('from', options.from) ?? 0;
  const asked = kinds ?? (decision === undefined ? undefined : KINDS_WITH[decision]);
  return {
    narrow: { from, ...(cohort === undefined ? {} : { cohort }), ...(asked === undefined ? {} : { kinds: asked }) },
    matches: (entry) =>
      entry.index >= from &&
      (kinds === undefined || kinds.includes(entry.kind)) &&
      (deployment === undefined || entry.deployment === deployment) &&
      (customer === undefined || entry.customer === customer) &&
      (actor === undefined || entry.actor === actor) &&
      (cohort === undefined || cohortsIn(entry).includes(cohort)) &&
      (agent === undefined || entry.agent === agent || agentsIn(entry).includes(agent)) &&
      (decision === undefined || decisionsIn(entry).includes(decision)) &&
      isWithin(Date.parse(entry.at), since, until),
  };
}

const isWithin = (at: number, since: number, until: number): boolean => at >= since && at < until;

/** The same among entries of these kinds, unless others were asked for. */
export const amongKinds = (filter: Filter, kinds: readonly EntryKind[]): Filter => ({
  ...filter,
  narrow: { kinds, ...filter.narrow },
});

/** What matches, in order. */
export async function* matching(source: LogSource, { narrow, matches }: Filter): AsyncGenerator<RecordedEntry> {
  for await (const entry of source.entries(narrow)) if (matches(entry)) yield entry;
}

const KINDS_WITH: Record<Decision, readonly EntryKind[]> = {
  applied: ['command.applied'],
  refused: ['command.refused'],
  approve: ['command.applied', 'sign-off'],
  reject: ['command.applied', 'sign-off'],
};

/**
 * What was decided with an entry. An order to sign for three groups is `applied` once and `approve` three times, once with
 * each group's sign-off.
 */
export function decisionsIn(entry: RecordedEntry): Decision[] {
  if (entry.kind === 'command.refused') return ['refused'];
  if (entry.kind === 'sign-off') return [entry.data.decision];
  if (entry.kind !== 'command.applied') return [];
  const { kind, args } = entry.data.command;
  return args.decision === undefined || kind === 'sign' ? ['applied'] : ['applied', args.decision];
}

function cohortsIn(entry: RecordedEntry): readonly string[] {
  if (entry.cohort !== undefined) return [entry.cohort];
  switch (entry.kind) {
    case 'plan.recorded':
      return entry.data.cohorts.map((c) => c.id);
    case 'group.evidence':
    case 'wave.started':
      return entry.data.cohorts;
    case 'wave.closed':
      return entry.data.left;
    case 'hold.added':
      return entry.data.scope.names;
    case 'command.applied':
      return entry.data.command.scope.names;
    case 'command.refused':
      return entry.data.scope?.names ?? [];
    case 'verdict':
      return [entry.data.subject.replace(/^[^:]*:/, '')];
    default:
      return [];
  }
}

function agentsIn(entry: RecordedEntry): readonly string[] {
  if (entry.kind === 'intent') return entry.data.agents;
  return entry.kind === 'writes.approved' ? entry.data.writes.map((w) => w.agent) : [];
}

function kindsOf(text: string | undefined): EntryKind[] | undefined {
  return text?.split(',').map((word) => {
    const kind = ENTRY_KINDS.find((k) => k === word.trim());
    if (kind === undefined)
      throw usage(`There is no kind of entry ${word}${nearest(word, ENTRY_KINDS)}`, `Kinds: ${ENTRY_KINDS.join(', ')}.`);
    return kind;
  });
}

function decisionOf(text: string | undefined): Decision | undefined {
  if (text === undefined) return undefined;
  const decision = DECISIONS.find((d) => d === text);
  if (decision === undefined)
    throw usage(`There is no decision ${text}${nearest(text, DECISIONS)}`, `Decisions: ${DECISIONS.join(', ')}.`);
  return decision;
}

/** A whole number from 0 on, or undefined when none was given. */
export function indexOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw usage(`--${name} must be a whole number, not ${text}.`);
  return Number(text);
}

function timeOf(name: string, text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+(\.\d+)?\s*[a-z]*$/.test(text.trim())) return nowMs - milliseconds(text);
  const at = Date.parse(text);
  if (Number.isNaN(at))
    throw usage(`--${name} is no time: ${text}.`, 'Write 2026-03-10T08:00Z, or 15m for a quarter of an hour ago.');
  return at;
}
