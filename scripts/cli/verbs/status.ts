import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { createLogUpdate } from 'log-update';
import { formatT } from '../../../domain/clock.ts';
import { EXIT, type ExitCode } from '../io.ts';
import { paintFor, widthOf } from '../paint.ts';
import type { CommonOptions, Session } from '../session.ts';
import { cohortTable } from '../status/cohort-table.ts';
import { gather } from '../status/gather.ts';
import { statusJson } from '../status/json.ts';
import { statusModel, type StatusModel } from '../status/model.ts';
import type { ScreenOptions } from '../status/look.ts';
import { statusScreen } from '../status/screen.ts';
import { whoJson, whoLines } from '../status/who.ts';
import { addVerb, type Cli } from '../verb.ts';
import { golive, linesFor } from '../words.ts';

export interface StatusOptions extends CommonOptions {
  watch?: boolean;
  who?: boolean;
  cohorts?: boolean;
  color?: boolean;
}

const REFRESH_MS = 1_000;

export function statusVerb(program: Command, cli: Cli): void {
  addVerb<StatusOptions>(program, cli, {
    usage: 'status',
    summary: 'where the run is, and who is being waited for',
    description:
      'From the log and the platform alone: works while Temporal is down.\nWith --watch it refreshes each second, and ends when the deployment is closed: 0 live, 1 failed, 3 when --timeout ran out while somebody is waited for.',
    examples: [
      'golive status',
      'golive status --watch',
      'golive status --who',
      'golive status --cohorts',
      'golive status --json | jq .waiting',
    ],
    options: (c) =>
      c
        .option('--watch', 'refresh until the deployment is closed')
        .option('--who', 'roles, people, deputies, and what each may do')
        .option('--cohorts', 'every cohort in a line'),
    run: async (session, _args, options) => {
      if (options.who === true) return who(session, options);
      if (options.watch === true || options.timeout !== undefined) return watch(session, options);
      const model = statusModel(await gather(session));
      if (options.json === true) session.io.stdout(`${JSON.stringify(statusJson(model), null, 2)}\n`);
      else
        session.io.stdout(
          `${(options.cohorts === true ? cohortTable : statusScreen)(model, look(session, options)).join('\n')}\n`,
        );
      return endOf(model) ?? EXIT.ok;
    },
  });
}

const look = (session: Session, options: StatusOptions): ScreenOptions => ({
  paint: paintFor(session.io, options),
  width: widthOf(session.io),
  command: (argv) => golive(session, argv),
});

async function who(session: Session, options: StatusOptions): Promise<ExitCode> {
  const { file } = await session.file();
  if (options.json === true) session.io.stdout(`${JSON.stringify(whoJson(file), null, 2)}\n`);
  else session.io.stdout(`${whoLines(file, look(session, options)).join('\n')}\n`);
  return EXIT.ok;
}

export async function watch(session: Session, options: StatusOptions): Promise<ExitCode> {
  const { io } = session;
  const until = options.timeout === undefined ? Number.POSITIVE_INFINITY : Date.now() + options.timeout;
  const show = shower(session, options);
  for (;;) {
    const model = statusModel(await gather(session));
    show.next(model);
    const end = endOf(model);
    if (end !== null || Date.now() >= until) {
      show.done();
      if (end !== null) return end;
      const [first] = model.waiting;
      if (first === undefined && model.tasks.length === 0) return EXIT.ok;
      io.stderr(
        `${first === undefined ? 'A task is open' : `Still waiting for ${first.role} to ${first.what}: ${linesFor(first, (argv) => golive(session, argv)).join(' && ')}`}\n`,
      );
      return EXIT.waiting;
    }
    await sleep(Math.min(REFRESH_MS, Math.max(50, until - Date.now())), undefined, { signal: io.signal });
  }
}

const endOf = ({ facts }: StatusModel): ExitCode | null => {
  const { closedAt, result } = facts.view.header;
  if (closedAt === null) return null;
  return result === 'failed' ? EXIT.failed : EXIT.ok;
};

interface Shower {
  next(model: StatusModel): void;
  done(): void;
}

/** A screen that refreshes for a person; for a file or a pipe, a line whenever something changed. */
function shower(session: Session, options: StatusOptions): Shower {
  const { io } = session;
  if (io.isTTY && options.json !== true) {
    const stream = { write: (text: string) => io.stdout(text), columns: io.columns ?? 100, rows: io.rows ?? 60 };
    const update = createLogUpdate(stream as unknown as NodeJS.WriteStream, { showCursor: true });
    return { next: (model) => update(statusScreen(model, look(session, options)).join('\n')), done: () => update.done() };
  }
  let last = '';
  return {
    next(model) {
      const line = summary(model);
      if (line === last) return;
      last = line;
      io.stdout(
        options.json === true
          ? `${JSON.stringify(statusJson(model))}\n`
          : `${model.planNow === null ? 'T-0 not set' : formatT(model.planNow)}  ${line}\n`,
      );
    },
    done: () => undefined,
  };
}

function summary({ window, pace, rows, waiting, agents, facts }: StatusModel): string {
  const open = rows.filter((r) => r.row.window === window);
  const settled = open.filter((r) => r.state !== 'pending' && r.state !== 'next' && r.state !== 'overdue').length;
  const people = waiting.map((w) => `${w.role} to ${w.what}`).join('; ');
  const closed = facts.view.header.closedAt === null ? '' : `, closed: ${facts.view.header.result ?? ''}`;
  return `${window}, ${pace}, ${settled} of ${open.length} rows, agents: ${agents.provisioning} provisioning ${agents.shadow} shadow ${agents.live} live${people === '' ? '' : `, waiting for ${people}`}${closed}`;
}
