import { Command, CommanderError } from 'commander';
import { CommandNotTaken, CommandsUnreachable } from '../../clients/commands/port.ts';
import { ClientError } from '../../clients/error.ts';
import { FAILURES } from '../../domain/failure.ts';
import { CliError, EXIT, type CliIo } from './io.ts';
import { addCommonOptions, cliOf, withExamples, type Cli } from './verb.ts';
import { auditVerb } from './verbs/audit.ts';
import { clockVerb } from './verbs/clock.ts';
import { decisionVerbs } from './verbs/decisions.ts';
import { doctorVerb } from './verbs/doctor.ts';
import { generateVerb } from './verbs/generate.ts';
import { historyVerb } from './verbs/history.ts';
import { listVerb } from './verbs/list.ts';
import { moveVerbs } from './verbs/moves.ts';
import { notBuiltVerbs } from './verbs/not-built.ts';
import { planVerb } from './verbs/plan.ts';
import { reportVerb } from './verbs/report.ts';
import { startVerb } from './verbs/start.ts';
import { statusVerb } from './verbs/status.ts';
import { connectSystems, type Wiring } from './wiring.ts';

export type { CliIo } from './io.ts';

/**
 * One command line, from its words to its exit code. Touches nothing of the process but what `io` gives, so that many
 * may run at once in one process.
 */
export async function runCli(argv: string[], io: CliIo, wiring: Wiring = connectSystems): Promise<number> {
  const cli = cliOf(io, wiring);
  try {
    if (argv.length === 0) {
      (await programOf(cli, argv)).outputHelp();
      return EXIT.ok;
    }
    await (await programOf(cli, argv)).parseAsync(argv, { from: 'user' });
    return cli.exitCode;
  } catch (error) {
    if (io.signal?.aborted) {
      io.stderr('Interrupted. The deployment goes on without this command line.\n');
      return EXIT.interrupted;
    }
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const told = toldError(error);
    if (argv.includes('--json'))
      io.stdout(`${JSON.stringify({ error: { message: told.message, code: told.code ?? null, next: told.next ?? null } })}\n`);
    io.stderr(`${told.message}\n${told.next === undefined ? '' : `${told.next}\n`}`);
    return told.exitCode;
  }
}

async function programOf(cli: Cli, argv: readonly string[]): Promise<Command> {
  const { io } = cli;
  const program = new Command('golive')
    .description('A durable go-live engine: from a signed manifest set to live agents in 72 hours.')
    .usage('<verb> [options]')
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true, helpWidth: Math.min(io.columns ?? 100, 100) })
    .configureOutput({
      writeOut: (text) => io.stdout(text),
      writeErr: (text) => io.stderr(text),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  withExamples(program, [
    'golive plan                          what would be done, before anything is',
    'golive status --watch                where the run is, and who is being waited for',
    'golive approve set --as jane         a signed order; its answer stands in the log',
    'golive history --cohort sales-ic     what happened, in plain words',
    'golive doctor                        when something does not work',
  ]);
  addCommonOptions(program);
  program.commandsGroup('Deployments:');
  for (const add of [planVerb, startVerb, statusVerb, listVerb, historyVerb, reportVerb]) add(program, cli);
  program.commandsGroup('Orders, signed and answered in the log:');
  for (const add of [decisionVerbs, moveVerbs, clockVerb]) add(program, cli);
  program.commandsGroup('The log, for those who verify:');
  auditVerb(program, cli);
  program.commandsGroup('This machine:');
  for (const add of [doctorVerb, generateVerb]) add(program, cli);
  await addUp(program, cli, argv);
  program.commandsGroup('Not built yet:');
  notBuiltVerbs(program);
  return program;
}

const HELP = ['up', 'help', '--help', '-h'];

/** Running all parts takes half the repository along: that is loaded where it is asked for, and only its name elsewhere. */
async function addUp(program: Command, cli: Cli, argv: readonly string[]): Promise<void> {
  if (argv.length > 0 && !argv.some((word) => HELP.includes(word))) {
    program.command('up');
    return;
  }
  const { upVerb } = await import('./verbs/up.ts');
  upVerb(program, cli, (words, io) => runCli(words, io, cli.wiring));
}

/** Every way in which a run can end badly, in words and with its exit code. */
function toldError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof CommandsUnreachable) {
    return new CliError(EXIT.unreachable, error.message, {
      next: 'golive doctor shows what answers.',
      code: 'unreachable',
    });
  }
  if (error instanceof CommandNotTaken)
    return new CliError(EXIT.refused, error.message, { next: FAILURES[error.code].next, code: error.code });
  if (error instanceof ClientError) {
    const { sentence, next, retryable } = FAILURES[error.code];
    return new CliError(retryable ? EXIT.unreachable : EXIT.failed, `${sentence} ${error.message}`, { next, code: error.code });
  }
  return new CliError(EXIT.failed, error instanceof Error ? (error.stack ?? error.message) : String(error), {
    next: 'This is a fault of golive itself; please report it with the lines above.',
  });
}
