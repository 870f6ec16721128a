import type { Command } from 'commander';
import { ENTRY_KINDS, type EntryKind, type RecordedEntry } from '../../../domain/entry.ts';
import { deploymentId, type DeploymentName } from '../../../domain/ids.ts';
import type { LogReader } from '../../../clients/recorder/reader.ts';
import { ClockHistory, concerns, lineText, tell, type ToldLine } from '../history/told.ts';
import { CliError, EXIT, usage, type ExitCode } from '../io.ts';
import { nearest } from '../nearest.ts';
import { paintFor, widthOf } from '../paint.ts';
import type { CommonOptions, Session } from '../session.ts';
import { addVerb, type Cli } from '../verb.ts';

interface HistoryOptions extends CommonOptions {
  cohort?: string;
  follow?: boolean;
  color?: boolean;
}

export function historyVerb(program: Command, cli: Cli): void {
  addVerb<HistoryOptions>(program, cli, {
    usage: 'history',
    summary: 'what happened, in plain words, from the log',
    description: 'Reads nothing but the log, so it works while Temporal is down. With --json, one object a line.',
    examples: [
      'golive history',
      'golive history --cohort sales-ic-research',
      'golive history --follow',
      'golive history --json | jq -r .sentence',
    ],
    options: (c) =>
      c.option('--cohort <name>', 'what concerns one cohort').option('--follow', 'go on with what is recorded from now on'),
    run: async (session, _args, options) => {
      const name = await session.name();
      const log = await session.systems.log();
      const show = printer(session, options);
      const clock = await clockOf(log, name, session.io.signal);
      const { entries, next } = await past(session, log, name, options.cohort);
      for (const line of tell(entries, clock, options.cohort)) show(line);
      const closed = entries.some((entry) => entry.kind === 'deployment.closed');
      if (options.follow === true && !closed)
        await follow(session, { log, name, clock, from: next, cohort: options.cohort, show });
      return EXIT.ok;
    },
  });
}

type Show = (line: ToldLine) => void;

function printer({ io }: Session, options: HistoryOptions): Show {
  const look = { paint: paintFor(io, options), width: widthOf(io) };
  return (line) => io.stdout(options.json === true ? `${JSON.stringify(line)}\n` : `${lineText(line, look)}\n`);
}

async function clockOf(log: LogReader, deployment: DeploymentName, signal: AbortSignal | undefined): Promise<ClockHistory> {
  const clock = new ClockHistory();
  const kinds: EntryKind[] = ['clock.started', 'clock.stopped', 'clock.rebaselined'];
  for await (const entry of log.entries({ deployment, kinds }, signal)) clock.take(entry);
  return clock;
}

/** What is said about single agents is most of the log; of one cohort's history only its own is read. */
const NOT_OF_AGENTS = ENTRY_KINDS.filter((kind) => kind !== 'intent' && kind !== 'outcome');

async function past(
  session: Session,
  log: LogReader,
  deployment: DeploymentName,
  cohort: string | undefined,
): Promise<{ entries: RecordedEntry[]; next: number }> {
  const { signal } = session.io;
  const next = await log.size(signal);
  const entries: RecordedEntry[] = [];
  if (cohort === undefined) {
    for await (const entry of log.entries({ deployment }, signal)) if (entry.index < next) entries.push(entry);
    if (entries.length === 0)
      throw new CliError(EXIT.refused, `The log knows nothing of ${deploymentId(deployment)} yet.`, {
        next: 'golive start',
        code: 'wrong_state',
      });
    return { entries, next };
  }
  const about = await cohortNamed(session, cohort);
  for await (const entry of log.entries({ deployment, cohort }, signal)) if (entry.index < next) entries.push(entry);
  for await (const entry of log.entries({ deployment, kinds: NOT_OF_AGENTS }, signal)) {
    if (entry.index < next && entry.cohort === undefined && concerns(entry, about)) entries.push(entry);
  }
  return { entries: entries.sort((a, b) => a.index - b.index), next };
}

async function cohortNamed(session: Session, name: string) {
  const { cohorts } = await session.view();
  const found = Object.hasOwn(cohorts, name) ? cohorts[name] : undefined;
  if (found) return found;
  throw usage(`There is no cohort ${name}${nearest(name, Object.keys(cohorts))}`, 'golive status --cohorts lists them.');
}

/** Entries come agent by agent: what came within a moment is told together. */
const GATHER_MS = 400;

interface Following {
  log: LogReader;
  name: DeploymentName;
  clock: ClockHistory;
  from: number;
  cohort: string | undefined;
  show: Show;
}

async function follow(session: Session, { log, name, clock, from, cohort, show }: Following): Promise<ExitCode> {
  const stop = new AbortController();
  const signal = session.io.signal ? AbortSignal.any([session.io.signal, stop.signal]) : stop.signal;
  const about = cohort === undefined ? undefined : await cohortNamed(session, cohort);
  let waiting: RecordedEntry[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    timer = undefined;
    for (const line of tell(waiting, clock, cohort)) show(line);
    waiting = [];
  };
  const patience = session.options.timeout === undefined ? undefined : setTimeout(() => stop.abort(), session.options.timeout);
  try {
    for await (const entry of log.feed({ deployment: name, from }, signal)) {
      clock.take(entry);
      if (about === undefined || concerns(entry, about)) waiting.push(entry);
      timer ??= setTimeout(flush, GATHER_MS);
      if (entry.kind === 'deployment.closed') break;
    }
  } finally {
    clearTimeout(timer);
    clearTimeout(patience);
    flush();
  }
  session.io.signal?.throwIfAborted();
  return EXIT.ok;
}
