import type { Command } from 'commander';
import { plural } from '../../../domain/describe/words.ts';
import type { RecordedEntry } from '../../../domain/entry.ts';
import { EXIT, usage } from '../io.ts';
import type { Cli } from '../verb.ts';
import { golive } from '../words.ts';
import { actionsOf, decisionRow, summarise, type DecisionRow } from './counts.ts';
import { addFilterOptions, amongKinds, filterOf, indexOf, matching, type FilterOptions } from './filter.ts';
import { addAuditVerb, type AuditRun } from './leaf.ts';
import { actionTable, decisionTable, entryTable, summaryScreen } from './tables.ts';

interface QueryOptions extends FilterOptions {
  limit?: string;
  jsonl?: boolean;
}

const DEFAULT_LIMIT = 50;

/** Verbs that show what the log holds. */
export function readingVerbs(audit: Command, cli: Cli): void {
  queryVerb(audit, cli);
  summaryVerb(audit, cli);
  actionsVerb(audit, cli);
  decisionsVerb(audit, cli);
}

/** As JSON, or as lines; there may be none. */
function show({ io, log, options }: AuditRun<FilterOptions>, json: object, lines: () => string[]): void {
  if (options.json === true) return io.stdout(`${JSON.stringify({ log: log.name, ...json }, null, 2)}\n`);
  const text = lines().join('\n');
  if (text !== '') io.stdout(`${text}\n`);
}

function queryVerb(audit: Command, cli: Cli): void {
  addAuditVerb<QueryOptions>(audit, cli, {
    usage: 'query',
    summary: 'entries by cohort, agent, actor, kind, decision, time',
    description:
      'Entries that match all that is given, in the order of the log. With --json or --jsonl all of them, else the first 50.',
    examples: [
      'golive audit query --kind command.applied,command.refused --since 2h',
      'golive audit query --cohort sales-ic-research --decision refused',
      'golive audit query --agent sales-ic-research-0007 --jsonl | jq -r .id',
      'golive audit query --folder audit/ --actor jane --from 1200 --limit 20',
    ],
    options: (c) => addFilterOptions(c).option('--limit <n>', 'at most so many').option('--jsonl', 'an entry a line, as JSON'),
    async run(run) {
      const { io, log, options, look } = run;
      const raw = options.json === true || options.jsonl === true;
      const limit = indexOf('limit', options.limit) ?? (raw ? Number.POSITIVE_INFINITY : DEFAULT_LIMIT);
      if (limit === 0) throw usage('--limit must be above 0.');
      const found: RecordedEntry[] = [];
      let next: number | null = null;
      let shown = 0;
      for await (const entry of matching(log, filterOf(options, io.now()))) {
        if (shown === limit) {
          next = entry.index;
          break;
        }
        shown++;
        if (options.jsonl === true) io.stdout(`${JSON.stringify(entry)}\n`);
        else found.push(entry);
      }
      if (options.jsonl === true) return EXIT.ok;
      show(run, { next, entries: found }, () => (found.length > 0 ? entryTable(found, look) : []));
      if (options.json !== true)
        io.stderr(next === null ? `${plural(shown, 'entry', 'entries')}.\n` : `There are more: go on with --from ${next}\n`);
      return EXIT.ok;
    },
  });
}

function summaryVerb(audit: Command, cli: Cli): void {
  addAuditVerb<FilterOptions>(audit, cli, {
    usage: 'summary',
    summary: 'totals by kind, action, decision and actor, with the last 60 s and 300 s',
    description: 'Counts entries. The last 60 s and 300 s end now; in a copy they end with its last entry.',
    examples: [
      'golive audit summary',
      'golive audit summary --cohort sales-ic-research',
      'golive audit summary --folder audit/ --json',
    ],
    options: addFilterOptions,
    async run(run) {
      const { io, log, options, look } = run;
      const summary = await summarise(matching(log, filterOf(options, io.now())), log.live ? io.now() : null);
      show(run, summary, () => summaryScreen(summary, log.name, log.live, look));
      return EXIT.ok;
    },
  });
}

function actionsVerb(audit: Command, cli: Cli): void {
  addAuditVerb<FilterOptions>(audit, cli, {
    usage: 'actions',
    summary: 'side effects by operation and result',
    description:
      'Every write to the platform is announced, made, and answered. "Announced" counts calls, which are for a chunk of agents;\nresults count agents, whole cohorts, or questions in queues. "No outcome yet" is work under way, or work whose end nobody knows.',
    examples: [
      'golive audit actions',
      'golive audit actions --cohort sales-ic-research',
      'golive audit actions --since 5m --json',
    ],
    options: addFilterOptions,
    async run(run) {
      const { io, log, options, look } = run;
      const rows = await actionsOf(matching(log, amongKinds(filterOf(options, io.now()), ['intent', 'outcome'])));
      show(run, { actions: rows }, () => (rows.length > 0 ? actionTable(rows, look) : []));
      if (options.json === true) return EXIT.ok;
      if (rows.length === 0) io.stderr('Nothing was done at the platform.\n');
      const open = rows.reduce((sum, row) => sum + row.unknown + row.withoutOutcome, 0);
      if (open > 0) io.stderr(`${open} without a known outcome.\nNext: ${golive({ options }, ['status'])}\n`);
      return EXIT.ok;
    },
  });
}

function decisionsVerb(audit: Command, cli: Cli): void {
  addAuditVerb<FilterOptions>(audit, cli, {
    usage: 'decisions',
    summary: 'orders: who, what, outcome, entry number',
    description:
      'Every order that the log holds, applied or refused, in its order. --json adds where the signed order itself lies.',
    examples: [
      'golive audit decisions',
      'golive audit decisions --decision refused',
      'golive audit decisions --actor jane --json',
    ],
    options: addFilterOptions,
    async run(run) {
      const { io, log, options, look } = run;
      const filter = amongKinds(filterOf(options, io.now()), ['command.applied', 'command.refused']);
      const rows: DecisionRow[] = [];
      for await (const entry of matching(log, filter)) {
        const row = decisionRow(entry);
        if (row !== undefined) rows.push(row);
      }
      show(run, { decisions: rows }, () => (rows.length > 0 ? decisionTable(rows, look) : []));
      const refused = rows.filter((row) => row.outcome === 'refused').length;
      if (options.json !== true) io.stderr(`${plural(rows.length, 'order')}, ${refused} refused.\n`);
      return EXIT.ok;
    },
  });
}
