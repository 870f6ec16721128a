import stringWidth from 'string-width';
import { describe } from '../../../domain/describe.ts';
import { commandWords } from '../../../domain/describe/command.ts';
import { outcomeWords } from '../../../domain/describe/outcomes.ts';
import { number, plural } from '../../../domain/describe/words.ts';
import type { RecordedEntry } from '../../../domain/entry.ts';
import type { CliIo } from '../io.ts';
import { clip, cut, left, right, type Paint } from '../paint.ts';
import type { ActionRow, Count, DecisionRow, Summary } from './counts.ts';

/** Tables of a log need room: up to 140 columns where the terminal has them. */
export const tableWidth = (io: Pick<CliIo, 'columns'>): number => Math.min(140, Math.max(80, io.columns ?? 120));

const clockTime = (at: string): string => at.slice(5, 19).replace('T', ' ');
const widest = (texts: readonly string[], most: number): number =>
  Math.min(most, Math.max(0, ...texts.map((t) => stringWidth(t))));

/** Any entry in a sentence, also those that operators are not told of one by one. */
export function sentenceOf(entry: RecordedEntry): string {
  if (entry.kind === 'intent') {
    const { operation, agents, authority, items } = entry.data;
    const whole = items === undefined ? (entry.cohort ?? 'the manifest set') : plural(items.count, 'question');
    const about = agents.length > 0 ? plural(agents.length, 'agent') : whole;
    return `is about to ${operation} ${about}, allowed by #${authority}`;
  }
  if (entry.kind === 'outcome' && entry.agent !== undefined) return `${entry.agent}: ${outcomeWords(entry.data, 1)}`;
  if (entry.kind === 'command.applied') return commandWords(entry.data.command);
  return describe(entry) ?? entry.id;
}

export interface Look {
  paint: Paint;
  width: number;
}

export function entryTable(entries: readonly RecordedEntry[], { paint, width }: Look): string[] {
  if (entries.length === 0) return [];
  const index = widest(
    entries.map((e) => `#${e.index}`),
    10,
  );
  const kind = widest(
    entries.map((e) => e.kind),
    18,
  );
  const actor = widest(
    entries.map((e) => e.actor),
    18,
  );
  const before = index + 2 + 14 + 2 + kind + 2 + actor + 2;
  return [
    paint.bold(`${right('#', index)}  ${left('when (UTC)', 14)}  ${left('kind', kind)}  ${left('who', actor)}  what`),
    ...entries.flatMap((e) => {
      const [first = '', ...more] = clip(sentenceOf(e), Math.max(24, width - before), 3);
      const what = toneOf(e, paint);
      return [
        `${right(`#${e.index}`, index)}  ${paint.dim(clockTime(e.at))}  ${left(e.kind, kind)}  ${left(cut(e.actor, actor), actor)}  ${what(first)}`,
        ...more.map((line) => `${' '.repeat(before)}${what(line)}`),
      ];
    }),
  ];
}

function toneOf(entry: RecordedEntry, paint: Paint): (text: string) => string {
  if (entry.kind === 'command.refused' || entry.kind === 'set.refused') return paint.bad;
  if (entry.kind === 'sign-off' && entry.data.decision === 'reject') return paint.bad;
  if (entry.kind === 'outcome' && entry.data.result !== 'applied') return paint.warn;
  return String;
}

/** Longer lists are for `--json`. */
const MOST = 25;

export function summaryScreen(summary: Summary, name: string, live: boolean, { paint, width }: Look): string[] {
  const { entries, firstAt, lastAt, endsAt } = summary;
  const tables = [
    ['kinds of entries', summary.kinds],
    ['actions (outcomes of side effects)', summary.actions],
    ['decisions', summary.decisions],
    ['who', summary.actors],
  ] as const;
  const column = Math.max(
    34,
    widest(
      tables.flatMap(([title, counts]) => [title, ...Object.keys(counts)]),
      48,
    ),
  );
  const line = (label: string, count: Count): string =>
    `${left(cut(label, column), column)} ${[count.total, count.last60s, count.last300s].map((n) => right(number(n), 11)).join(' ')}`;
  const head = (label: string): string =>
    paint.bold(`${left(label, column)} ${['total', 'last 60 s', 'last 300 s'].map((t) => right(t, 11)).join(' ')}`);
  const span =
    firstAt === null || lastAt === null
      ? ''
      : `${firstAt.slice(0, 19).replace('T', ' ')} to ${lastAt.slice(0, 19).replace('T', ' ')} UTC`;
  const ends =
    endsAt === null ? '' : live ? 'until now' : `until ${endsAt.slice(0, 19).replace('T', ' ')} UTC, the last entry of the copy`;
  return [
    ...clip(name, width),
    `${span}${ends === '' ? '' : `; the last 60 s and 300 s count ${ends}`}`,
    '',
    head('all entries'),
    line('entries', entries),
    ...tables.flatMap(([title, counts]) => {
      const rows = Object.entries(counts);
      if (rows.length === 0) return ['', paint.bold(title), paint.dim('none')];
      const rest = rows.length - MOST;
      return [
        '',
        head(title),
        ...rows.slice(0, MOST).map(([label, count]) => line(label, count)),
        ...(rest > 0 ? [paint.dim(`and ${rest} more: --json lists them`)] : []),
      ];
    }),
  ];
}

export function actionTable(rows: readonly ActionRow[], { paint }: Look): string[] {
  const columns = ['announced', 'applied', 'not applied', 'unknown', 'no outcome yet'];
  const cells = (row: ActionRow): string[] =>
    [row.intents, row.applied, row.notApplied, row.unknown, row.withoutOutcome].map((n) => number(n));
  const tint = (text: string, at: number, row: ActionRow): string => {
    const bad = (at === 3 && row.unknown > 0) || (at === 4 && row.withoutOutcome > 0);
    return bad ? paint.warn(text) : text;
  };
  return [
    paint.bold(`${left('operation', 12)} ${columns.map((c) => right(c, 14)).join(' ')}`),
    ...rows.map(
      (row) =>
        `${left(row.operation, 12)} ${cells(row)
          .map((cell, i) => tint(right(cell, 14), i, row))
          .join(' ')}`,
    ),
  ];
}

export function decisionTable(rows: readonly DecisionRow[], { paint, width }: Look): string[] {
  if (rows.length === 0) return [];
  const index = widest(
    rows.map((r) => `#${r.index}`),
    10,
  );
  const person = widest(
    rows.map((r) => r.person),
    20,
  );
  const before = index + 2 + 14 + 2 + person + 2 + 7 + 2;
  return [
    paint.bold(`${right('#', index)}  ${left('when (UTC)', 14)}  ${left('who', person)}  ${left('outcome', 7)}  what`),
    ...rows.flatMap((row) => {
      const [first = '', ...more] = clip(decisionWords(row), Math.max(24, width - before), 4);
      const tone = row.outcome === 'refused' ? paint.bad : row.decision === 'reject' ? paint.warn : paint.good;
      return [
        `${right(`#${row.index}`, index)}  ${paint.dim(clockTime(row.at))}  ${left(cut(row.person, person), person)}  ${tone(left(row.outcome, 7))}  ${first}`,
        ...more.map((line) => `${' '.repeat(before)}${line}`),
      ];
    }),
  ];
}

function decisionWords({ what, outcome, sentence, code, reason }: DecisionRow): string {
  if (outcome === 'refused') return `${what}. ${sentence ?? ''} [${code ?? ''}]`;
  return reason === null || what.includes(reason.replace(/\.$/, '')) ? what : `${what}, because: ${reason}`;
}
