import type { Command } from 'commander';
import { endedBadly } from './ending.ts';
import { EXIT, type CliIo } from './io.ts';
import { newProgram } from './program.ts';
import { addCommonOptions, cliOf, withExamples, type Cli } from './verb.ts';
import { auditVerb } from './verbs/audit.ts';
import { backupVerb } from './verbs/backup.ts';
import { clockVerb } from './verbs/clock.ts';
import { decisionVerbs } from './verbs/decisions.ts';
import { doctorVerb } from './verbs/doctor.ts';
import { generateVerb } from './verbs/generate.ts';
import { drillVerb } from './verbs/drill.ts';
import { handoverVerb } from './verbs/handover.ts';
import { historyVerb } from './verbs/history.ts';
import { incidentVerb } from './verbs/incident.ts';
import { listVerb } from './verbs/list.ts';
import { liftVerbs } from './verbs/lifts.ts';
import { moveVerbs } from './verbs/moves.ts';
import { notBuiltVerbs } from './verbs/not-built.ts';
import { peopleVerbs } from './verbs/people.ts';
import { planVerb } from './verbs/plan.ts';
import { reportVerb } from './verbs/report.ts';
import { startVerb } from './verbs/start.ts';
import { statusVerb } from './verbs/status.ts';
import { stopVerbs } from './verbs/stops.ts';
import { verifyVerb } from './verbs/verify.ts';
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
    return endedBadly(error, argv, io);
  }
}

async function programOf(cli: Cli, argv: readonly string[]): Promise<Command> {
  const { io } = cli;
  const program = newProgram(io);
  withExamples(program, [
    'golive plan                          what would be done, before anything is',
    'golive status --watch                where the run is, and who is being waited for',
    'golive approve set --as jane         a signed order; its answer stands in the log',
    'golive halt --all --as jane          no call at all, at once; golive stop says which stops there are',
    'golive history --cohort sales-ic     what happened, in plain words',
    'golive doctor                        when something does not work',
  ]);
  addCommonOptions(program);
  program.commandsGroup('Deployments:');
  for (const add of [planVerb, startVerb, statusVerb, listVerb, historyVerb, handoverVerb, reportVerb]) add(program, cli);
  program.commandsGroup('Orders, signed and answered in the log:');
  for (const add of [decisionVerbs, moveVerbs, peopleVerbs, clockVerb]) add(program, cli);
  program.commandsGroup('Stopping, and what comes after:');
  for (const add of [stopVerbs, liftVerbs, drillVerb, incidentVerb]) add(program, cli);
  program.commandsGroup('The log, for those who verify:');
  for (const add of [verifyVerb, auditVerb, backupVerb]) add(program, cli);
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
