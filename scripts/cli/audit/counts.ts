import { commandWords, scopeWords } from '../../../domain/describe/command.ts';
import type { EntryOf, RecordedEntry } from '../../../domain/entry.ts';
import { decisionsIn } from './filter.ts';

/** How often, in all and in the last minute and five minutes before a moment. */
export interface Count {
  total: number;
  last60s: number;
  last300s: number;
}

export interface Summary {
  entries: Count;
  firstAt: string | null;
  lastAt: string | null;
  /** Where "the last 60 s" end. */
  endsAt: string | null;
  kinds: Record<string, Count>;
  /** Side effects by operation: entries of kind `outcome`. */
  actions: Record<string, Count>;
  decisions: Record<string, Count>;
  actors: Record<string, Count>;
}

/** Entries of a log may be seconds apart from their order: times are of when things happened. */
export async function summarise(entries: AsyncIterable<RecordedEntry>, nowMs: number | null): Promise<Summary> {
  const seen: { at: number; names: [keyof Tables, string][] }[] = [];
  let first: string | null = null;
  let last: string | null = null;
  for await (const entry of entries) {
    if (first === null || entry.at < first) first = entry.at;
    if (last === null || entry.at > last) last = entry.at;
    seen.push({ at: Date.parse(entry.at), names: namesOf(entry) });
  }
  const end = nowMs ?? (last === null ? null : Date.parse(last));
  const tables: Tables = { kinds: new Map(), actions: new Map(), decisions: new Map(), actors: new Map() };
  const all = none();
  for (const { at, names } of seen) {
    const age = end === null ? Number.POSITIVE_INFINITY : end - at;
    add(all, age);
    for (const [table, name] of names) {
      const count = tables[table].get(name) ?? none();
      tables[table].set(name, count);
      add(count, age);
    }
  }
  return {
    entries: all,
    firstAt: first,
    lastAt: last,
    endsAt: end === null ? null : new Date(end).toISOString(),
    kinds: sorted(tables.kinds),
    actions: sorted(tables.actions),
    decisions: sorted(tables.decisions),
    actors: sorted(tables.actors),
  };
}

type Tables = Record<'kinds' | 'actions' | 'decisions' | 'actors', Map<string, Count>>;

const none = (): Count => ({ total: 0, last60s: 0, last300s: 0 });

function add(count: Count, ageMs: number): void {
  count.total++;
  // What happened at the end of the stretch itself belongs to it; what a clock ahead of ours says happened later does too.
  if (ageMs <= 60_000) count.last60s++;
  if (ageMs <= 300_000) count.last300s++;
}

function namesOf(entry: RecordedEntry): [keyof Tables, string][] {
  return [
    ['kinds', entry.kind],
    ['actors', entry.actor],
    ...(entry.kind === 'outcome' ? [['actions', entry.data.operation] as ['actions', string]] : []),
    ...decisionsIn(entry).map((decision): ['decisions', string] => ['decisions', decision]),
  ];
}

const sorted = (table: ReadonlyMap<string, Count>): Record<string, Count> =>
  Object.fromEntries([...table].sort(([a, x], [b, y]) => y.total - x.total || (a < b ? -1 : 1)));

/** What became of one kind of side effect. */
export interface ActionRow {
  operation: string;
  /** Calls that were announced before they were made. */
  intents: number;
  applied: number;
  notApplied: number;
  unknown: number;
  /** Agents, whole cohorts, or calls about queues, that were announced and of which nothing has been said since. */
  withoutOutcome: number;
}

/** Side effects by operation, in the order in which they first happened. */
export async function actionsOf(entries: AsyncIterable<RecordedEntry>): Promise<ActionRow[]> {
  const rows = new Map<string, ActionRow>();
  const open = new Map<number, { row: ActionRow; waiting: number; answered: Set<string> }>();
  const rowOf = (operation: string): ActionRow => {
    const row = rows.get(operation) ?? { operation, intents: 0, applied: 0, notApplied: 0, unknown: 0, withoutOutcome: 0 };
    rows.set(operation, row);
    return row;
  };
  for await (const entry of entries) {
    if (entry.kind === 'intent') {
      const row = rowOf(entry.data.operation);
      row.intents++;
      open.set(entry.index, { row, waiting: Math.max(1, entry.data.agents.length), answered: new Set() });
    }
    if (entry.kind === 'outcome') {
      count(rowOf(entry.data.operation), entry.data);
      open.get(entry.data.intent)?.answered.add(entry.data.key);
    }
  }
  for (const { row, waiting, answered } of open.values()) row.withoutOutcome += Math.max(0, waiting - answered.size);
  return [...rows.values()];
}

function count(row: ActionRow, { result, items }: EntryOf<'outcome'>['data']): void {
  if (result === 'applied') row.applied += items?.count ?? 1;
  else if (result === 'unknown') row.unknown++;
  else row.notApplied++;
}

/** One order, and what became of it. */
export interface DecisionRow {
  index: number;
  at: string;
  person: string;
  role: string | null;
  commandId: string;
  kind: string;
  /** The order in a sentence. */
  what: string;
  scope: { level: string; names: string[] } | null;
  decision: 'approve' | 'reject' | null;
  outcome: 'applied' | 'refused';
  /** Why it was refused. */
  code: string | null;
  sentence: string | null;
  reason: string | null;
  /** Where its signed text lies. */
  envelope: { ref: string; digest: string };
  latencyMs: number;
}

export function decisionRow(entry: RecordedEntry): DecisionRow | undefined {
  if (entry.kind !== 'command.applied' && entry.kind !== 'command.refused') return undefined;
  const { index, at, actor: person } = entry;
  const { envelope, latencyMs } = entry.data;
  const base = { index, at, person, envelope: { ref: envelope.ref, digest: envelope.digest }, latencyMs };
  if (entry.kind === 'command.refused') {
    const { commandId, kind, scope, code, sentence } = entry.data;
    const what = scope === undefined ? kind : `${kind} ${scopeWords(scope)}`;
    const refused = { outcome: 'refused', code, sentence, decision: null, reason: null, role: null } as const;
    return { ...base, ...refused, commandId, kind, what, scope: scope ?? null };
  }
  const { command } = entry.data;
  const { id: commandId, kind, scope, role, args, reason } = command;
  const applied = {
    outcome: 'applied',
    code: null,
    sentence: null,
    decision: args.decision ?? null,
    reason: reason || null,
  } as const;
  return { ...base, ...applied, commandId, kind, what: commandWords(command), scope, role };
}
